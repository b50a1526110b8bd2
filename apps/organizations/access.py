"""Who may do what in an organization, and the way from ids to what is in it.

The rules stand here once: mutations enforce them and ``viewerCan`` shows them.
"""

from uuid import UUID

from django.db.models import Exists, Q

from apps.organizations import errors
from apps.organizations.models import (
    Invitation,
    Membership,
    Organization,
    Project,
    Role,
    Team,
)
from apps.organizations.models.work import teams_of
from apps.organizations.permissions import (
    MEMBERS_MANAGE,
    ORGANIZATION_MANAGE,
    OWNER,
    PROJECTS_MANAGE,
    ROLES_MANAGE,
    TEAMS_MANAGE,
)
from kernel.actions import NEVER, Actions, Rule, holding
from kernel.lookup import one_of
from kernel.viewer import Reach, Viewer


def no_more_than_own(viewer: Viewer, path: str = "") -> Q:
    """The condition that a role grants nothing that the viewer's does not. ``path`` leads to it.

    That of owners is theirs alone to give and to take, whatever another role was composed of.
    """
    reaches = list(Reach)
    held = Q(
        **{
            f"{path}permissions__contained_by": sorted(viewer.permissions),
            f"{path}reach__in": reaches[: reaches.index(viewer.reach) + 1],
        }
    )
    for_owners = Q(**{f"{path}is_system": True, f"{path}name": OWNER})
    return held & (~for_owners | _owns(viewer))


def _owns(viewer: Viewer) -> Q:
    """The condition that the viewer owns the active organization."""
    own = Membership.objects.active().owners()
    return Q(Exists(own.filter(user=viewer.user_id, organization=viewer.organization_id)))


def _active(viewer: Viewer) -> Q:
    return Q(pk=viewer.organization_id) if viewer.organization_id else NEVER


def _in_active(code: str) -> Rule:
    """A rule for the active organization itself, where the role grants a code."""
    return lambda viewer: _active(viewer) if viewer.can(code) else NEVER


def _joined(viewer: Viewer) -> Q:
    return Q(pk__in=Membership.objects.active().filter(user=viewer.user_id).values("organization"))


def _owned(viewer: Viewer) -> Q:
    return _active(viewer) & _owns(viewer)


def _managed_member(viewer: Viewer) -> Q:
    return _held(viewer, MEMBERS_MANAGE) & no_more_than_own(viewer, "role__")


def _other_member(viewer: Viewer) -> Q:
    return _managed_member(viewer) & ~Q(user=viewer.user_id)


def _own_or_managed_member(viewer: Viewer) -> Q:
    return Q(user=viewer.user_id) | _managed_member(viewer)


def _managed_invitation(viewer: Viewer) -> Q:
    return _held(viewer, MEMBERS_MANAGE) & no_more_than_own(viewer, "role__")


def _managed_role(viewer: Viewer) -> Q:
    return _held(viewer, ROLES_MANAGE) & Q(is_system=False) & no_more_than_own(viewer)


def _managed_team(viewer: Viewer) -> Q:
    return _held(viewer, TEAMS_MANAGE) & _within_reach(viewer, "pk")


def _led_or_managed_team(viewer: Viewer) -> Q:
    led = Q(lead=viewer.user_id, organization=viewer.organization_id)
    return (led if viewer.organization_id else NEVER) | _managed_team(viewer)


def _managed_project(viewer: Viewer) -> Q:
    return _held(viewer, PROJECTS_MANAGE) & _within_reach(viewer, "team")


def _opened_or_managed_project(viewer: Viewer) -> Q:
    if viewer.organization_id is None:
        return NEVER
    opened = Project.objects.granted(viewer, "change_project")
    return Q(opened, organization=viewer.organization_id) | _managed_project(viewer)


def _held(viewer: Viewer, code: str) -> Q:
    granted = viewer.organization_id is not None and holding(code)(viewer)
    return granted if isinstance(granted, Q) else NEVER


def _within_reach(viewer: Viewer, team: str) -> Q:
    """The condition that a role reaches the row of a team, or one that belongs to it."""
    if viewer.reach == Reach.ORGANIZATION:
        return Q()
    return Q(**{f"{team}__in": teams_of(viewer)})


ORGANIZATIONS = Actions(
    Organization,
    {
        "switchOrganization": _joined,
        "updateOrganization": _in_active(ORGANIZATION_MANAGE),
        "deleteOrganization": _owned,
        "inviteMember": _in_active(MEMBERS_MANAGE),
        "createRole": _in_active(ROLES_MANAGE),
        "createTeam": _in_active(TEAMS_MANAGE),
        "createProject": _in_active(PROJECTS_MANAGE),
    },
)
MEMBERSHIPS = Actions(
    Membership,
    {
        "changeMemberRole": _managed_member,
        "suspendMember": _other_member,
        "reinstateMember": _other_member,
        "removeMember": _own_or_managed_member,
    },
)
INVITATIONS = Actions(
    Invitation,
    {"revokeInvitation": _managed_invitation, "resendInvitation": _managed_invitation},
)
ROLES = Actions(Role, {"updateRole": _managed_role, "deleteRole": _managed_role})
TEAMS = Actions(
    Team,
    {
        "updateTeam": _managed_team,
        "deleteTeam": _managed_team,
        "addTeamMember": _led_or_managed_team,
        "removeTeamMember": _led_or_managed_team,
    },
)
PROJECTS = Actions(
    Project,
    {
        "updateProject": _opened_or_managed_project,
        "deleteProject": _managed_project,
        "shareProject": _managed_project,
        "unshareProject": _managed_project,
    },
)


def active_organization(viewer: Viewer, action: str) -> Organization:
    """The organization that the viewer acts for, to do something in it. Raises NotFound where
    there is none, else NotAllowed.
    """
    found: Organization = ORGANIZATIONS.permit(viewer, action, viewer.organization_id)  # type: ignore[arg-type]
    return found


def role_to_give(viewer: Viewer, role_id: UUID) -> Role:
    """A role that the viewer may give to others. Raises NotFound, and PermissionNotHeld for one
    that grants more than the viewer's own.
    """
    rows = Role.objects.filter(Q(organization=None) | Q(organization=viewer.organization_id))
    found: Role = one_of(rows, pk=role_id)
    if not rows.filter(no_more_than_own(viewer), pk=role_id).exists():
        raise errors.PermissionNotHeld
    return found


def role_to_change(viewer: Viewer, action: str, role_id: UUID) -> Role:
    """A role of the organization's own. Raises NotFound, SystemRole or NotAllowed."""
    if Role.objects.visible_to(viewer).filter(pk=role_id, is_system=True).exists():
        raise errors.SystemRole
    found: Role = ROLES.permit(viewer, action, role_id)
    return found


def team_within_reach(viewer: Viewer, team_id: UUID | None) -> Team | None:
    """A team to give a project to, which the viewer may see. Raises NotFound, and TeamNeeded for
    none where the role does not reach the whole organization.
    """
    if team_id is None:
        if viewer.reach != Reach.ORGANIZATION:
            raise errors.TeamNeeded
        return None
    found: Team = one_of(
        Team.objects.visible_to(viewer).filter(organization=viewer.organization_id), pk=team_id
    )
    return found


def project_to_update(viewer: Viewer, project_id: UUID, *, moves: bool) -> Project:
    """A project to change; to give it to another team takes more than to have been let into it.
    Raises NotFound or NotAllowed.
    """
    found: Project = PROJECTS.permit(
        viewer, "deleteProject" if moves else "updateProject", project_id
    )
    return found
