"""From ids to orders and bids, for those who may know."""

from uuid import UUID

from django.db.models import Q

from apps.orders import errors
from apps.orders.models import Bid, Order, OrderDispute
from kernel.actions import Actions
from kernel.errors import NotFound
from kernel.lookup import one_of
from kernel.viewer import Viewer


def _client(viewer: Viewer) -> Q:
    return Q(client_profile__user_profile__user=viewer.user_id)


def _assigned(viewer: Viewer) -> Q:
    return Q(assignment__provider__user_profile__user=viewer.user_id)


def _orders_client(viewer: Viewer) -> Q:
    return Q(order__client_profile__user_profile__user=viewer.user_id)


def _bidder(viewer: Viewer) -> Q:
    return Q(provider__user_profile__user=viewer.user_id)


FOR_CLIENTS = (
    *("updateOrder", "publishOrder", "cancelOrder"),
    *("addOrderPhoto", "confirmOrder", "deleteOrder"),
)
FOR_ASSIGNED = ("startOrder", "completeOrder")

ORDER_ACTIONS = Actions(
    Order,
    dict.fromkeys(FOR_CLIENTS, _client)
    | dict.fromkeys(FOR_ASSIGNED, _assigned)
    | {"openDispute": lambda viewer: _client(viewer) | _assigned(viewer)},
    refusals=dict.fromkeys(FOR_CLIENTS, errors.NotOrdersClient)
    | dict.fromkeys(FOR_ASSIGNED, errors.NotAssignedProvider)
    | {"openDispute": NotFound},
)

#: Those of the other side are refused as if the bid were hidden from them.
BID_ACTIONS = Actions(
    Bid,
    dict.fromkeys(("updateBid", "withdrawBid"), _bidder)
    | dict.fromkeys(("rejectBid", "acceptBid"), _orders_client),
    refusals=dict.fromkeys(("updateBid", "withdrawBid", "rejectBid", "acceptBid"), NotFound),
)


def order_visible_to(viewer: Viewer, order_id: UUID) -> Order:
    """An order that the viewer may see; raises NotFound."""
    found: Order = one_of(Order.objects.visible_to(viewer), pk=order_id)
    return found


def own_deleted_order(viewer: Viewer, order_id: UUID) -> Order:
    """An order that the viewer placed and deleted; raises NotFound."""
    found: Order = one_of(Order.objects.deleted_only().own(viewer), pk=order_id)
    return found


def dispute_visible_to(viewer: Viewer, dispute_id: UUID) -> OrderDispute:
    """A dispute that the viewer may see; raises NotFound."""
    found: OrderDispute = one_of(OrderDispute.objects.visible_to(viewer), pk=dispute_id)
    return found
