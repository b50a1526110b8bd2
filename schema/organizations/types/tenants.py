"""Organizations, who belongs to them, and with which rights."""

from datetime import datetime

import strawberry
import strawberry_django
from django.db.models import Q
from strawberry import auto

from apps.organizations import models
from apps.organizations.access import INVITATIONS, MEMBERSHIPS, ORGANIZATIONS, ROLES
from kernel.viewer import Reach as ReachValue
from kernel.viewer import Viewer
from schema.accounts.types.users import User
from schema.base.actions import viewer_can
from schema.base.pagination import Connection, connection
from schema.base.types import Node, choices, money, only_for
from schema.organizations.filters import (
    InvitationFilter,
    InvitationOrder,
    MembershipFilter,
    MembershipOrder,
    RoleFilter,
    RoleOrder,
)

MembershipStatus = choices(
    models.Membership.Status,
    "MembershipStatus",
    "Whether a membership is in force.",
    ACTIVE="The member may act for the organization.",
    SUSPENDED="The member may not, for the time being.",
)
Reach = choices(
    ReachValue,
    "Reach",
    "How far into an organization the permissions of a role go.",
    OWN="To what is one's own, or was opened to one; of teams, to those that one belongs to.",
    TEAM="To what one's teams have.",
    ORGANIZATION="To all of it.",
)


def is_member(viewer: Viewer) -> Q:
    """An organization that the viewer belongs to."""
    own = models.Membership.objects.active().filter(user=viewer.user_id)
    return Q(pk__in=own.values("organization"))


@strawberry_django.type(models.Organization)
class Organization(Node):
    """A business on the platform: what its members own together. How it works is theirs to read."""

    name: auto
    slug: auto
    currency: auto
    timezone: auto
    is_deleted: auto
    created_at: auto
    updated_at: auto
    version: auto
    email = only_for(models.Organization, "email", rule=is_member)
    sales_goal = money(models.Organization, "sales_goal", rule=is_member)
    settings = only_for(models.Organization, "settings", rule=is_member)
    requires_second_factor = only_for(models.Organization, "requires_second_factor", rule=is_member)
    viewer_can = viewer_can(ORGANIZATIONS)
    memberships: Connection["Membership"] = connection(
        filters=MembershipFilter,
        order=MembershipOrder,
        description="Its members, where it is the one that the viewer acts for; else their own.",
    )
    roles: Connection["Role"] = connection(
        filters=RoleFilter, order=RoleOrder, description="Its own roles, beside the platform's."
    )
    invitations: Connection["Invitation"] = connection(
        filters=InvitationFilter,
        order=InvitationOrder,
        description="Whom it invited, for those who manage its members.",
    )


@strawberry_django.type(models.Role)
class Role(Node):
    """A set of permissions that members of an organization hold.

    What they grant goes as far as `reach` says. Beside it, whoever leads a team may put members
    into that team and take them out.
    """

    organization: Organization | None
    name: auto
    description: auto
    reach: ReachValue
    is_system: auto
    permissions: auto
    is_deleted: auto
    created_at: auto
    version: auto
    viewer_can = viewer_can(ROLES)


@strawberry_django.type(models.Membership)
class Membership(Node):
    """A user's place in an organization."""

    organization: Organization
    user: User
    role: Role
    status: models.Membership.Status
    joined_at: auto
    is_deleted: auto
    version: auto
    viewer_can = viewer_can(MEMBERSHIPS)


@strawberry_django.type(models.Invitation)
class Invitation(Node):
    """An offer, by mail, to join an organization with a role."""

    organization: Organization
    role: Role
    email: auto
    invited_by: User | None
    expires_at: auto
    accepted_at: auto
    revoked_at: auto
    created_at: auto
    version: auto
    viewer_can = viewer_can(INVITATIONS)


@strawberry.type(description="What an invitation offers, for the page that its mail links to.")
class InvitationOffer:
    """What who holds the link may know."""

    organization: str = strawberry.field(description="The name of the organization.")
    inviter: str | None = strawberry.field(description="The name of who invites.")
    role: str = strawberry.field(description="The name of the role.")
    expires_at: datetime = strawberry.field(description="Until when it can be accepted.")


@strawberry.type(description="A permission that roles can grant.")
class Permission:
    """A published code."""

    code: str = strawberry.field(description="How roles name it.")
    description: str = strawberry.field(description="What it lets its holders do.")
