"""Documents that come to their end: those who showed them are told before, and when it is so."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from apps.accounts.services.letters import write_to
from apps.providers.events import ProviderDocumentExpired
from apps.providers.models import ProviderDocument, ServiceProviderProfile
from apps.providers.services.documents import about
from apps.providers.services.verification import end_unfounded_verification
from kernel import clock, events
from kernel.viewer import SYSTEM, acting_as

Status = ProviderDocument.Status
#: How many days ahead its owner is told, once each.
NOTICES = (30, 7)
#: The least and the most that a day somewhere on Earth is from UTC's.
BEFORE, AFTER = timedelta(days=-1), timedelta(days=1)


def expired_documents() -> list[UUID]:
    """The approved documents whose last day is over where their provider is."""
    today = clock.today()
    return [
        key
        for key, last, zone in _approved(Q(expires_date__lt=today + AFTER))
        if last < clock.today(zone)
    ]


def expire_document(*, document_id: UUID) -> bool:
    """Note that a document holds no longer, and that its provider is not verified without it.

    Returns whether it was due: safe to run twice, and many times at once.
    """
    with acting_as(SYSTEM):
        document = _claimed(document_id)
        left = _days_left(document) if document is not None else None
        if document is None or left is None or left >= 0:
            return False
        document.status = Status.EXPIRED
        document.save(update_fields=["status"])
        if document.document_type in ProviderDocument.IDENTIFYING:
            end_unfounded_verification(document.provider)
        _write_to(document, "document_expired")
        events.publish(
            ProviderDocumentExpired(**about(document), document_type=document.document_type)
        )
    return True


def expiring_documents() -> list[UUID]:
    """The approved documents whose owners are to be told that they end soon."""
    today = clock.today()
    soon = Q(expires_date__range=(today + BEFORE, today + AFTER + timedelta(days=NOTICES[0])))
    told = Q(reminded_days=None) | Q(reminded_days__gt=NOTICES[-1])
    return [key for key, _, _ in _approved(soon & told)]


def remind_of_document(*, document_id: UUID) -> bool:
    """Tell the owner of a document that it ends soon; returns whether that was due."""
    with acting_as(SYSTEM):
        document = _claimed(document_id)
        left = _days_left(document) if document is not None else None
        if document is None or left is None or not _is_due(document, left):
            return False
        document.reminded_days = _notice(left)
        document.save(update_fields=["reminded_days"])
        _write_to(document, "document_expiring", days=left)
    return True


def _approved(rows: Q) -> Iterator[tuple[UUID, date, str]]:
    """Approved documents with their last day and zone."""
    return (  # type: ignore[no-any-return]
        ProviderDocument.objects.filter(rows, status=Status.APPROVED)
        .order_by("expires_date", "pk")
        .values_list("pk", "expires_date", "provider__time_zone")
        .iterator()
    )


def _claimed(document_id: UUID) -> ProviderDocument | None:
    """An approved document, locked after its provider; none where another worker has it."""
    rows = ProviderDocument.objects.filter(pk=document_id, status=Status.APPROVED)
    providers = ServiceProviderProfile._base_manager.select_related("user_profile__user")
    provider = (
        providers.select_for_update(no_key=True, of=("self",), skip_locked=True)
        .filter(pk__in=rows.values("provider"))
        .first()
    )
    document: ProviderDocument | None = rows.select_for_update(of=("self",)).first()
    if provider is None or document is None:
        return None
    document.provider = provider
    return document


def _days_left(document: ProviderDocument) -> int | None:
    """How many days a document holds after this one where its provider is; None for ever."""
    if document.expires_date is None:
        return None
    return (document.expires_date - clock.today(document.provider.time_zone)).days


def _notice(left: int) -> int:
    """The last of the notices whose day has come."""
    return min(days for days in NOTICES if left <= days)


def _is_due(document: ProviderDocument, left: int) -> bool:
    if not 0 < left <= NOTICES[0]:
        return False
    return document.reminded_days is None or _notice(left) < document.reminded_days


def _write_to(document: ProviderDocument, template: str, **further: Any) -> None:
    user = document.provider.user_profile.user
    write_to(user, template, type=document.document_type, **further)
