"""Who belongs to an organization, and with which role: changed, suspended, removed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from apps.organizations import errors
from apps.organizations.events import (
    MemberReinstated,
    MemberRemoved,
    MemberRoleChanged,
    MemberSuspended,
)
from apps.organizations.models import (
    Membership,
    ProjectUserObjectPermission,
    Role,
    Team,
    TeamMember,
)
from apps.organizations.services.organizations import locked
from kernel import events
from kernel.errors import NotFound, VersionConflict
from kernel.models import require_version
from kernel.viewer import acting_as, current_viewer

Status = Membership.Status


@transaction.atomic
def change_member_role(
    *, membership: Membership, role: Role, version: int | None = None
) -> Membership:
    """Give a member another role. Raises LastOwner, NotFound, or VersionConflict where somebody
    else just did.
    """
    membership = _locked(membership)
    require_version(membership, version)
    _require_role(role)
    if membership.role_id == role.pk:
        return membership
    _keep_an_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    events.publish(MemberRoleChanged(**_who(membership), role_id=role.pk))
    return membership


@transaction.atomic
def suspend_member(*, membership: Membership) -> Membership:
    """Keep a member from acting for the organization; teams and shared projects are lost.

    Raises MemberSuspended, LastOwner, NotFound or VersionConflict.
    """
    membership = _locked(membership)
    if membership.status == Status.SUSPENDED:
        raise errors.MemberSuspended
    _keep_an_owner(membership)
    membership.status = Status.SUSPENDED
    membership.save(update_fields=["status"])
    _clear_places(membership)
    events.publish(MemberSuspended(**_who(membership)))
    return membership


@transaction.atomic
def reinstate_member(*, membership: Membership) -> Membership:
    """Let a suspended member act again. Raises MemberActive, NotFound or VersionConflict."""
    membership = _locked(membership)
    if membership.status == Status.ACTIVE:
        raise errors.MemberActive
    membership.status = Status.ACTIVE
    membership.save(update_fields=["status"])
    events.publish(MemberReinstated(**_who(membership)))
    return membership


@transaction.atomic
def remove_member(*, membership: Membership) -> Membership:
    """End somebody's place in an organization, and in its teams and projects.

    Raises LastOwner, NotFound or VersionConflict.
    """
    membership = _locked(membership)
    _keep_an_owner(membership)
    membership.soft_delete()
    _clear_places(membership)
    events.publish(MemberRemoved(**_who(membership)))
    return membership


def _locked(seen: Membership) -> Membership:
    """The membership as it stands, its organization locked; what the caller may do to it was
    decided by the role that they saw.
    """
    locked(seen.organization_id)
    found: Membership | None = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("role", "user")
        .filter(pk=seen.pk)
        .first()
    )
    if found is None:
        raise NotFound
    if found.role_id != seen.role_id:
        raise VersionConflict(found)
    return found


def _require_role(role: Role) -> None:
    # Deleted since the caller saw it: roles are deleted under the organization's lock.
    if not Role.objects.filter(pk=role.pk).exists():
        raise NotFound


def _keep_an_owner(membership: Membership) -> None:
    """Raise LastOwner where the organization would be without an owner who can act."""
    owners = Membership.objects.active().owners().filter(organization=membership.organization_id)
    others = owners.exclude(pk=membership.pk).filter(user__is_deleted=False, user__blocked=False)
    if owners.filter(pk=membership.pk).exists() and not others.exists():
        raise errors.LastOwner


def _clear_places(membership: Membership) -> None:
    """Take somebody out of the organization's teams, and the projects they were let into."""
    user_id, organization_id = membership.user_id, membership.organization_id
    with _within(membership):
        TeamMember.objects.filter(user=user_id, organization=organization_id).delete()
        Team.objects.filter(lead=user_id, organization=organization_id).update(lead=None)
        ProjectUserObjectPermission.objects.filter(
            user=user_id, content_object__organization=organization_id
        ).delete()


@contextmanager
def _within(membership: Membership) -> Iterator[None]:
    """Act for the membership's organization: one may leave it while acting for another, whose
    rows are all that row security shows.
    """
    with acting_as(replace(current_viewer(), organization_id=membership.organization_id)):
        yield


def _who(membership: Membership) -> dict[str, UUID]:
    return {
        "organization_id": membership.organization_id,
        "user_id": membership.user_id,
        "membership_id": membership.pk,
    }
