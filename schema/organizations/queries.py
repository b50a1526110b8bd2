"""Reading organizations and what is in them."""

from collections.abc import Iterable
from typing import Annotated

import strawberry
from strawberry import relay

from apps.organizations import models, permissions, selectors
from kernel.lookup import one_of
from schema.base.context import Info
from schema.base.gates import Anyone, SignedIn
from schema.base.limits import Limit
from schema.base.nodes import fetch
from schema.base.pagination import Connection, connection, query
from schema.base.tariff import ListSizeDirective
from schema.organizations.filters import (
    AuditEntryFilter,
    AuditEntryOrder,
    InvitationFilter,
    InvitationOrder,
    MembershipFilter,
    MembershipOrder,
    OrganizationFilter,
    OrganizationOrder,
    ProjectFilter,
    ProjectOrder,
    RoleFilter,
    RoleOrder,
    TeamFilter,
    TeamOrder,
)
from schema.organizations.gates import AuditReaders
from schema.organizations.types.audit import AuditEntry
from schema.organizations.types.tenants import (
    Invitation,
    InvitationOffer,
    Membership,
    Organization,
    Permission,
    Role,
)
from schema.organizations.types.work import Project, Team

TOKENS = Limit("CODE")
Token = Annotated[str, strawberry.argument(description="What the link in the mail carries.")]


def _members(info: Info) -> Iterable[Membership]:
    """Those of the active organization: one's own places elsewhere are with `organizations`."""
    viewer, rows = info.context.viewer, models.Membership.objects.all()
    return (
        rows
        if viewer.oversees(models.Membership)
        else rows.filter(organization=viewer.organization_id)
    )


@strawberry.type
class OrganizationsQuery:
    """Root fields of organizations."""

    organizations: Connection[Organization] = connection(
        gate=SignedIn,
        filters=OrganizationFilter,
        order=OrganizationOrder,
        description="The organizations that one belongs to.",
    )
    members: Connection[Membership] = connection(
        gate=SignedIn,
        filters=MembershipFilter,
        order=MembershipOrder,
        description="The members of the active organization.",
        resolver=_members,
    )
    roles: Connection[Role] = connection(
        gate=SignedIn,
        filters=RoleFilter,
        order=RoleOrder,
        description="The platform's roles, and the active organization's own.",
    )
    invitations: Connection[Invitation] = connection(
        gate=SignedIn,
        filters=InvitationFilter,
        order=InvitationOrder,
        description="Whom the active organization invited, for those who manage its members.",
    )
    teams: Connection[Team] = connection(
        gate=SignedIn,
        filters=TeamFilter,
        order=TeamOrder,
        description="The active organization's teams, as far as one's role reaches.",
    )
    projects: Connection[Project] = connection(
        gate=SignedIn,
        filters=ProjectFilter,
        order=ProjectOrder,
        description="The active organization's projects, as far as one's role reaches, and those"
        " that one was let into.",
    )
    audit_log: Connection[AuditEntry] = connection(
        gate=AuditReaders,
        filters=AuditEntryFilter,
        order=AuditEntryOrder,
        description="Who did what in the active organization; for staff, everywhere.",
    )

    @query(gate=SignedIn, description="An organization that one belongs to.")
    def organization(self, info: Info, id: relay.GlobalID) -> Organization:
        """An organization by id."""
        return fetch(models.Organization, id, info)

    @query(gate=SignedIn, description="A team.")
    def team(self, info: Info, id: relay.GlobalID) -> Team:
        """A team by id."""
        return fetch(models.Team, id, info)

    @query(gate=SignedIn, description="A project.")
    def project(self, info: Info, id: relay.GlobalID) -> Project:
        """A project by id."""
        return fetch(models.Project, id, info)

    @query(
        gate=SignedIn,
        description="The permissions that roles can grant.",
        size=ListSizeDirective(assumed_size=100),
    )
    def permissions(self) -> list[Permission]:
        """The published codes."""
        return [
            Permission(code=code, description=description)
            for code, description in permissions.PERMISSIONS.items()
        ]

    @query(gate=Anyone, description="What an invitation offers; not_found once it is good no more.")
    def invitation(self, info: Info, token: Token) -> InvitationOffer:
        """An invitation by the token in its mail."""
        TOKENS.take(info, None)
        found: models.Invitation = one_of(
            selectors.open_invitations(token).select_related("organization", "role", "invited_by")
        )
        return InvitationOffer(
            organization=found.organization.name,
            inviter=found.invited_by.name if found.invited_by else None,
            role=found.role.name,
            expires_at=found.expires_at,
        )
