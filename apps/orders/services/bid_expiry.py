"""Bids that nobody decided while their providers stood by them."""

from apps.orders.events import BidExpired
from apps.orders.models import Bid, Order
from apps.orders.models.bids import BidQuerySet
from apps.orders.services.bid_steps import count_bids
from apps.providers.models import ServiceProviderProfile
from kernel import events
from kernel.viewer import SYSTEM, acting_as


def expire_bids(*, batch: int = 50) -> int:
    """Mark the expired bids of one batch of orders; returns how many.

    Orders that something happens to at this moment are left for the next time.
    """
    with acting_as(SYSTEM):
        due = Bid.objects.lapsed().order_by("expires_at", "pk").values("order")[:batch]
        orders = Order.objects.select_for_update(of=("self",), skip_locked=True)
        found = orders.filter(pk__in=due).order_by("pk")
        return sum(_expire(order, Bid.objects.filter(order=order)) for order in found)


def expire_bid_of(order: Order, *, provider: ServiceProviderProfile) -> None:
    """Mark a provider's bid on a locked order where it has expired: another one may follow it."""
    _expire(order, Bid.objects.filter(order=order, provider=provider))


def _expire(order: Order, bids: BidQuerySet) -> int:
    """Mark those of a locked order's bids that have expired."""
    lapsed = list(bids.lapsed().select_for_update(of=("self",)).order_by("pk"))
    if not lapsed:
        return 0
    Bid.objects.filter(pk__in=[bid.pk for bid in lapsed]).update(status=Bid.Status.EXPIRED)
    count_bids(order, -len(lapsed))
    for bid in lapsed:
        events.publish(BidExpired(order_id=order.pk, bid_id=bid.pk, provider_id=bid.provider_id))
    return len(lapsed)
