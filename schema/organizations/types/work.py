"""Teams and projects, as the members of their organization see them."""

import strawberry_django
from strawberry import auto

from apps.organizations import models
from apps.organizations.access import PROJECTS, TEAMS
from apps.organizations.services.projects import Access
from schema.accounts.types.users import User
from schema.base.actions import viewer_can
from schema.base.pagination import Connection, connection
from schema.base.types import Node, choices, money
from schema.organizations.filters import (
    ProjectFilter,
    ProjectOrder,
    TeamMemberFilter,
    TeamMemberOrder,
)
from schema.organizations.types.tenants import Organization

TeamMemberRole = choices(
    models.TeamMember.Role,
    "TeamMemberRole",
    "As what somebody is in a team.",
    LEAD="Leads it.",
    MEMBER="Works in it.",
)
ProjectStatus = choices(
    models.Project.Status,
    "ProjectStatus",
    "How a project stands.",
    PLANNED="Not begun.",
    ACTIVE="Being worked on.",
    ON_HOLD="Waiting.",
    COMPLETED="Done.",
    CANCELLED="Given up.",
)
ProjectAccess = choices(
    Access,
    "ProjectAccess",
    "What a member is let into a project for.",
    VIEW="To look at it.",
    CHANGE="To look at it and to change it.",
)


@strawberry_django.type(models.Team)
class Team(Node):
    """Members of an organization who work together."""

    organization: Organization
    name: auto
    description: auto
    lead: User | None
    currency: auto
    is_deleted: auto
    created_at: auto
    version: auto
    sales_target = money(models.Team, "sales_target")
    viewer_can = viewer_can(TEAMS)
    members: Connection["TeamMember"] = connection(
        filters=TeamMemberFilter, order=TeamMemberOrder, description="Who is in it."
    )
    projects: Connection["Project"] = connection(
        filters=ProjectFilter, order=ProjectOrder, description="What it works on."
    )


@strawberry_django.type(models.TeamMember)
class TeamMember(Node):
    """A member's place in a team."""

    team: Team
    user: User
    role: models.TeamMember.Role
    joined_at: auto
    version: auto


@strawberry_django.type(models.Project)
class Project(Node):
    """Work with a beginning and an end."""

    organization: Organization
    team: Team | None
    name: auto
    description: auto
    status: models.Project.Status
    start_date: auto
    end_date: auto
    is_deleted: auto
    created_at: auto
    version: auto
    viewer_can = viewer_can(PROJECTS)
