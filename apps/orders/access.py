"""From ids to orders and bids, for those who may know."""

from uuid import UUID

from apps.orders import errors
from apps.orders.models import Bid, Order, OrderDispute
from apps.providers.access import acting_provider
from kernel.lookup import one_of
from kernel.viewer import Viewer


def order_visible_to(viewer: Viewer, order_id: UUID) -> Order:
    """An order that the viewer may see; raises NotFound."""
    found: Order = one_of(Order.objects.visible_to(viewer), pk=order_id)
    return found


def own_order(viewer: Viewer, order_id: UUID) -> Order:
    """An order that the viewer placed. Raises NotFound, and NotOrdersClient where another's order
    may be seen.
    """
    order = order_visible_to(viewer, order_id)
    if not Order.objects.own(viewer).filter(pk=order.pk).exists():
        raise errors.NotOrdersClient
    return order


def own_deleted_order(viewer: Viewer, order_id: UUID) -> Order:
    """An order that the viewer placed and deleted; raises NotFound."""
    found: Order = one_of(Order.objects.deleted_only().own(viewer), pk=order_id)
    return found


def order_carried_out(viewer: Viewer, order_id: UUID) -> Order:
    """An order that is assigned to the viewer's business. Raises NotFound, and NotAssignedProvider
    where another's order may be seen.
    """
    order = order_visible_to(viewer, order_id)
    provider = acting_provider(viewer)
    if not Order.objects.filter(pk=order.pk, assignment__provider=provider).exists():
        raise errors.NotAssignedProvider
    return order


def order_of_party(viewer: Viewer, order_id: UUID) -> Order:
    """An order whose client or assigned provider the viewer is; raises NotFound."""
    found: Order = one_of(Order.objects.of_party(viewer), pk=order_id)
    return found


def own_bid(viewer: Viewer, bid_id: UUID) -> Bid:
    """A bid of the viewer's business; raises NotFound."""
    return _bid(viewer, bid_id, provider__user_profile__user=viewer.user_id)


def bid_on_own_order(viewer: Viewer, bid_id: UUID) -> Bid:
    """A bid on an order that the viewer placed; raises NotFound."""
    return _bid(viewer, bid_id, order__client_profile__user_profile__user=viewer.user_id)


def _bid(viewer: Viewer, bid_id: UUID, **conditions: object) -> Bid:
    found: Bid = one_of(Bid.objects.visible_to(viewer), pk=bid_id, **conditions)
    return found


def dispute_visible_to(viewer: Viewer, dispute_id: UUID) -> OrderDispute:
    """A dispute that the viewer may see; raises NotFound."""
    found: OrderDispute = one_of(OrderDispute.objects.visible_to(viewer), pk=dispute_id)
    return found
