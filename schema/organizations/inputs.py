"""What mutations of organizations take."""

from datetime import date

import strawberry
from strawberry import UNSET, relay
from strawberry.scalars import JSON

from kernel.viewer import Reach
from schema.base.mutation import Keyed, Versioned
from schema.base.types import MoneyInput
from schema.organizations.types.work import ProjectAccess, ProjectStatus


@strawberry.input(description="What making an organization and changing it share.")
class OrganizationDetails:
    """Details of an organization."""

    email: str | None = strawberry.field(default=UNSET, description="Where it is reached.")
    currency: str | None = strawberry.field(
        default=UNSET, description="The currency that it works in, ISO 4217."
    )
    timezone: str | None = strawberry.field(default=UNSET, description="Its IANA time zone.")
    sales_goal: MoneyInput | None = strawberry.field(
        default=UNSET, description="What it wants to sell in a month."
    )
    settings: JSON | None = strawberry.field(default=UNSET, description="Its preferences.")


@strawberry.input(description="A new organization.")
class CreateOrganizationInput(OrganizationDetails, Keyed):
    """An organization's beginnings."""

    name: str = strawberry.field(description="What it is called.")


@strawberry.input(description="What is to change of an organization; what is left out stays.")
class UpdateOrganizationInput(OrganizationDetails, Versioned):
    """Changes of an organization."""

    id: relay.GlobalID = strawberry.field(description="The organization.")
    name: str | None = strawberry.field(default=UNSET, description="What it is called.")
    requires_second_factor: bool | None = strawberry.field(
        default=UNSET, description="Whether its members must sign in with a second factor."
    )


@strawberry.input(description="An organization.")
class OrganizationInput:
    """Names an organization."""

    organization_id: relay.GlobalID = strawberry.field(description="The organization.")


@strawberry.input(description="Whom to invite.")
class InviteMemberInput(Keyed):
    """An invitation's beginnings."""

    email: str = strawberry.field(description="Where the mail goes.")
    role_id: relay.GlobalID = strawberry.field(description="With which rights.")
    language: str = strawberry.field(default="en", description="The mail's language: en, fr or ru.")


@strawberry.input(description="An invitation to take up.")
class AcceptInvitationInput(Keyed):
    """Shows an invitation."""

    token: str = strawberry.field(description="What the link in the mail carries.")


@strawberry.input(description="An invitation.")
class InvitationInput:
    """Names an invitation."""

    invitation_id: relay.GlobalID = strawberry.field(description="The invitation.")


@strawberry.input(description="An invitation to send again.")
class ResendInvitationInput(Keyed):
    """Names an invitation, and its mail's language."""

    invitation_id: relay.GlobalID = strawberry.field(description="The invitation.")
    language: str = strawberry.field(default="en", description="The mail's language: en, fr or ru.")


@strawberry.input(description="Another role for a member.")
class ChangeMemberRoleInput(Versioned):
    """Names a member and a role."""

    membership_id: relay.GlobalID = strawberry.field(description="The member.")
    role_id: relay.GlobalID = strawberry.field(description="The role.")


@strawberry.input(description="A member.")
class MembershipInput:
    """Names a member."""

    membership_id: relay.GlobalID = strawberry.field(description="The member.")


@strawberry.input(description="A new role.")
class CreateRoleInput(Keyed):
    """A role's beginnings."""

    name: str = strawberry.field(description="What it is called.")
    description: str | None = strawberry.field(default=UNSET, description="What its holders do.")
    permissions: list[str] = strawberry.field(description="The codes that it grants.")
    reach: Reach = strawberry.field(
        default=Reach.ORGANIZATION, description="How far its permissions go."
    )


@strawberry.input(description="What is to change of a role; what is left out stays.")
class UpdateRoleInput(Versioned):
    """Changes of a role."""

    id: relay.GlobalID = strawberry.field(description="The role.")
    name: str | None = strawberry.field(default=UNSET, description="What it is called.")
    description: str | None = strawberry.field(default=UNSET, description="What its holders do.")
    permissions: list[str] | None = strawberry.field(
        default=UNSET, description="The codes that it grants: all of them, or null for none."
    )
    reach: Reach | None = strawberry.field(default=UNSET, description="How far they go.")


@strawberry.input(description="A role.")
class RoleInput:
    """Names a role."""

    role_id: relay.GlobalID = strawberry.field(description="The role.")


@strawberry.input(description="What making a team and changing it share.")
class TeamDetails:
    """Details of a team."""

    description: str | None = strawberry.field(default=UNSET, description="What it does.")
    lead_id: relay.GlobalID | None = strawberry.field(
        default=UNSET, description="The user who leads it: an active member."
    )
    sales_target: MoneyInput | None = strawberry.field(
        default=UNSET, description="What it wants to sell in a month."
    )


@strawberry.input(description="A new team.")
class CreateTeamInput(TeamDetails, Keyed):
    """A team's beginnings."""

    name: str = strawberry.field(description="What it is called.")


@strawberry.input(description="What is to change of a team; what is left out stays.")
class UpdateTeamInput(TeamDetails, Versioned):
    """Changes of a team."""

    id: relay.GlobalID = strawberry.field(description="The team.")
    name: str | None = strawberry.field(default=UNSET, description="What it is called.")


@strawberry.input(description="A team.")
class TeamInput:
    """Names a team."""

    team_id: relay.GlobalID = strawberry.field(description="The team.")


@strawberry.input(description="Somebody to put into a team.")
class AddTeamMemberInput(Keyed):
    """Names a team and a user."""

    team_id: relay.GlobalID = strawberry.field(description="The team.")
    user_id: relay.GlobalID = strawberry.field(description="The user: an active member.")


@strawberry.input(description="Somebody to take out of a team.")
class RemoveTeamMemberInput:
    """Names a team and a user."""

    team_id: relay.GlobalID = strawberry.field(description="The team.")
    user_id: relay.GlobalID = strawberry.field(description="The user.")


@strawberry.input(description="What making a project and changing it share.")
class ProjectDetails:
    """Details of a project."""

    description: str | None = strawberry.field(default=UNSET, description="What it is about.")
    team_id: relay.GlobalID | None = strawberry.field(default=UNSET, description="Who works on it.")
    status: ProjectStatus | None = strawberry.field(default=UNSET, description="How it stands.")
    start_date: date | None = strawberry.field(default=UNSET, description="Its first day.")
    end_date: date | None = strawberry.field(default=UNSET, description="Its last day.")


@strawberry.input(description="A new project.")
class CreateProjectInput(ProjectDetails, Keyed):
    """A project's beginnings."""

    name: str = strawberry.field(description="What it is called.")


@strawberry.input(description="What is to change of a project; what is left out stays.")
class UpdateProjectInput(ProjectDetails, Versioned):
    """Changes of a project."""

    id: relay.GlobalID = strawberry.field(description="The project.")
    name: str | None = strawberry.field(default=UNSET, description="What it is called.")


@strawberry.input(description="A project.")
class ProjectInput:
    """Names a project."""

    project_id: relay.GlobalID = strawberry.field(description="The project.")


@strawberry.input(description="A member to let into a project.")
class ShareProjectInput:
    """Names a project, a user and what for."""

    project_id: relay.GlobalID = strawberry.field(description="The project.")
    user_id: relay.GlobalID = strawberry.field(description="The user: an active member.")
    access: ProjectAccess = strawberry.field(description="What for.")


@strawberry.input(description="A member who was let into a project.")
class UnshareProjectInput:
    """Names a project and a user."""

    project_id: relay.GlobalID = strawberry.field(description="The project.")
    user_id: relay.GlobalID = strawberry.field(description="The user.")
