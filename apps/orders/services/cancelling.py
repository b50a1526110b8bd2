"""Calling orders off: by their clients before work begins, by staff until they are confirmed."""

from django.db import transaction

from apps.accounts.services.clients import count_for_client
from apps.orders import errors
from apps.orders.events import OrderCancelled
from apps.orders.models import Order, Party
from apps.orders.services.bid_steps import turn_down
from apps.orders.services.disputes import close_with_order
from apps.orders.services.transitions import client_user_id, locked, move
from apps.orders.services.visits import end_visits
from kernel import events
from kernel.viewer import current_viewer


@transaction.atomic
def cancel_order(*, order: Order, reason: str = "", by: Party = Party.CLIENT) -> Order:
    """Call an order off: its pending bids are turned down, its visits and its dispute are over. The
    bid that won it, and its assignment, stay as they were.

    Raises ReasonRequired where staff say none, and IllegalTransition for clients once work began.
    """
    if by == Party.STAFF and not reason.strip():
        raise errors.ReasonRequired
    order = locked(order)
    began = order.status
    move(
        order,
        name="cancel_by_staff" if by == Party.STAFF else "cancel",
        to=Order.Status.CANCELLED,
        note=reason,
        cancellation_reason=reason,
        cancelled_by=by,
    )
    turn_down(order)
    if began != Order.Status.DRAFT:
        count_for_client(client_id=order.client_profile_id, count="cancelled_orders")
    if began == Order.Status.DISPUTED:
        close_with_order(order, by=current_viewer().user, resolution=reason)
    end_visits(order)
    events.publish(OrderCancelled(order_id=order.pk, client_user_id=client_user_id(order)))
    return order
