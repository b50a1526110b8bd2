"""What happens to organizations."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class OrganizationEvent(Event):
    """A fact about an organization."""

    organization_id: UUID

    def topics(self) -> list[str]:
        """The organization's own."""
        return [f"organization:{self.organization_id}"]


@dataclass(frozen=True, kw_only=True)
class MemberEvent(OrganizationEvent):
    """A fact about a member's place."""

    user_id: UUID
    membership_id: UUID

    def topics(self) -> list[str]:
        """The organization's, and the member's own: their sockets look whether they may go on."""
        return [*super().topics(), f"user:{self.user_id}"]


@dataclass(frozen=True, kw_only=True)
class OrganizationCreated(OrganizationEvent):
    """An organization came to be, with its owner."""

    owner_id: UUID


@dataclass(frozen=True, kw_only=True)
class OrganizationUpdated(OrganizationEvent):
    """What an organization is called, or how it works, changed."""


@dataclass(frozen=True, kw_only=True)
class OrganizationDeleted(OrganizationEvent):
    """An organization was deleted, with the places of its members."""

    member_ids: list[str]

    def topics(self) -> list[str]:
        """The organization's, and those of all who were members."""
        return [*super().topics(), *(f"user:{user_id}" for user_id in self.member_ids)]


@dataclass(frozen=True, kw_only=True)
class MemberInvited(OrganizationEvent):
    """Somebody was invited, for the first time or again."""

    invitation_id: UUID


@dataclass(frozen=True, kw_only=True)
class InvitationRevoked(OrganizationEvent):
    """An invitation was taken back."""

    invitation_id: UUID


@dataclass(frozen=True, kw_only=True)
class MemberJoined(MemberEvent):
    """Somebody accepted an invitation."""

    invitation_id: UUID


@dataclass(frozen=True, kw_only=True)
class MemberRoleChanged(MemberEvent):
    """A member was given another role."""

    role_id: UUID


@dataclass(frozen=True, kw_only=True)
class MemberSuspended(MemberEvent):
    """A member may not act for the organization for the time being."""


@dataclass(frozen=True, kw_only=True)
class MemberReinstated(MemberEvent):
    """A suspended member may act for the organization again."""


@dataclass(frozen=True, kw_only=True)
class MemberRemoved(MemberEvent):
    """Somebody left the organization, or had to."""


@dataclass(frozen=True, kw_only=True)
class RoleEvent(OrganizationEvent):
    """A fact about a role of an organization's own."""

    role_id: UUID


@dataclass(frozen=True, kw_only=True)
class RoleCreated(RoleEvent):
    """A role was composed."""


@dataclass(frozen=True, kw_only=True)
class RoleUpdated(RoleEvent):
    """What a role grants, or what it is called, changed."""


@dataclass(frozen=True, kw_only=True)
class RoleDeleted(RoleEvent):
    """A role that nobody held was deleted."""


@dataclass(frozen=True, kw_only=True)
class TeamEvent(OrganizationEvent):
    """A fact about a team."""

    team_id: UUID


@dataclass(frozen=True, kw_only=True)
class TeamCreated(TeamEvent):
    """A team was made."""


@dataclass(frozen=True, kw_only=True)
class TeamUpdated(TeamEvent):
    """A team changed, or who leads it."""


@dataclass(frozen=True, kw_only=True)
class TeamDeleted(TeamEvent):
    """A team was deleted; its projects are nobody's now."""


@dataclass(frozen=True, kw_only=True)
class TeamMemberAdded(TeamEvent):
    """Somebody was put into a team."""

    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class TeamMemberRemoved(TeamEvent):
    """Somebody was taken out of a team."""

    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProjectEvent(OrganizationEvent):
    """A fact about a project."""

    project_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProjectCreated(ProjectEvent):
    """A project was made."""


@dataclass(frozen=True, kw_only=True)
class ProjectUpdated(ProjectEvent):
    """A project changed."""


@dataclass(frozen=True, kw_only=True)
class ProjectDeleted(ProjectEvent):
    """A project was deleted."""


@dataclass(frozen=True, kw_only=True)
class ProjectShared(ProjectEvent):
    """A member was let into a project."""

    user_id: UUID
    access: str


@dataclass(frozen=True, kw_only=True)
class ProjectUnshared(ProjectEvent):
    """What a member was let into a project by was taken back."""

    user_id: UUID
