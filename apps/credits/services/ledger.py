"""Moving credits: each time the wallet by one statement, with a row of the ledger."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from apps.credits import errors
from apps.credits.events import CreditsMoved
from apps.credits.models import CreditLot, CreditTransaction, CreditWallet
from kernel import clock, events
from kernel.viewer import current_viewer

Type = CreditTransaction.Type

#: The most that is moved at once: a number with which no balance leaves its column.
MOST = 1_000_000

# The row is locked from here on until the transaction ends: whoever else moves these credits
# waits, and what follows is in the order of the ledger. Its instants never go back.
_MOVE = """
UPDATE credits_creditwallet SET balance = balance + %(credits)s, entries = entries + 1,
    moved_at = greatest(moved_at, %(now)s), updated_at = %(now)s, version = version + 1
WHERE provider_id = %(provider)s AND balance + %(credits)s >= 0
RETURNING balance, entries, moved_at
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a row of the ledger says beside its amount."""

    transaction_type: CreditTransaction.Type
    description: str = ""
    reference: str = ""
    #: Of what may happen once: a repeat finds the row of the first time.
    idempotency_key: str = ""
    lead_assignment_id: UUID | None = None


@transaction.atomic
def spend(
    *, provider_id: UUID, credits: int, lead_assignment_id: UUID, description: str = ""
) -> CreditTransaction:
    """Take what a lead costs from a provider; what it pays for goes into the same transaction.

    Credits that expire are spent first. Raises InsufficientCredits.
    """
    entry = Entry(Type.DEDUCTION, description, lead_assignment_id=lead_assignment_id)
    return _take(provider_id, credits, entry)


@transaction.atomic
def give_back(*, lead_assignment_id: UUID, description: str = "") -> CreditTransaction:
    """Give a provider back what a lead cost; once, whoever asks and however often: a repeat finds
    the row of the first time. These credits do not expire.
    """
    paid = CreditTransaction.objects.get(
        lead_assignment=lead_assignment_id, transaction_type=Type.DEDUCTION
    )
    entry = Entry(
        Type.REFUND,
        description,
        idempotency_key=f"refund:{lead_assignment_id}",
        lead_assignment_id=lead_assignment_id,
    )
    return _give(paid.provider_id, -paid.amount, entry)


@transaction.atomic
def grant(
    *, provider_id: UUID, credits: int, entry: Entry, expires_at: datetime | None = None
) -> CreditTransaction:
    """Give a provider credits; where the entry has a key, once under it.

    Raises InvalidCredits, or InvalidExpiry for an instant that is past.
    """
    if not 0 < credits <= MOST:
        raise errors.InvalidCredits(params={"least": 1, "most": MOST})
    if expires_at is not None and expires_at <= clock.now():
        raise errors.InvalidExpiry
    return _give(provider_id, credits, entry, expires_at)


@transaction.atomic
def adjust_credits(
    *,
    provider_id: UUID,
    credits: int,
    description: str,
    is_bonus: bool = False,
    expires_at: datetime | None = None,
) -> CreditTransaction:
    """Change a provider's balance by hand, up or, where it is no bonus, down.

    Raises DescriptionMissing, InvalidCredits, InvalidExpiry, or InsufficientCredits.
    """
    if not description.strip():
        raise errors.DescriptionMissing
    if credits == 0 or abs(credits) > MOST or (is_bonus and credits < 0):
        raise errors.InvalidCredits(params={"least": 1 if is_bonus else -MOST, "most": MOST})
    entry = Entry(Type.BONUS if is_bonus else Type.ADJUSTMENT, description)
    if credits > 0:
        return grant(provider_id=provider_id, credits=credits, entry=entry, expires_at=expires_at)
    if expires_at is not None:
        raise errors.InvalidExpiry
    return _take(provider_id, -credits, entry)


@transaction.atomic
def expire_credits(*, batch: int = 100) -> int:
    """Take what is left of a batch of the lots that are due; returns how many lots.

    A lot that somebody is spending from at this moment is left for the next time.
    """
    due = CreditLot.objects.filter(remaining__gt=0, expires_at__lte=clock.now())
    providers = due.order_by("expires_at").values_list("provider", flat=True)[:batch]
    # Wallets before lots, and many of them by key, as everywhere.
    wallets = CreditWallet.objects.filter(provider__in=set(providers)).order_by("provider")
    held = wallets.select_for_update(skip_locked=True, no_key=True)
    gone = 0
    for lot in due.filter(provider__in=[wallet.provider_id for wallet in held]).order_by("pk"):
        _expire(lot)
        gone += 1
    return gone


def _take(provider_id: UUID, credits: int, entry: Entry) -> CreditTransaction:
    row = _post(provider_id, -credits, entry)
    if row is None:
        raise errors.InsufficientCredits
    open_lots = CreditLot.objects.filter(provider=provider_id, remaining__gt=0)
    for lot in open_lots.order_by("expires_at", "pk"):
        if lot.expires_at <= row.created_at:
            _expire(lot)
        elif credits > 0:
            drawn = min(credits, lot.remaining)
            credits -= drawn
            _draw(lot, drawn)
    return row


def _give(
    provider_id: UUID, credits: int, entry: Entry, expires_at: datetime | None = None
) -> CreditTransaction:
    CreditWallet.objects.bulk_create([CreditWallet(provider_id=provider_id)], ignore_conflicts=True)
    if entry.idempotency_key:
        # Held first, so that a repeat sees what the one before it wrote.
        CreditWallet.objects.select_for_update(no_key=True).get(provider=provider_id)
        known = {"provider": provider_id, "idempotency_key": entry.idempotency_key}
        found: CreditTransaction | None = CreditTransaction.objects.filter(**known).first()
        if found is not None:
            return found
    row = _post(provider_id, credits, entry)
    assert row is not None
    if expires_at is not None:
        CreditLot.objects.create(
            provider_id=provider_id, transaction=row, remaining=credits, expires_at=expires_at
        )
    return row


def _expire(lot: CreditLot) -> None:
    """Take what is left of a lot; whatever else is spent, that much is there."""
    entry = Entry(Type.EXPIRY, reference=str(lot.pk))
    if _post(lot.provider_id, -lot.remaining, entry) is None:
        raise errors.InsufficientCredits
    _draw(lot, lot.remaining)


def _draw(lot: CreditLot, credits: int) -> None:
    lot.remaining -= credits
    lot.save(update_fields=["remaining"])


def _post(provider_id: UUID, credits: int, entry: Entry) -> CreditTransaction | None:
    """Move credits and write it down; None where there are too few of them."""
    given: dict[str, Any] = {"credits": credits, "provider": provider_id, "now": clock.now()}
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, given)
        moved: Any = cursor.fetchone()
    if moved is None:
        return None
    balance, number, at = moved
    row = CreditTransaction(
        provider_id=provider_id,
        number=number,
        transaction_type=entry.transaction_type,
        amount=credits,
        balance_after=balance,
        reference=entry.reference,
        description=entry.description,
        idempotency_key=entry.idempotency_key,
        lead_assignment_id=entry.lead_assignment_id,
        created_by_id=current_viewer().user_id,
        created_at=at,
    )
    row.clean_fields()
    row.save(force_insert=True)
    events.publish(
        CreditsMoved(
            provider_id=provider_id,
            transaction_id=row.pk,
            transaction_type=entry.transaction_type.value,
            amount=credits,
            balance_after=balance,
        )
    )
    return row
