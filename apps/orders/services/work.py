"""Carrying an order out: started, completed, confirmed."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from apps.accounts.services.clients import count_for_client
from apps.orders.configuration import CONFIRM_HOURS
from apps.orders.events import OrderCompleted, OrderConfirmed, OrderStarted
from apps.orders.models import Order, OrderAssignment, OrderDispute
from apps.orders.services.transitions import client_user_id, locked, move
from apps.orders.services.visits import end_visits
from apps.providers.services.figures import count_completion
from kernel import clock, events
from kernel.viewer import SYSTEM, acting_as

UNANSWERED = "Confirmed without an answer of the client."


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
    end_visits(order)
    events.publish(OrderCompleted(order_id=order.pk, client_user_id=client_user_id(order)))
    return order


@transaction.atomic
def confirm_order(*, order: Order, note: str = "") -> Order:
    """Agree that the work is done. Raises IllegalTransition unless it is completed."""
    order = locked(order)
    move(order, name="confirm", to=Order.Status.CONFIRMED, note=note)
    count_as_done(order)
    events.publish(OrderConfirmed(order_id=order.pk, client_user_id=client_user_id(order)))
    return order


def unanswered_orders(*, most: int = 1000) -> list[UUID]:
    """The completed orders whose clients had their time to answer, the oldest first."""
    return list(_unanswered().order_by("completed_at", "pk").values_list("pk", flat=True)[:most])


def confirm_unanswered(*, order_id: UUID) -> bool:
    """Agree for a client who said nothing in time that the work is done; returns whether that was
    so. One that somebody acts on at this moment is left to them, and to the next time.
    """
    with acting_as(SYSTEM):
        rows = _unanswered().select_for_update(of=("self",), skip_locked=True)
        order = rows.filter(pk=order_id).first()
        if order is None:
            return False
        confirm_order(order=order, note=UNANSWERED)
    return True


def count_as_done(order: Order) -> None:
    """Count a confirmed order into the figures of its client and of who carried it out."""
    count_for_client(client_id=order.client_profile_id, count="completed_orders")
    for assignment in OrderAssignment.objects.filter(order=order):
        count_completion(provider_id=assignment.provider_id)


def _unanswered() -> QuerySet[Order]:
    """The completed orders whose clients had their time to answer: anew once a dispute is over, in
    which they could not.
    """
    since = clock.now() - timedelta(hours=CONFIRM_HOURS.value())
    decided = OrderDispute.objects.filter(order=OuterRef("pk"), resolved_at__gt=since)
    rows: QuerySet[Order] = Order.objects.filter(
        ~Exists(decided), status=Order.Status.COMPLETED, completed_at__lte=since
    )
    return rows
