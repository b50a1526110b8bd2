"""An organization's own roles: composed, changed, deleted."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from apps.organizations import errors
from apps.organizations.events import RoleCreated, RoleDeleted, RoleUpdated
from apps.organizations.models import Invitation, Membership, Organization, Role
from apps.organizations.permissions import PERMISSIONS
from apps.organizations.services.organizations import locked
from kernel import clock, events
from kernel.lookup import one_of
from kernel.models import require_version
from kernel.viewer import Reach, Viewer


@transaction.atomic
def create_role(*, organization: Organization, by: Viewer, details: Mapping[str, Any]) -> Role:
    """Compose a role of what its maker holds too. ``details`` are fields of Role.

    Raises UnknownPermission, PermissionNotHeld, or ValidationError (name_taken).
    """
    locked(organization.pk)
    role = Role(organization=organization)
    _assign(role, details, by)
    events.publish(RoleCreated(organization_id=organization.pk, role_id=role.pk))
    return role


@transaction.atomic
def update_role(
    *, role: Role, by: Viewer, changes: Mapping[str, Any], version: int | None = None
) -> Role:
    """Change what a role is called and grants: all who hold it have that from now on.

    Raises VersionConflict, NotFound, UnknownPermission, PermissionNotHeld, or ValidationError.
    """
    role = _locked(role)
    require_version(role, version)
    _assign(role, changes, by)
    events.publish(RoleUpdated(organization_id=role.organization_id, role_id=role.pk))  # type: ignore[arg-type]
    return role


@transaction.atomic
def delete_role(*, role: Role) -> Role:
    """Delete a role. Raises RoleInUse while members, or open invitations, have it; NotFound."""
    role = _locked(role)
    invited = Invitation.objects.open_at(clock.now()).filter(role=role)
    if Membership.objects.filter(role=role).exists() or invited.exists():
        raise errors.RoleInUse
    role.soft_delete()
    events.publish(RoleDeleted(organization_id=role.organization_id, role_id=role.pk))  # type: ignore[arg-type]
    return role


def _locked(role: Role) -> Role:
    assert role.organization_id
    locked(role.organization_id)
    found: Role = one_of(Role.objects.select_for_update(of=("self",)), pk=role.pk)
    return found


def _assign(role: Role, details: Mapping[str, Any], by: Viewer) -> None:
    for name, value in details.items():
        setattr(role, name, value)
    role.full_clean()
    role.permissions = sorted(set(role.permissions))
    _check_grants(role.permissions, by)
    reaches = list(Reach)
    if reaches.index(Reach(role.reach)) > reaches.index(by.reach):
        raise errors.PermissionNotHeld
    role.save()


def _check_grants(codes: Iterable[str], by: Viewer) -> None:
    for code in codes:
        if code not in PERMISSIONS:
            raise errors.UnknownPermission(params={"code": code})
        if not by.can(code):
            raise errors.PermissionNotHeld
