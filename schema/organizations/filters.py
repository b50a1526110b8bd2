"""Filters and orders of organizations and what is in them."""

import strawberry_django
from django.db.models import Q
from strawberry import auto, relay
from strawberry_django import BaseFilterLookup

from apps.accounts.models import User
from apps.core.models import AuditEntry
from apps.organizations import models
from schema.base.ids import Ids, key, parse_key


@strawberry_django.filter_type(models.Organization, lookups=True)
class OrganizationFilter:
    """Which organizations to list."""

    id: Ids | None
    name: auto
    currency: auto
    created_at: auto


@strawberry_django.order_type(models.Organization)
class OrganizationOrder:
    """How to order organizations."""

    name: auto
    created_at: auto


@strawberry_django.filter_type(models.Role, lookups=True)
class RoleFilter:
    """Which roles to list."""

    id: Ids | None
    name: auto
    is_system: auto


@strawberry_django.order_type(models.Role)
class RoleOrder:
    """How to order roles."""

    name: auto
    created_at: auto


@strawberry_django.filter_type(models.Membership, lookups=True)
class MembershipFilter:
    """Which memberships to list."""

    id: Ids | None
    status: models.Membership.Status | None
    joined_at: auto
    role: RoleFilter | None

    @strawberry_django.filter_field(description="Those whose name holds a text.")
    def search(self, value: str, prefix: str) -> Q:
        """Those whose name holds a text."""
        return Q(**{f"{prefix}user__name__icontains": value})

    @strawberry_django.filter_field(description="That of a user.")
    def user_id(self, value: relay.GlobalID, prefix: str) -> Q:
        """That of a user."""
        return Q(**{f"{prefix}user": key(value, of=User)})


@strawberry_django.order_type(models.Membership)
class MembershipOrder:
    """How to order memberships."""

    joined_at: auto
    status: auto


@strawberry_django.filter_type(models.Invitation, lookups=True)
class InvitationFilter:
    """Which invitations to list."""

    id: Ids | None
    email: auto
    expires_at: auto
    created_at: auto
    accepted_at: auto
    revoked_at: auto


@strawberry_django.order_type(models.Invitation)
class InvitationOrder:
    """How to order invitations."""

    expires_at: auto
    created_at: auto


@strawberry_django.filter_type(models.Team, lookups=True)
class TeamFilter:
    """Which teams to list."""

    id: Ids | None
    name: auto
    created_at: auto


@strawberry_django.order_type(models.Team)
class TeamOrder:
    """How to order teams."""

    name: auto
    created_at: auto


@strawberry_django.filter_type(models.TeamMember, lookups=True)
class TeamMemberFilter:
    """Which places in teams to list."""

    id: Ids | None
    role: models.TeamMember.Role | None
    joined_at: auto


@strawberry_django.order_type(models.TeamMember)
class TeamMemberOrder:
    """How to order places in teams."""

    joined_at: auto
    role: auto


@strawberry_django.filter_type(models.Project, lookups=True)
class ProjectFilter:
    """Which projects to list."""

    id: Ids | None
    name: auto
    status: models.Project.Status | None
    start_date: auto
    end_date: auto
    created_at: auto
    team: TeamFilter | None


@strawberry_django.order_type(models.Project)
class ProjectOrder:
    """How to order projects."""

    name: auto
    start_date: auto
    end_date: auto
    created_at: auto


@strawberry_django.filter_type(AuditEntry, lookups=True)
class AuditEntryFilter:
    """Which entries to list."""

    id: Ids | None
    action: BaseFilterLookup[AuditEntry.Action] | None
    object_type: auto
    created_at: auto

    @strawberry_django.filter_field(description="Those about the object of a global id.")
    def object_id(self, value: relay.GlobalID, prefix: str) -> Q:
        """Those about the object of a global id."""
        about = {
            f"{prefix}object_id": parse_key(value.node_id),
            f"{prefix}object_type__endswith": f".{value.type_name}",
        }
        return Q(**about)

    @strawberry_django.filter_field(description="What a user did.")
    def actor_id(self, value: relay.GlobalID, prefix: str) -> Q:
        """What a user did."""
        return Q(**{f"{prefix}actor": key(value, of=User)})


@strawberry_django.order_type(AuditEntry)
class AuditEntryOrder:
    """How to order entries."""

    created_at: auto
