"""Bids that nobody decided while their providers stood by them."""

from apps.orders.models import Bid, Order
from apps.orders.services.bid_steps import expire
from apps.providers.models import ServiceProviderProfile
from kernel.viewer import SYSTEM, acting_as


def expire_bids(*, batch: int = 50) -> int:
    """Mark the expired bids of one batch of orders; returns how many.

    Orders that something happens to at this moment are left for the next time.
    """
    with acting_as(SYSTEM):
        due = Bid.objects.lapsed().order_by("expires_at", "pk").values("order")[:batch]
        orders = Order.objects.select_for_update(of=("self",), skip_locked=True)
        found = orders.filter(pk__in=due).order_by("pk")
        return sum(expire(order, Bid.objects.filter(order=order)) for order in found)


def expire_bid_of(order: Order, *, provider: ServiceProviderProfile) -> None:
    """Mark a provider's bid on a locked order where it has expired: another one may follow it."""
    expire(order, Bid.objects.filter(order=order, provider=provider))
