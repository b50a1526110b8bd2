"""Orders that nobody was chosen for in time, and those that are open for longer."""

from datetime import datetime, timedelta

from django.db import transaction

from apps.orders import errors
from apps.orders.events import OrderExpired, OrderExtended, OrderPublished
from apps.orders.models import Order
from apps.orders.services.schedule import within_day
from apps.orders.services.transitions import BEGINS, client_user_id, illegal, locked, move
from kernel import clock, events
from kernel.models import require_version
from kernel.viewer import SYSTEM, acting_as

#: How far ahead an order can be open to bids.
FURTHEST = timedelta(days=90)
BATCH = 50


@transaction.atomic
def extend_order(*, order: Order, until: datetime, version: int | None = None) -> Order:
    """Have an order take bids for longer, until its day at most; one that expired is open again,
    its bids still stand.

    Raises VersionConflict, InvalidOrderExpiry, or IllegalTransition unless the order is open to
    bids or expired.
    """
    order, now = locked(order), clock.now()
    require_version(order, version)
    if order.status not in (Order.Status.PUBLISHED, *BEGINS["extend"]):
        raise illegal(order)
    until = within_day(order, until)
    if not max(now, order.expires_at or now) < until <= now + FURTHEST:
        raise errors.InvalidOrderExpiry
    told = {"order_id": order.pk, "client_user_id": client_user_id(order)}
    if order.status == Order.Status.PUBLISHED:
        order.expires_at = until
        order.save(update_fields=["expires_at"])
        events.publish(OrderExtended(expires_at=until.isoformat(), **told))
        return order
    move(order, name="extend", to=Order.Status.PUBLISHED, expires_at=until)
    events.publish(OrderExtended(expires_at=until.isoformat(), **told))
    events.publish(OrderPublished(**told))
    return order


def expire_orders(*, batch: int = BATCH) -> int:
    """Close some of the orders whose time is over to bids; returns how many.

    Two workers at once take different ones: what another has locked is left to it.
    """
    with acting_as(SYSTEM):
        due = Order.objects.filter(status=Order.Status.PUBLISHED, expires_at__lte=clock.now())
        rows = due.order_by("expires_at", "pk").select_for_update(of=("self",), skip_locked=True)
        orders = list(rows[:batch])
        for order in orders:
            move(order, name="expire", to=Order.Status.EXPIRED)
            events.publish(OrderExpired(order_id=order.pk, client_user_id=client_user_id(order)))
    return len(orders)
