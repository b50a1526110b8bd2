"""Django's own question, ``user.has_perm(permission, row)``, for the rows of organizations.

A grant on the row itself (django-guardian) answers it, and else the role that the user holds in
the row's organization, as far as that reaches.
"""

from typing import Any

from django.contrib.auth import get_user_model
from guardian.backends import ObjectPermissionBackend

from apps.organizations import access
from apps.organizations.models import Membership
from kernel.errors import NotAllowed, NotFound
from kernel.viewer import Reach, Viewer

#: What of the API's actions a permission of Django's is.
ACTIONS = {
    "organizations.change_organization": (access.ORGANIZATIONS, "updateOrganization"),
    "organizations.delete_organization": (access.ORGANIZATIONS, "deleteOrganization"),
    "organizations.change_membership": (access.MEMBERSHIPS, "changeMemberRole"),
    "organizations.delete_membership": (access.MEMBERSHIPS, "removeMember"),
    "organizations.change_role": (access.ROLES, "updateRole"),
    "organizations.delete_role": (access.ROLES, "deleteRole"),
    "organizations.change_invitation": (access.INVITATIONS, "resendInvitation"),
    "organizations.delete_invitation": (access.INVITATIONS, "revokeInvitation"),
    "organizations.change_team": (access.TEAMS, "updateTeam"),
    "organizations.delete_team": (access.TEAMS, "deleteTeam"),
    "organizations.change_project": (access.PROJECTS, "updateProject"),
    "organizations.delete_project": (access.PROJECTS, "deleteProject"),
}
VIEWED: dict[str, Any] = {
    f"organizations.view_{model.__name__.lower()}": model
    for model in {actions.model for actions, _ in ACTIONS.values()}
}


class MembershipBackend(ObjectPermissionBackend):
    """Permissions on single rows, by grant or by the role in their organization."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Whether a user has a permission on a row. Row security holds: what the running
        transaction may not see is not permitted.
        """
        if obj is None or not getattr(user_obj, "is_active", False):
            return False
        if obj._meta.app_label == "organizations" and _by_role(user_obj, perm, obj):
            return True
        return bool(super().has_perm(user_obj, perm, obj))


def _by_role(user: Any, permission: str, row: Any) -> bool:
    viewer = _acting_for(user, row)
    if viewer is None:
        return False
    model: Any = type(row)
    if permission in VIEWED and VIEWED[permission] is model:
        return bool(model.objects.visible_to(viewer).filter(pk=row.pk).exists())
    actions, action = ACTIONS.get(permission, (None, ""))
    if actions is None or actions.model is not model:
        return False
    try:
        actions.permit(viewer, action, row.pk)
    except (NotFound, NotAllowed):
        return False
    return True


def _acting_for(user: Any, row: Any) -> Viewer | None:
    """The user as one who acts for the row's organization, where they belong to it."""
    organization_id = getattr(row, "organization_id", row.pk)
    if not isinstance(user, get_user_model()) or organization_id is None:
        return None
    place = (
        Membership.objects.active()
        .select_related("role")
        .filter(user=user, organization=organization_id, organization__is_deleted=False)
        .first()
    )
    if place is None:
        return None
    return Viewer(
        user=user,
        organization_id=organization_id,
        permissions=frozenset(place.role.permissions),
        reach=Reach(place.role.reach),
    )
