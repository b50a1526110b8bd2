"""Steps of an order: each locked, checked, dated, noted with its actor, and announced."""

from typing import Any
from uuid import UUID

from apps.accounts.models import ClientProfile
from apps.orders import errors
from apps.orders.models import ORDER_TRANSITIONS, Order, OrderTransition
from kernel import clock
from kernel.lookup import one_of
from kernel.viewer import current_viewer

#: Where each step begins. Two steps may lead to the same status, so the status alone says too
#: little: work on a disputed order goes on by a decision, not because the provider starts anew.
BEGINS = {
    "publish": (Order.Status.DRAFT,),
    "expire": (Order.Status.PUBLISHED,),
    "extend": (Order.Status.EXPIRED,),
    "assign": (Order.Status.PUBLISHED,),
    "start": (Order.Status.ASSIGNED,),
    "complete": (Order.Status.IN_PROGRESS,),
    "confirm": (Order.Status.COMPLETED,),
    "reopen": (Order.Status.ASSIGNED,),
    "cancel": (
        *(Order.Status.DRAFT, Order.Status.PUBLISHED),
        *(Order.Status.EXPIRED, Order.Status.ASSIGNED),
    ),
    "cancel_by_staff": (
        *(Order.Status.DRAFT, Order.Status.PUBLISHED, Order.Status.EXPIRED),
        *(Order.Status.ASSIGNED, Order.Status.IN_PROGRESS),
        *(Order.Status.COMPLETED, Order.Status.DISPUTED),
    ),
    "dispute": (Order.Status.ASSIGNED, Order.Status.IN_PROGRESS, Order.Status.COMPLETED),
    "resolve": (Order.Status.DISPUTED,),
}

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
    """The order as it stands now, locked until the transaction ends. Lock it before its bids.

    Raises NotFound where it was deleted in the meantime.
    """
    found: Order = one_of(Order.objects.select_for_update(of=("self",)), pk=order.pk)
    return found


def move(order: Order, *, name: str, to: Order.Status, note: str = "", **changes: Any) -> None:
    """Have a locked order take a step; raises IllegalTransition where it may not."""
    if order.status not in BEGINS[name] or (order.status, to) not in ORDER_TRANSITIONS:
        raise illegal(order)
    now = clock.now()
    step = OrderTransition(order=order, name=name, from_status=order.status, to_status=to)
    step.created_at = now
    step.actor_id = current_viewer().user_id
    step.note = note
    order.status = to
    # A decision takes an order back to where it was before: since when stays as it was.
    if to in DATED and not (name == "resolve" and getattr(order, DATED[to])):
        changes[DATED[to]] = now
    for field, value in changes.items():
        setattr(order, field, value)
    order.save(update_fields=["status", *changes])
    step.save()


def illegal(order: Order) -> errors.IllegalTransition:
    """The refusal of a step that an order cannot take from where it stands."""
    return errors.IllegalTransition(params={"status": Order.Status(order.status).label.lower()})


def client_user_id(order: Order) -> UUID:
    """The user behind an order's client."""
    profiles = ClientProfile.objects.all_with_deleted().filter(pk=order.client_profile_id)
    found: UUID = profiles.values_list("user_profile__user", flat=True).get()
    return found
