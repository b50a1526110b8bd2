"""What becomes of the orders and bids of those who close their accounts."""

from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from apps.accounts import deeds
from apps.accounts.models import User
from apps.accounts.services.points import award
from apps.core.services.erasure import erase_names
from apps.orders.models import (
    Bid,
    DisputeEvidence,
    Order,
    OrderAssignment,
    OrderAttachment,
    OrderDispute,
    OrderPhoto,
    ProgressPhoto,
)
from apps.orders.services.bids import withdraw_bid
from apps.orders.services.cancelling import cancel_order
from apps.orders.services.transitions import BEGINS
from apps.orders.services.withdrawals import withdraw_from_order

REASON = "The account was closed."


@transaction.atomic
def end_orders_of(*, user_id: UUID) -> None:
    """Withdraw a user's pending bids, give the work back that they have not begun, and cancel the
    orders they placed on which nobody works yet. What is under way goes on. Does nothing for a user
    who has come back.
    """
    # Locked, so that nobody comes back meanwhile.
    if not User.objects.deleted_only().select_for_update(no_key=True).filter(pk=user_id).exists():
        return
    bids = Bid.objects.open().filter(provider__user_profile__user=user_id)
    assigned = Order.objects.filter(
        assignment__provider__user_profile__user=user_id, status__in=BEGINS["reopen"]
    )
    placed = Order.objects.filter(
        client_profile__user_profile__user=user_id, status__in=BEGINS["cancel"]
    )
    _lock(bids.values("order"), assigned.values("pk"), placed.values("pk"))
    for bid in bids.select_related("order").order_by("order", "pk"):
        withdraw_bid(bid=bid)
    for order in assigned.order_by("pk"):
        withdraw_from_order(order=order, reason=REASON)
    for order in placed.order_by("pk"):
        cancel_order(order=order, reason=REASON)


def _lock(*keys: Any) -> None:
    """Lock the orders that are among any of some keys, in the order that all who lock many keep."""
    wanted = reduce(or_, [Q(pk__in=each) for each in keys])
    list(Order.objects.select_for_update(of=("self",)).filter(wanted).order_by("pk"))


@transaction.atomic
def erase_orders_of(*, user_id: UUID) -> None:
    """Remove for good where a user's orders were to be carried out, the pictures and files of it,
    and what the user told and showed in disputes.
    """
    orders: Any = Order.objects.all_with_deleted().filter(
        client_profile__user_profile__user=user_id
    )
    of_orders = {"order__in": orders.values("pk")}
    photos = OrderPhoto.objects.all_with_deleted().filter(**of_orders)
    attachments = OrderAttachment.objects.all_with_deleted().filter(**of_orders)
    evidence = DisputeEvidence.objects.filter(author=user_id)
    for rows in (photos, attachments, evidence):
        erase_names(rows)
    for photo in photos:
        photo.photo_url.delete(save=False)
        photo.hard_delete()
    for attachment in attachments:
        attachment.file.delete(save=False)
        attachment.hard_delete()
    for picture in ProgressPhoto.objects.filter(note__assignment__order__in=orders.values("pk")):
        picture.file.delete(save=False)
        picture.delete()
    for shown in evidence:
        shown.file.delete(save=False)
    evidence.update(text="", file="", name="")
    OrderDispute.objects.filter(opened_by=user_id).update(description="", admin_notes="")
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
