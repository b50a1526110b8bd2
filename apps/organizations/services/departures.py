"""What becomes of organizations whose members close their accounts."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from apps.core.services.erasure import erase_names
from apps.organizations import errors
from apps.organizations.events import OrganizationDeleted
from apps.organizations.models import (
    Invitation,
    Membership,
    Organization,
    ProjectUserObjectPermission,
    Team,
    TeamMember,
)
from kernel import events

NAMELESS = "Deleted organization"


@transaction.atomic
def leave_all(*, user: Any, batch: UUID) -> None:
    """Delete the organizations that a user who closes their account is alone in, as a part of that
    deletion. The memberships go with the account.

    Raises LastOwner where others would be left without an owner.
    """
    own = Membership.objects.active().filter(user=user)
    organizations = Organization.objects.filter(pk__in=own.values("organization")).order_by("pk")
    # Locked, so that of two last owners who go at once the second one is refused.
    keys = list(organizations.select_for_update().values_list("pk", flat=True))
    remaining = Membership.objects.active().filter(
        organization=OuterRef("pk"), user__is_deleted=False, user__blocked=False
    )
    others = remaining.exclude(user=user)
    ownerless = Organization.objects.filter(
        Exists(remaining.owners().filter(user=user)), ~Exists(others.owners()), pk__in=keys
    )
    if ownerless.filter(Exists(others)).exists():
        raise errors.LastOwner
    alone = list(ownerless.order_by("pk").values_list("pk", flat=True))
    Organization.objects.filter(pk__in=alone).bulk_soft_delete(batch=batch)
    for key in alone:
        events.publish(OrganizationDeleted(organization_id=key, member_ids=[str(user.pk)]))


def come_back(*, batch: UUID) -> None:
    """Bring back the organizations that went with an account."""
    Organization.objects.deleted_only().filter(deletion_batch=batch).bulk_restore()


@transaction.atomic
def erase_member(*, user_id: UUID, email: str, batch: UUID | None) -> None:
    """Remove for good what organizations know of a person whose account is erased: places in teams,
    grants, invitations, and the names of the organizations that went with the account.
    """
    TeamMember.objects.filter(user=user_id).delete()
    Team.objects.all_with_deleted().filter(lead=user_id).update(lead=None)
    ProjectUserObjectPermission.objects.filter(user=user_id).delete()
    Invitation.objects.filter(email__iexact=email).delete()
    deleted = Organization.objects.deleted_only()
    gone = deleted.filter(deletion_batch=batch) if batch else deleted.none()
    erase_names(gone)
    for organization in gone:
        Invitation.objects.filter(organization=organization).delete()
        organization.name, organization.email = NAMELESS, ""
        organization.slug, organization.settings = f"deleted-{organization.pk.hex}", {}
        organization.save(update_fields=["name", "email", "slug", "settings"])
