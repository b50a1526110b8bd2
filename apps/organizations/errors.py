"""What can be refused here."""

from kernel.errors import DomainError


class LastOwner(DomainError):
    """An organization would be left without an owner who can act."""

    code = "last_owner"
    message = "Make somebody else an owner first: an organization keeps at least one."


class OtherOwners(DomainError):
    """An organization that others own too is not one owner's to delete."""

    code = "other_owners"
    message = "Others own the organization too: it can be deleted by its only owner."


class AlreadyMember(DomainError):
    """The person belongs to the organization."""

    code = "already_member"
    message = "This person is a member already."


class MemberSuspended(DomainError):
    """The membership is not in force."""

    code = "member_suspended"
    message = "This member is suspended."


class MemberActive(DomainError):
    """The membership is in force already."""

    code = "member_active"
    message = "This member is not suspended."


class AlreadyInvited(DomainError):
    """The address has an invitation that is still good."""

    code = "already_invited"
    message = "This address has an invitation already."
    field = "email"


class InvitationForAnother(DomainError):
    """The invitation went to another address than the account's."""

    code = "invitation_for_another"
    message = "This invitation was sent to another address than your account's."


class InvitationClosed(DomainError):
    """The invitation was accepted or taken back."""

    code = "invitation_closed"
    message = "This invitation was accepted or taken back."


class UnknownPermission(DomainError):
    """The code is none of the published ones."""

    code = "unknown_permission"
    message = "There is no permission %(code)s."
    field = "permissions"


class PermissionNotHeld(DomainError):
    """Nobody gives, takes or composes what grants more than they hold themselves."""

    code = "permission_not_held"
    message = "This grants more than your own role does."


class RoleInUse(DomainError):
    """Members or open invitations hold the role."""

    code = "role_in_use"
    message = "Give its holders, and those invited with it, another role first."


class SystemRole(DomainError):
    """The role is defined by the platform."""

    code = "system_role"
    message = "The platform's own roles cannot be changed."


class TeamNeeded(DomainError):
    """A project without a team would be out of its maker's reach."""

    code = "team_needed"
    message = "Name one of your teams: your role reaches no further."
    field = "teamId"


class OwnSecondFactorMissing(DomainError):
    """Who requires a second factor of all has to have shown one."""

    code = "second_factor_required"
    message = "Sign in with a second factor yourself first: this would lock you out."
    field = "requiresSecondFactor"


class InvalidSettings(DomainError):
    """The preferences are no object of a reasonable size."""

    code = "invalid_settings"
    message = "Settings are an object of up to 10,000 characters."
    field = "settings"
