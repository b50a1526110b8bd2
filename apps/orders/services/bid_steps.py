"""What all steps of a bid share: its order locked before it, itself open and its provider at work,
its order's count; and how bids end that nobody accepted.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from apps.orders import errors
from apps.orders.events import BidEvent, BidExpired, BidRejected
from apps.orders.models import Bid, Order
from apps.orders.models.bids import BidQuerySet
from apps.orders.services.transitions import locked
from apps.providers.services.locks import locked_provider
from kernel import clock, events
from kernel.errors import NotFound
from kernel.models import require_version
from kernel.money import CurrencyMismatch, Money

#: For how long a bid can bind its provider.
BINDS_FOR = timedelta(days=90)
#: The minutes that work can take: up to thirty days.
DURATIONS = range(1, 43_201)


def locked_bid(bid: Bid, version: int | None) -> Bid:
    """The bid as it stands now, its order locked before it, both until the transaction ends.

    Raises VersionConflict where the caller had read another version: a price that was agreed to
    must be the one that was seen.
    """
    order = locked(bid.order)
    bid = Bid.objects.select_for_update(of=("self",)).get(pk=bid.pk)
    bid.order = order
    require_version(bid, version)
    return bid


def require_open(bid: Bid) -> None:
    """Raise BidExpired or BidNotPending unless a locked bid can still be decided."""
    if bid.is_expired:
        raise errors.BidExpired
    if not bid.is_open:
        raise errors.BidNotPending


def require_bidder(bid: Bid) -> None:
    """Lock the provider of a locked bid, who may have ceased to be one since it was placed.

    Raises BidderGone or BidderNotVerified.
    """
    try:
        provider = locked_provider(bid.provider_id)
    except NotFound as gone:
        raise errors.BidderGone from gone
    if not provider.is_verified_provider:
        raise errors.BidderNotVerified


def assign(bid: Bid, details: Mapping[str, Any]) -> None:
    """Put details on a bid that is not saved yet.

    Raises InvalidDuration, InvalidExpiry or CurrencyMismatch.
    """
    duration, until = details.get("estimated_duration"), details.get("expires_at")
    if duration is not None and duration not in DURATIONS:
        raise errors.InvalidDuration
    now = clock.now()
    if until is not None and not now < until <= now + BINDS_FOR:
        raise errors.InvalidExpiry
    for name, value in details.items():
        setattr(bid, name, value)
    require_currency(details.get("amount"), bid)


def require_currency(amount: Money | None, bid: Bid) -> None:
    """Raise CurrencyMismatch for an amount in another currency than the bid's."""
    if amount is not None and amount.currency != bid.currency:
        raise CurrencyMismatch


def count_bids(order: Order, change: int) -> None:
    """Count bids that came to stand on a locked order, or that no longer do."""
    # The version stays: a client who edits the order is in no conflict with those who bid on it.
    Order.objects.filter(pk=order.pk).update(
        bid_count=F("bid_count") + change, version=F("version"), updated_at=F("updated_at")
    )


def turn_down(order: Order) -> None:
    """Reject the pending bids of a locked order; those that nobody decided in time are expired."""
    pending = Bid.objects.filter(order=order, status=Bid.Status.PENDING)
    expire(order, pending)
    _end(order, pending, Bid.Status.REJECTED, BidRejected, rejected_at=clock.now())


def expire(order: Order, bids: BidQuerySet) -> int:
    """Mark those of a locked order's bids that nobody decided in time; returns how many."""
    return _end(order, bids.lapsed(), Bid.Status.EXPIRED, BidExpired)


def _end(
    order: Order, bids: BidQuerySet, to: Bid.Status, fact: type[BidEvent], **dated: datetime
) -> int:
    """Have bids of a locked order end, and tell each provider; returns how many they were."""
    ended = list(bids.select_for_update(of=("self",)).order_by("pk"))
    if not ended:
        return 0
    Bid.objects.filter(pk__in=[bid.pk for bid in ended]).update(status=to, **dated)
    count_bids(order, -len(ended))
    for bid in ended:
        events.publish(fact(order_id=order.pk, bid_id=bid.pk, provider_id=bid.provider_id))
    return len(ended)
