"""Disagreements over orders: opened, looked at, decided; and what both sides show."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, BinaryIO

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services.clients import count_for_client
from apps.orders import errors
from apps.orders.events import (
    DisputeResolved,
    DisputeTaken,
    EvidenceAdded,
    OrderCancelled,
    OrderConfirmed,
    OrderDisputed,
    OrderMoved,
)
from apps.orders.models import (
    UNDECIDED,
    DisputeEvidence,
    Order,
    OrderAssignment,
    OrderDispute,
    Party,
)
from apps.orders.services.transitions import client_user_id, locked, move
from apps.orders.services.visits import end_visits
from apps.orders.services.work import count_as_done
from kernel import clock, events, uploads
from kernel.models import require_version
from kernel.money import Money

MOST_FILES = 5

Status, Outcome = OrderDispute.Status, OrderDispute.Outcome

#: Where a decision ends an order, and what is announced then.
ENDS: dict[Order.Status, type[OrderMoved]] = {
    Order.Status.CONFIRMED: OrderConfirmed,
    Order.Status.CANCELLED: OrderCancelled,
}


@transaction.atomic
def open_dispute(
    *, order: Order, by: User, dispute_type: OrderDispute.Type, description: str
) -> OrderDispute:
    """Have staff look at an order that went wrong.

    Raises IllegalTransition unless it is assigned, in progress or completed, or ValidationError.
    """
    order = locked(order)
    dispute = OrderDispute(
        order=order, opened_by=by, dispute_type=dispute_type, description=description
    )
    dispute.from_status, dispute.currency = order.status, order.currency
    move(order, name="dispute", to=Order.Status.DISPUTED, note=description)
    assigned = OrderAssignment.objects.filter(order=order)
    dispute.provider_id = assigned.values_list("provider", flat=True).first()
    dispute.full_clean()
    dispute.save()
    events.publish(
        OrderDisputed(
            order_id=order.pk, client_user_id=client_user_id(order), dispute_id=dispute.pk
        )
    )
    return dispute


@transaction.atomic
def add_dispute_evidence(
    *, dispute: OrderDispute, by: User, text: str = "", files: Sequence[BinaryIO] = ()
) -> OrderDispute:
    """Show something on one's side of a dispute: words, up to five files, or both.

    Raises EmptyEvidence, TooManyFiles, InvalidFile, FileTooLarge, or DisputeClosed.
    """
    if not text.strip() and not files:
        raise errors.EmptyEvidence
    if len(files) > MOST_FILES:
        raise errors.TooManyFiles
    # Made safe before the lock: nothing slow while holding one.
    kept = [uploads.accepted(file) for file in files]
    dispute = _locked(dispute)
    party = _party_of(dispute, by)
    if text.strip():
        DisputeEvidence.objects.create(dispute=dispute, party=party, author=by, text=text)
    for file in kept:
        evidence = DisputeEvidence(dispute=dispute, party=party, author=by)
        evidence.name, evidence.content_type = file.name, file.content_type
        evidence.file.save(file.key, file.content)
    events.publish(EvidenceAdded(order_id=dispute.order_id, dispute_id=dispute.pk, party=party))
    return dispute


@transaction.atomic
def review_dispute(
    *, dispute: OrderDispute, by: User, notes: str | None = None, version: int | None = None
) -> OrderDispute:
    """Have staff look at a dispute, and note something that they alone read.

    Raises OwnDispute for a party to it, DisputeClosed, or VersionConflict.
    """
    dispute = _locked(dispute)
    require_version(dispute, version)
    _require_stranger(dispute, by)
    is_taken = dispute.status == Status.OPEN
    dispute.status = Status.IN_REVIEW
    if notes is not None:
        dispute.admin_notes = notes
    dispute.save(update_fields=["status", "admin_notes"])
    if is_taken:
        events.publish(DisputeTaken(order_id=dispute.order_id, dispute_id=dispute.pk))
    return dispute


@transaction.atomic
def resolve_dispute(
    *,
    dispute: OrderDispute,
    by: User,
    outcome: OrderDispute.Outcome,
    resolution: str,
    refund_share: Decimal | None = None,
) -> OrderDispute:
    """Decide a dispute. With a refund the client gets a share of the price back, in percent, and
    the order is over: cancelled where it is all of it, else confirmed. Or the work is to be done
    anew. Or the dispute is dismissed, and the order stands where it stood.

    Raises DisputeClosed, OwnDispute for a party to it, ResolutionRequired, RefundShareRequired,
    RefundShareNotAllowed, or ValidationError for a share that is none (invalid_share).
    """
    dispute = _locked(dispute)
    _require_stranger(dispute, by)
    if not resolution.strip():
        raise errors.ResolutionRequired
    if outcome == Outcome.REFUND and refund_share is None:
        raise errors.RefundShareRequired
    if outcome != Outcome.REFUND and refund_share is not None:
        raise errors.RefundShareNotAllowed
    dispute.outcome, dispute.refund_share = outcome, refund_share
    dispute.full_clean()
    order, to = dispute.order, _destination(dispute)
    move(order, name="resolve", to=to, note=resolution, **_changes(to, resolution))
    if to == Order.Status.CONFIRMED:
        count_as_done(order)
    elif to == Order.Status.CANCELLED:
        count_for_client(client_id=order.client_profile_id, count="cancelled_orders")
    _close(dispute, by=by, resolution=resolution)
    if to in ENDS:
        end_visits(order)
        events.publish(ENDS[to](order_id=order.pk, client_user_id=client_user_id(order)))
    return dispute


def close_with_order(order: Order, *, by: User | None, resolution: str) -> None:
    """Decide the open dispute of an order that staff cancelled: the client gets all back."""
    dispute = OrderDispute.objects.select_for_update(of=("self",)).get(
        order=order, status__in=UNDECIDED
    )
    dispute.order = order
    dispute.outcome, dispute.refund_share = Outcome.REFUND, Decimal(100)
    _close(dispute, by=by, resolution=resolution)


def refund_of(dispute: OrderDispute) -> Money | None:
    """What the client gets back of the agreed price by a dispute's share, halves rounded up; None
    where there is no share, or no price.
    """
    price: Money | None = dispute.order.final_price
    if dispute.refund_share is None or price is None:
        return None
    share = Decimal(price.minor) * dispute.refund_share / 100
    return Money(int(share.to_integral_value(ROUND_HALF_UP)), price.currency)


def _locked(dispute: OrderDispute) -> OrderDispute:
    """The dispute as it stands now, its order locked before it. Raises DisputeClosed."""
    order = locked(dispute.order)
    dispute = OrderDispute.objects.select_for_update(of=("self",)).get(pk=dispute.pk)
    if dispute.status not in UNDECIDED:
        raise errors.DisputeClosed
    dispute.order = order
    return dispute


def _party_of(dispute: OrderDispute, user: User) -> Party:
    return Party.CLIENT if client_user_id(dispute.order) == user.pk else Party.PROVIDER


def _require_stranger(dispute: OrderDispute, user: User) -> None:
    parties = OrderDispute.objects.filter(pk=dispute.pk).values_list(
        "opened_by",
        "order__client_profile__user_profile__user",
        "provider__user_profile__user",
    )
    if user.pk in parties.get():
        raise errors.OwnDispute


def _destination(dispute: OrderDispute) -> Order.Status:
    if dispute.outcome == Outcome.REDO:
        return Order.Status.IN_PROGRESS
    if dispute.outcome == Outcome.DISMISSED:
        return Order.Status(dispute.from_status)
    whole = dispute.refund_share == 100
    return Order.Status.CANCELLED if whole else Order.Status.CONFIRMED


def _changes(to: Order.Status, resolution: str) -> dict[str, Any]:
    """What a decision writes on the order besides where it stands."""
    if to == Order.Status.CANCELLED:
        return {"cancelled_by": Party.STAFF, "cancellation_reason": resolution}
    return {"completed_at": None} if to == Order.Status.IN_PROGRESS else {}


def _close(dispute: OrderDispute, *, by: User | None, resolution: str) -> None:
    """Write a decision down, and announce it."""
    dismissed = dispute.outcome == Outcome.DISMISSED
    dispute.status = Status.DISMISSED if dismissed else Status.RESOLVED
    dispute.resolved_by, dispute.resolved_at = by, clock.now()
    dispute.resolution, dispute.refund_amount = resolution, refund_of(dispute)
    dispute.save(
        update_fields=[
            *("status", "outcome", "refund_share", "refund_amount"),
            *("resolution", "resolved_by", "resolved_at"),
        ]
    )
    order, refund = dispute.order, dispute.refund_amount
    events.publish(
        DisputeResolved(
            order_id=order.pk,
            client_user_id=client_user_id(order),
            dispute_id=dispute.pk,
            outcome=dispute.outcome,
            refund_amount=refund.minor if refund else None,
            currency=dispute.currency,
        )
    )
