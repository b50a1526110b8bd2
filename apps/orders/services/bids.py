"""Bids: offered, changed, withdrawn, rejected, accepted."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from apps.catalog.models import ServiceCategory
from apps.orders import errors
from apps.orders.events import BidPlaced, BidRejected, BidUpdated, BidWithdrawn, OrderAssigned
from apps.orders.models import Bid, Order, OrderAssignment, Party
from apps.orders.selectors import bidding_on
from apps.orders.services.bid_expiry import expire_bid_of
from apps.orders.services.bid_steps import (
    assign,
    count_bids,
    locked_bid,
    require_bidder,
    require_open,
    turn_down,
)
from apps.orders.services.transitions import client_user_id, locked, move
from apps.orders.services.visits import first_visit
from apps.providers.errors import ProviderNotAvailable, ProviderNotVerified
from apps.providers.models import ServiceProviderProfile
from apps.providers.services.documents import require_documents
from apps.providers.services.figures import count_job, count_response
from kernel import clock, events
from kernel.constraints import save_checked
from kernel.lookup import one_of
from kernel.money import Money


@transaction.atomic
def place_bid(
    *,
    order: Order,
    provider: ServiceProviderProfile,
    amount: Money,
    details: Mapping[str, Any] | None = None,
    is_answer: bool = True,
) -> Bid:
    """Put a provider's offer on a published order; ``details`` are further fields of Bid. What was
    agreed on elsewhere is no answer, and does not tell how fast the provider is.

    Raises ProviderNotVerified, ProviderNotAvailable, OrderNotOpen, OwnOrder, OutsideArea, what
    ``require_documents`` raises, CurrencyMismatch, InvalidDuration, InvalidExpiry, or
    ValidationError when a constraint of Bid is broken (already_bid, amount_not_positive).
    """
    # Locked, so that an order being assigned at this moment cannot gain a bid.
    order = locked(order)
    bidder = one_of(bidding_on(order), pk=provider.pk)
    _require_welcome(order, bidder)
    bid = Bid(order=order, provider=bidder, currency=order.currency)
    assign(bid, {**(details or {}), "amount": amount})
    if bidder.has_answered:
        expire_bid_of(order, provider=bidder)
    save_checked(bid)
    count_bids(order, +1)
    if is_answer and not bidder.has_answered:
        _count_response(order, bidder)
    events.publish(BidPlaced(order_id=order.pk, bid_id=bid.pk, provider_id=bidder.pk))
    return bid


@transaction.atomic
def update_bid(*, bid: Bid, changes: Mapping[str, Any], version: int | None = None) -> Bid:
    """Change an offer that the client is to answer.

    Raises VersionConflict, BidNotPending, BidExpired, NotYourTurn, CurrencyMismatch,
    InvalidDuration, InvalidExpiry or ValidationError.
    """
    bid = locked_bid(bid, version)
    _require_clients_turn(bid)
    assign(bid, changes)
    save_checked(bid, update_fields=list(changes))
    events.publish(BidUpdated(order_id=bid.order_id, bid_id=bid.pk, provider_id=bid.provider_id))
    return bid


@transaction.atomic
def withdraw_bid(*, bid: Bid, version: int | None = None) -> Bid:
    """Take a pending offer back. Raises VersionConflict, BidNotPending or BidExpired."""
    bid = _decided(locked_bid(bid, version), Bid.Status.WITHDRAWN, "withdrawn_at")
    events.publish(BidWithdrawn(order_id=bid.order_id, bid_id=bid.pk, provider_id=bid.provider_id))
    return bid


@transaction.atomic
def reject_bid(*, bid: Bid, version: int | None = None) -> Bid:
    """Decline a pending offer. Raises VersionConflict, BidNotPending or BidExpired."""
    bid = _decided(locked_bid(bid, version), Bid.Status.REJECTED, "rejected_at")
    events.publish(BidRejected(order_id=bid.order_id, bid_id=bid.pk, provider_id=bid.provider_id))
    return bid


@transaction.atomic
def accept_bid(*, bid: Bid, version: int | None = None) -> Bid:
    """Give an order to a bidder at the price of the bid; the other pending bids are turned down.

    Of several accepted at once, exactly one wins. Where the order names a day and an hour, the
    bidder comes then. Raises VersionConflict, OrderNotOpen, BidNotPending, BidExpired, NotYourTurn
    while the client's own counter-offer waits, BidderGone or BidderNotVerified for a business that
    could not bid any more, ProviderBusy or ProviderAway.
    """
    bid = locked_bid(bid, version)
    order = bid.order
    if not order.takes_bids:
        raise errors.OrderNotOpen
    _require_clients_turn(bid)
    require_bidder(bid)
    now = clock.now()
    bid.status, bid.accepted_at = Bid.Status.ACCEPTED, now
    bid.save(update_fields=["status", "accepted_at"])
    turn_down(order)
    move(order, name="assign", to=Order.Status.ASSIGNED, final_price=bid.amount)
    OrderAssignment.objects.create(
        order=order,
        provider_id=bid.provider_id,
        bid=bid,
        assigned_at=now,
        start_date=order.service_date,
        start_time=order.service_time,
    )
    first_visit(order=order, bid=bid)
    count_job(provider_id=bid.provider_id)
    events.publish(
        OrderAssigned(
            order_id=order.pk,
            client_user_id=client_user_id(order),
            bid_id=bid.pk,
            provider_id=bid.provider_id,
        )
    )
    return bid


def _require_welcome(order: Order, bidder: Any) -> None:
    """Refuse a provider, as ``bidding_on`` finds it, who may not bid on an order."""
    if not bidder.is_verified_provider:
        raise ProviderNotVerified
    if not bidder.is_available:
        raise ProviderNotAvailable
    if not order.takes_bids:
        raise errors.OrderNotOpen
    if bidder.is_client:
        raise errors.OwnOrder
    if not bidder.is_near:
        raise errors.OutsideArea
    categories = ServiceCategory.objects.all_with_deleted()
    category = categories.get(subcategories=order.service_subcategory_id)
    today = clock.today(bidder.time_zone)
    day = max(order.service_date or today, today)
    require_documents(provider=bidder, category=category, on=day)


def _count_response(order: Order, bidder: ServiceProviderProfile) -> None:
    if order.published_at is not None:
        waited = max(clock.now() - order.published_at, timedelta())
        count_response(provider_id=bidder.pk, seconds=int(waited.total_seconds()))


def _require_clients_turn(bid: Bid) -> None:
    require_open(bid)
    if bid.turn != Party.CLIENT:
        raise errors.NotYourTurn


def _decided(bid: Bid, status: Bid.Status, dated: str) -> Bid:
    require_open(bid)
    bid.status = status
    setattr(bid, dated, clock.now())
    bid.save(update_fields=["status", dated])
    count_bids(bid.order, -1)
    return bid
