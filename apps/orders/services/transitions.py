"""Steps of an order: each locked, checked, dated, noted with its actor, and announced."""

from typing import Any
from uuid import UUID

from apps.accounts.models import ClientProfile
from apps.orders import errors
from apps.orders.models import ORDER_TRANSITIONS, Order, OrderTransition
from kernel import clock
from kernel.viewer import current_viewer

#: The column that dates a status, where there is one.
DATED = {
    Order.Status.PUBLISHED: "published_at",
    Order.Status.ASSIGNED: "assigned_at",
    Order.Status.IN_PROGRESS: "started_at",
    Order.Status.COMPLETED: "completed_at",
    Order.Status.CONFIRMED: "confirmed_at",
    Order.Status.CANCELLED: "cancelled_at",
}


def locked(order: Order) -> Order:
    """The order as it stands now, locked until the transaction ends. Lock it before its bids."""
    found: Order = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
    return found


def move(order: Order, *, name: str, to: Order.Status, note: str = "", **changes: Any) -> None:
    """Have a locked order take a step; raises IllegalTransition where it may not."""
    if (order.status, to) not in ORDER_TRANSITIONS:
        raise errors.IllegalTransition(params={"status": Order.Status(order.status).label.lower()})
    step = OrderTransition(order=order, name=name, from_status=order.status, to_status=to)
    step.actor_id = current_viewer().user_id
    step.note = note
    order.status = to
    if to in DATED:
        changes[DATED[to]] = clock.now()
    for field, value in changes.items():
        setattr(order, field, value)
    order.save(update_fields=["status", *changes])
    step.save()


def client_user_id(order: Order) -> UUID:
    """The user behind an order's client."""
    profiles = ClientProfile.objects.all_with_deleted().filter(pk=order.client_profile_id)
    found: UUID = profiles.values_list("user_profile__user", flat=True).get()
    return found
