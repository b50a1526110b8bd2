"""What becomes of the orders and bids of those who close their accounts."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from apps.accounts import deeds
from apps.accounts.services.points import award
from apps.orders.models import Bid, Order, OrderAssignment, OrderPhoto
from apps.orders.services.bids import withdraw_bid
from apps.orders.services.orders import cancel_order
from apps.orders.services.transitions import BEGINS

REASON = "The account was closed."


@transaction.atomic
def end_orders_of(*, user_id: UUID) -> None:
    """Withdraw a user's pending bids, and cancel the orders on which nobody works yet: those they
    placed, and those they were to carry out. What is under way goes on.
    """
    bids = Bid.objects.filter(provider__user_profile__user=user_id, status=Bid.Status.PENDING)
    for bid in bids.select_related("order").order_by("order", "pk"):
        withdraw_bid(bid=bid)
    party = Q(client_profile__user_profile__user=user_id) | Q(
        assignment__provider__user_profile__user=user_id
    )
    for order in Order.objects.filter(party, status__in=BEGINS["cancel"]).order_by("pk"):
        cancel_order(order=order, reason=REASON)


@transaction.atomic
def erase_orders_of(*, user_id: UUID) -> None:
    """Remove for good where a user's orders were to be carried out, and the pictures of it."""
    orders: Any = Order.objects.all_with_deleted().filter(
        client_profile__user_profile__user=user_id
    )
    for photo in OrderPhoto.objects.all_with_deleted().filter(order__in=orders.values("pk")):
        photo.photo_url.delete(save=False)
        photo.hard_delete()
    orders.update(
        **dict.fromkeys(("location", "postal_code", "special_requirements"), ""),
        **dict.fromkeys(("latitude", "longitude"), None),
    )


def award_parties(*, order_id: UUID, client_user_id: UUID) -> None:
    """Give the points for a finished order to its client and to who carried it out."""
    carried_out = OrderAssignment.objects.filter(order=order_id)
    providers = carried_out.values_list("provider__user_profile__user", flat=True)
    for user_id in sorted({client_user_id, *providers}):
        award(user_id=user_id, deed=deeds.ORDER_CONFIRMED, reference=order_id)
