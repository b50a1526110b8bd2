"""Carrying an order out: started, completed, confirmed, disputed."""

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services.clients import Count, count_for_client
from apps.orders.events import (
    DisputeResolved,
    OrderCompleted,
    OrderConfirmed,
    OrderDisputed,
    OrderStarted,
)
from apps.orders.models import Order, OrderAssignment, OrderDispute
from apps.orders.services.transitions import (
    client_user_id,
    illegal,
    locked,
    move,
)
from kernel import clock, events

#: The client's count that an outcome of a dispute adds to.
COUNTED: dict[Order.Status, Count] = {
    Order.Status.CONFIRMED: "completed_orders",
    Order.Status.CANCELLED: "cancelled_orders",
}


@transaction.atomic
def start_order(*, order: Order) -> Order:
    """Begin the work. Raises IllegalTransition unless the order is assigned."""
    order = locked(order)
    move(order, name="start", to=Order.Status.IN_PROGRESS)
    events.publish(OrderStarted(order_id=order.pk, client_user_id=client_user_id(order)))
    return order


@transaction.atomic
def complete_order(*, order: Order, notes: str = "") -> Order:
    """Say that the work is done. Raises IllegalTransition unless it is in progress."""
    order = locked(order)
    move(order, name="complete", to=Order.Status.COMPLETED, note=notes)
    OrderAssignment.objects.filter(order=order).update(completion_notes=notes)
    events.publish(OrderCompleted(order_id=order.pk, client_user_id=client_user_id(order)))
    return order


@transaction.atomic
def confirm_order(*, order: Order) -> Order:
    """Agree that the work is done. Raises IllegalTransition unless it is completed."""
    order = locked(order)
    move(order, name="confirm", to=Order.Status.CONFIRMED)
    count_for_client(client_id=order.client_profile_id, count="completed_orders")
    events.publish(OrderConfirmed(order_id=order.pk, client_user_id=client_user_id(order)))
    return order


@transaction.atomic
def open_dispute(
    *, order: Order, by: User, dispute_type: OrderDispute.Type, description: str
) -> OrderDispute:
    """Have staff look at an order that went wrong.

    Raises IllegalTransition unless it is assigned, in progress or completed, or ValidationError.
    """
    order = locked(order)
    move(order, name="dispute", to=Order.Status.DISPUTED, note=description)
    dispute = OrderDispute(
        order=order, opened_by=by, dispute_type=dispute_type, description=description
    )
    dispute.full_clean()
    dispute.save()
    events.publish(
        OrderDisputed(
            order_id=order.pk, client_user_id=client_user_id(order), dispute_id=dispute.pk
        )
    )
    return dispute


@transaction.atomic
def resolve_dispute(
    *, dispute: OrderDispute, by: User, outcome: Order.Status, resolution: str
) -> OrderDispute:
    """Decide a dispute: the order goes on, counts as done, is confirmed, or is cancelled.

    Raises IllegalTransition for any other outcome or a decided dispute.
    """
    order = locked(dispute.order)
    dispute = OrderDispute.objects.select_for_update(of=("self",)).get(pk=dispute.pk)
    if dispute.status not in (OrderDispute.Status.OPEN, OrderDispute.Status.IN_REVIEW):
        raise illegal(order)
    move(order, name="resolve", to=outcome, note=resolution)
    if outcome in COUNTED:
        count_for_client(client_id=order.client_profile_id, count=COUNTED[outcome])
    dispute.status = OrderDispute.Status.RESOLVED
    dispute.resolved_by, dispute.resolved_at = by, clock.now()
    dispute.resolution = resolution
    dispute.save(update_fields=["status", "resolved_by", "resolved_at", "resolution"])
    events.publish(
        DisputeResolved(
            order_id=order.pk, client_user_id=client_user_id(order), dispute_id=dispute.pk
        )
    )
    return dispute
