"""Closing accounts, bringing them back, and erasing them for good."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction

from apps.accounts import errors
from apps.accounts.events import AccountDeleted, AccountErased, AccountRestored
from apps.accounts.models import (
    Challenge,
    ClientProfile,
    Device,
    FriendRequest,
    MfaDevice,
    Session,
    User,
    UserProfile,
    UserVerification,
    VerificationEvidence,
)
from apps.accounts.selectors import language_of
from apps.accounts.services.letters import write_to
from apps.accounts.services.sessions import revoke_sessions
from apps.core.models import AuditEntry
from apps.core.services import audit, erasure
from apps.organizations.services import departures
from kernel import clock, events
from kernel.ids import uuid7
from kernel.viewer import SYSTEM, acting_as, current_viewer


@transaction.atomic
def delete_account(*, user: User) -> None:
    """Close a user's own account with all that hangs on it; staff can bring it back until it is
    erased. Does nothing to one that is closed.

    Raises LastOwner where members of an organization would be left without an owner.
    """
    batch = uuid7()
    # Found now: what the user prefers is closed with the rest.
    language = language_of(user)
    # Whose organizations go is past the wall of the one that the session acts for.
    with acting_as(replace(current_viewer(), is_system=True)):
        departures.leave_all(user=user, batch=batch)
        closed = User.objects.filter(pk=user.pk).bulk_soft_delete(batch=batch)
    if not closed:
        return
    revoke_sessions(user_id=user.pk)
    write_to(user, "account_deleted", language=language, days=settings.ERASE_AFTER_DAYS)
    events.publish(AccountDeleted(user_id=user.pk))


@transaction.atomic
def restore_account(*, user: User) -> User:
    """Bring back a closed account with all that its closing took; it can be signed in to again.

    Raises AccountErased for one that is gone for good, or AddressTaken.
    """
    user = User._base_manager.select_for_update().get(pk=user.pk)
    if user.erased_at is not None:
        raise errors.AccountErased
    batch = user.deletion_batch
    if batch is not None:
        try:
            with transaction.atomic():
                user.restore()
        except IntegrityError as error:
            raise errors.AddressTaken from error
        departures.come_back(batch=batch)
        events.publish(AccountRestored(user_id=user.pk))
    return user


def due_accounts(*, most: int = 1000) -> list[UUID]:
    """The closed accounts whose time to come back is over, the oldest first."""
    due = User.objects.deleted_only().filter(deleted_at__lt=_due(), erased_at=None)
    return list(due.order_by("deleted_at", "pk").values_list("pk", flat=True)[:most])


def erase_account(*, user_id: UUID) -> bool:
    """Remove for good what an account that was closed long ago holds of a person.

    Money, ledgers and the audit trail stay; their rows name a user who is nobody any more. Returns
    whether there was something to erase.
    """
    with acting_as(SYSTEM):
        due = User.objects.deleted_only().filter(deleted_at__lt=_due(), erased_at=None)
        user = due.select_for_update(skip_locked=True).filter(pk=user_id).first()
        if user is None:
            return False
        evidence = VerificationEvidence.objects.filter(verification__user_profile__user=user)
        fact = AccountErased(
            user_id=user.pk,
            photos=[user.photo.name] if user.photo else [],
            evidence=list(evidence.values_list("file", flat=True)),
        )
        erasure.erase_traces(user_id=user.pk, email=user.email)
        departures.erase_member(user_id=user.pk, email=user.email, batch=user.deletion_batch)
        _erase_rows(user)
        _erase_profile(user)
        _erase_user(user)
        audit.note(action=AuditEntry.Action.ERASE, row=user)
        events.publish(fact)
    return True


def _due() -> datetime:
    return clock.now() - timedelta(days=settings.ERASE_AFTER_DAYS)


def _erase_rows(user: User) -> None:
    UserVerification.objects.filter(user_profile__user=user).delete()
    FriendRequest.objects.filter(sender=user).delete()
    FriendRequest.objects.filter(receiver=user).delete()
    for model in (Session, Device, MfaDevice, Challenge):
        model.objects.filter(user=user).delete()


def _erase_profile(user: User) -> None:
    UserProfile.objects.all_with_deleted().filter(user=user).update(
        **dict.fromkeys(("bio", "phone_number", "phone_number_index"), ""),
        **dict.fromkeys(("address", "city", "state", "country", "postal_code"), ""),
        **dict.fromkeys(("date_of_birth", "latitude", "longitude", "preferred_language"), None),
        **dict.fromkeys(("is_phone_verified", "is_verified"), False),
        gender=UserProfile.Gender.UNDISCLOSED,
        notification_settings={},
        verification_date=None,
    )
    for client in ClientProfile.objects.all_with_deleted().filter(user_profile__user=user):
        client.favorite_providers.clear()
        client.preferred_service_areas.clear()
        client.budget_preferences = {}
        client.save(update_fields=["budget_preferences"])


def _erase_user(user: User) -> None:
    user.friends.clear()
    user.groups.clear()
    user.user_permissions.clear()
    changes = {
        "email": f"deleted-{uuid4()}@deleted.invalid",
        **dict.fromkeys(("first_name", "last_name", "name", "description", "photo"), ""),
        **dict.fromkeys(("is_email_verified", "is_staff", "is_superuser"), False),
        "firebase_user_id": "",
        "timezone": "UTC",
        "last_login": None,
        "erased_at": clock.now(),
    }
    for name, value in changes.items():
        setattr(user, name, value)
    user.set_unusable_password()
    user.save(update_fields=[*changes, "password"])
