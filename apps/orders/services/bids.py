"""Bids: offered, changed, withdrawn, rejected, accepted."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F

from apps.orders import errors
from apps.orders.events import BidPlaced, BidRejected, BidUpdated, BidWithdrawn, OrderAssigned
from apps.orders.models import Bid, Order, OrderAssignment
from apps.orders.services.transitions import client_user_id, locked, move
from apps.providers.errors import ProviderNotVerified
from apps.providers.models import ServiceProviderProfile
from kernel import clock, events
from kernel.models import require_version
from kernel.money import CurrencyMismatch, Money


@transaction.atomic
def place_bid(
    *,
    order: Order,
    provider: ServiceProviderProfile,
    amount: Money,
    details: Mapping[str, Any] | None = None,
) -> Bid:
    """Put a provider's offer on a published order; ``details`` are further fields of Bid.

    Raises ProviderNotVerified, OrderNotOpen, OwnOrder, CurrencyMismatch, or ValidationError when a
    constraint of Bid is broken (already_bid, amount_not_positive).
    """
    if not provider.is_verified_provider:
        raise ProviderNotVerified
    # Locked, so that an order being assigned at this moment cannot gain a bid.
    order = locked(order)
    if not order.takes_bids:
        raise errors.OrderNotOpen
    if order.client_profile.user_profile_id == provider.user_profile_id:
        raise errors.OwnOrder
    bid = Bid(order=order, provider=provider, currency=order.currency, **(details or {}))
    bid.amount = _in_currency(amount, order.currency)
    bid.full_clean()
    bid.save()
    _count(order, +1)
    events.publish(BidPlaced(order_id=order.pk, bid_id=bid.pk, provider_id=provider.pk))
    return bid


@transaction.atomic
def update_bid(*, bid: Bid, changes: Mapping[str, Any], version: int | None = None) -> Bid:
    """Change a pending offer.

    Raises VersionConflict, BidNotPending, CurrencyMismatch or ValidationError.
    """
    bid = _locked(bid)
    require_version(bid, version)
    _require_pending(bid)
    for name, value in changes.items():
        setattr(bid, name, _in_currency(value, bid.currency) if name == "amount" else value)
    bid.full_clean()
    bid.save(update_fields=list(changes))
    events.publish(BidUpdated(order_id=bid.order_id, bid_id=bid.pk, provider_id=bid.provider_id))
    return bid


@transaction.atomic
def withdraw_bid(*, bid: Bid) -> Bid:
    """Take a pending offer back. Raises BidNotPending."""
    bid = _decided(bid, Bid.Status.WITHDRAWN, "withdrawn_at")
    events.publish(BidWithdrawn(order_id=bid.order_id, bid_id=bid.pk, provider_id=bid.provider_id))
    return bid


@transaction.atomic
def reject_bid(*, bid: Bid) -> Bid:
    """Decline a pending offer. Raises BidNotPending."""
    bid = _decided(bid, Bid.Status.REJECTED, "rejected_at")
    events.publish(BidRejected(order_id=bid.order_id, bid_id=bid.pk, provider_id=bid.provider_id))
    return bid


@transaction.atomic
def accept_bid(*, bid: Bid) -> Bid:
    """Give an order to a bidder at the price of the bid; the other pending bids are rejected.

    Of several accepted at once, exactly one wins. Raises OrderNotOpen or BidNotPending.
    """
    bid = _locked(bid)
    order = bid.order
    if not order.takes_bids:
        raise errors.OrderNotOpen
    _require_pending(bid)
    now = clock.now()
    bid.status, bid.accepted_at = Bid.Status.ACCEPTED, now
    bid.save(update_fields=["status", "accepted_at"])
    others = order.bids.filter(status=Bid.Status.PENDING).exclude(pk=bid.pk)
    rejected = others.update(status=Bid.Status.REJECTED, rejected_at=now)
    move(order, name="assign", to=Order.Status.ASSIGNED, final_price=bid.amount)
    _count(order, -rejected)
    OrderAssignment.objects.create(
        order=order,
        provider_id=bid.provider_id,
        bid=bid,
        assigned_at=now,
        start_date=order.service_date,
        start_time=order.service_time,
    )
    events.publish(
        OrderAssigned(
            order_id=order.pk,
            client_user_id=client_user_id(order),
            bid_id=bid.pk,
            provider_id=bid.provider_id,
        )
    )
    return bid


def _locked(bid: Bid) -> Bid:
    """The bid as it stands now, its order locked before it."""
    order = locked(bid.order)
    bid = Bid.objects.select_for_update(of=("self",)).get(pk=bid.pk)
    bid.order = order
    return bid


def _require_pending(bid: Bid) -> None:
    if bid.status != Bid.Status.PENDING:
        raise errors.BidNotPending


def _decided(bid: Bid, status: Bid.Status, dated: str) -> Bid:
    bid = _locked(bid)
    _require_pending(bid)
    bid.status = status
    setattr(bid, dated, clock.now())
    bid.save(update_fields=["status", dated])
    _count(bid.order, -1)
    return bid


def _count(order: Order, change: int) -> None:
    # The version stays: a client who edits the order is in no conflict with those who bid on it.
    Order.objects.filter(pk=order.pk).update(
        bid_count=F("bid_count") + change, version=F("version"), updated_at=F("updated_at")
    )


def _in_currency(amount: Money | None, currency: str) -> Money | None:
    if amount is not None and amount.currency != currency:
        raise CurrencyMismatch
    return amount
