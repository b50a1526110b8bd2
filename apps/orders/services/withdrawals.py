"""Giving assigned work back: the order is open to bids again."""

from datetime import datetime, timedelta

from django.db import transaction

from apps.orders import errors
from apps.orders.events import OrderPublished, OrderReopened
from apps.orders.models import Bid, Order, OrderAssignment
from apps.orders.services.bid_steps import count_bids
from apps.orders.services.schedule import within_day
from apps.orders.services.transitions import client_user_id, locked, move
from apps.orders.services.visits import end_visits
from kernel import clock, events

#: How long a reopened order takes bids at least, unless its day comes before.
OPEN_AGAIN = timedelta(days=7)


@transaction.atomic
def withdraw_from_order(*, order: Order, reason: str) -> Order:
    """Have the assigned provider give an order back before work begins: its bid is withdrawn, its
    visits are off, and the order is open to bids anew, until its day at most.

    Raises ReasonRequired, or IllegalTransition unless the order is assigned.
    """
    if not reason.strip():
        raise errors.ReasonRequired
    order = locked(order)
    move(
        order,
        name="reopen",
        to=Order.Status.PUBLISHED,
        note=reason,
        final_price=None,
        assigned_at=None,
        expires_at=_open_until(order),
    )
    assignment = OrderAssignment.objects.select_for_update(of=("self",)).get(order=order)
    Bid.objects.filter(pk=assignment.bid_id).update(
        status=Bid.Status.WITHDRAWN, withdrawn_at=clock.now()
    )
    count_bids(order, -1)
    end_visits(order)
    provider_id = assignment.provider_id
    assignment.delete()
    told = {"order_id": order.pk, "client_user_id": client_user_id(order)}
    events.publish(OrderReopened(provider_id=provider_id, **told))
    if order.takes_bids:
        events.publish(OrderPublished(**told))
    return order


def _open_until(order: Order) -> datetime:
    """When it stops taking bids: as before, if that leaves time enough, but on its day at last."""
    least = clock.now() + OPEN_AGAIN
    return within_day(order, max(order.expires_at or least, least))
