"""From ids to orders and bids, for those who may know."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.orders import errors
from apps.orders.events import BidPlaced, OrderMoved
from apps.orders.models import (
    Bid,
    Order,
    OrderAttachment,
    OrderDispute,
    OrderPhoto,
    OrderVisit,
    Party,
    ProgressNote,
)
from kernel.actions import Actions
from kernel.errors import NotFound
from kernel.events import Event
from kernel.lookup import one_of
from kernel.viewer import Viewer


def _client(viewer: Viewer) -> Q:
    return Q(client_profile__user_profile__user=viewer.user_id)


def _assigned(viewer: Viewer) -> Q:
    return Q(assignment__provider__user_profile__user=viewer.user_id)


def _client_or_staff(viewer: Viewer) -> Q:
    # Whoever works on an order gives it back, also where they are of the staff.
    is_staff = viewer.has_permission("orders.change_order")
    return _client(viewer) | ~_assigned(viewer) if is_staff else _client(viewer)


def _orders_client(viewer: Viewer) -> Q:
    return Q(order__client_profile__user_profile__user=viewer.user_id)


def _bidder(viewer: Viewer) -> Q:
    return Q(provider__user_profile__user=viewer.user_id)


#: What facts about parts of an order name them by.
PARTS: dict[str, Any] = {
    "bid_id": Bid,
    "visit_id": OrderVisit,
    "dispute_id": OrderDispute,
    "note_id": ProgressNote,
}

FOR_CLIENTS = (
    *("updateOrder", "publishOrder", "extendOrder", "deleteOrder"),
    *("addOrderPhoto", "addOrderAttachment", "confirmOrder"),
)
FOR_ASSIGNED = ("startOrder", "completeOrder", "withdrawFromOrder", "addProgressNote")
FOR_PARTIES = ("openDispute", "proposeVisit")

ORDER_ACTIONS = Actions(
    Order,
    dict.fromkeys(FOR_CLIENTS, _client)
    | dict.fromkeys(FOR_ASSIGNED, _assigned)
    | dict.fromkeys(FOR_PARTIES, lambda viewer: _client(viewer) | _assigned(viewer))
    | {"cancelOrder": _client_or_staff}
    | {"featureOrder": lambda viewer: viewer.has_permission("orders.change_order")},
    refusals=dict.fromkeys(FOR_CLIENTS, errors.NotOrdersClient)
    | dict.fromkeys(FOR_ASSIGNED, errors.NotAssignedProvider)
    | dict.fromkeys(FOR_PARTIES, NotFound)
    | {"cancelOrder": errors.NotOrdersClient},
)

FOR_PHOTOS = ("updateOrderPhoto", "removeOrderPhoto")
FOR_ATTACHMENTS = ("updateOrderAttachment", "removeOrderAttachment")

PHOTO_ACTIONS = Actions(
    OrderPhoto,
    dict.fromkeys(FOR_PHOTOS, _orders_client),
    refusals=dict.fromkeys(FOR_PHOTOS, errors.NotOrdersClient),
)
ATTACHMENT_ACTIONS = Actions(
    OrderAttachment,
    dict.fromkeys(FOR_ATTACHMENTS, _orders_client),
    refusals=dict.fromkeys(FOR_ATTACHMENTS, errors.NotOrdersClient),
)

FOR_BIDDERS = ("updateBid", "withdrawBid", "acceptCounterOffer")
FOR_BIDS_CLIENTS = ("rejectBid", "acceptBid")

#: Those of the other side are refused as if the bid were hidden from them.
BID_ACTIONS = Actions(
    Bid,
    dict.fromkeys(FOR_BIDDERS, _bidder)
    | dict.fromkeys(FOR_BIDS_CLIENTS, _orders_client)
    | {"counterBid": lambda viewer: _bidder(viewer) | _orders_client(viewer)},
    refusals=dict.fromkeys((*FOR_BIDDERS, *FOR_BIDS_CLIENTS, "counterBid"), NotFound),
)


def _either_side(viewer: Viewer) -> Q:
    return _orders_client(viewer) | Q(provider__user_profile__user=viewer.user_id)


FOR_VISITED = ("confirmVisit", "cancelVisit")

VISIT_ACTIONS = Actions(
    OrderVisit,
    dict.fromkeys(FOR_VISITED, _either_side),
    refusals=dict.fromkeys(FOR_VISITED, NotFound),
)


def _decides(viewer: Viewer) -> Q | bool:
    return viewer.has_permission("orders.change_orderdispute") and ~_either_side(viewer)


FOR_DECIDERS = ("reviewDispute", "resolveDispute")

DISPUTE_ACTIONS = Actions(
    OrderDispute,
    dict.fromkeys(FOR_DECIDERS, _decides) | {"addDisputeEvidence": _either_side},
    refusals=dict.fromkeys(FOR_DECIDERS, errors.OwnDispute) | {"addDisputeEvidence": NotFound},
)


def order_visible_to(viewer: Viewer, order_id: UUID) -> Order:
    """An order that the viewer may see; raises NotFound."""
    found: Order = one_of(Order.objects.visible_to(viewer), pk=order_id)
    return found


def published_order(order_id: UUID) -> Order | None:
    """An order, if it is open to bids, with its service: for telling the market of it."""
    rows = Order.objects.filter(pk=order_id, status=Order.Status.PUBLISHED)
    found: Order | None = rows.select_related("service_subcategory").first()
    return found


def order_placed_by(viewer: Viewer, order_id: UUID) -> Order:
    """An order that the viewer placed; raises NotFound also for others that they may see."""
    found: Order = one_of(Order.objects.own(viewer), pk=order_id)
    return found


def side_of_bid(viewer: Viewer, bid: Bid) -> Party:
    """On which side of a bid that they may bargain over the viewer stands."""
    is_bidder = Bid.objects.filter(_bidder(viewer), pk=bid.pk).exists()
    return Party.PROVIDER if is_bidder else Party.CLIENT


def deleted_orders(viewer: Viewer) -> QuerySet[Order]:
    """The deleted orders that the viewer placed; all deleted ones for staff."""
    rows: QuerySet[Order] = Order.objects.deleted_only()
    return rows if viewer.oversees(Order) else Order.objects.deleted_only().own(viewer)


def own_deleted_order(viewer: Viewer, order_id: UUID) -> Order:
    """An order that the viewer placed and deleted; raises NotFound."""
    found: Order = one_of(Order.objects.deleted_only().own(viewer), pk=order_id)
    return found


def side_of_order(viewer: Viewer, order_id: UUID) -> Party:
    """On which side of an order the viewer stands, who may do something about it."""
    if Order.objects.filter(_client(viewer), pk=order_id).exists():
        return Party.CLIENT
    is_assigned = Order.objects.filter(_assigned(viewer), pk=order_id).exists()
    return Party.PROVIDER if is_assigned else Party.STAFF


def hears_of(viewer: Viewer, fact: Event) -> bool:
    """Whether who may see an order hears of a fact about it: of its own steps, and that it was bid
    on, for sure; of what is about a part of it, who may see that part.
    """
    if isinstance(fact, OrderMoved | BidPlaced):
        return True
    return all(
        model.objects.visible_to(viewer).filter(pk=getattr(fact, name)).exists()
        for name, model in PARTS.items()
        if hasattr(fact, name)
    )
