"""Reading orders and bids."""

from collections.abc import Iterable
from typing import Annotated, cast

import strawberry
from strawberry import relay

from apps.orders import access, models, selectors
from apps.providers.selectors import Circle
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.nodes import fetch
from schema.base.pagination import Connection, connection, query
from schema.orders.filters import (
    BidComparisonOrder,
    BidFilter,
    BidOrder,
    OrderFilter,
    OrderOrder,
)
from schema.orders.types.bids import Bid
from schema.orders.types.disputes import OrderDispute
from schema.orders.types.orders import Order
from schema.orders.types.visits import OrderVisit
from schema.orders.work_filters import DisputeFilter, DisputeOrder, VisitFilter, VisitOrder
from schema.providers.inputs import NearInput

Near = Annotated[
    NearInput | None,
    strawberry.argument(
        description="Where they have to be. Of their places, degrees count to two decimals."
    ),
]
Search = Annotated[
    str | None,
    strawberry.argument(
        description="Words in title, description or city; for staff also in the client's name or"
        " email. Up to 200 characters."
    ),
]
Deleted = Annotated[
    bool,
    strawberry.argument(
        description="Deleted ones instead: one's own, which restoreOrder brings back; all of them"
        " for staff."
    ),
]


def _orders(
    info: Info, near: Near = None, search: Search = None, deleted: Deleted = False
) -> Iterable[Order]:
    """All orders, or those of some place, some words, or the trash."""
    viewer = info.context.viewer
    rows = access.deleted_orders(viewer) if deleted else models.Order.objects.all()
    if near is not None:
        rows = selectors.near(rows, Circle(near.latitude, near.longitude, near.radius_km))
    if search is not None:
        rows = selectors.matching(rows, search, viewer)
    return cast("Iterable[Order]", rows)


def _compared(
    info: Info,
    order_id: Annotated[relay.GlobalID, strawberry.argument(description="One's own order.")],
) -> Iterable[Bid]:
    """The open bids on an order, for its client; raises NotFound for everybody else."""
    order = access.order_placed_by(info.context.viewer, key(order_id, of=models.Order))
    return cast("Iterable[Bid]", selectors.compared(order))


@strawberry.type
class OrdersQuery:
    """Root fields of orders."""

    orders: Connection[Order] = connection(
        gate=SignedIn,
        filters=OrderFilter,
        order=OrderOrder,
        description="Own orders, and for verified providers the published ones.",
        resolver=_orders,
    )
    bids: Connection[Bid] = connection(
        gate=SignedIn,
        filters=BidFilter,
        order=BidOrder,
        description="Bids on own orders, and own bids.",
    )

    bid_comparison: Connection[Bid] = connection(
        gate=SignedIn,
        filters=BidFilter,
        order=BidComparisonOrder,
        description="The open bids on an own order, the cheapest first, to be compared.",
        resolver=_compared,
    )

    visits: Connection[OrderVisit] = connection(
        gate=SignedIn,
        filters=VisitFilter,
        order=VisitOrder,
        description="The calendar of one's own business, and the visits on own orders.",
    )
    disputes: Connection[OrderDispute] = connection(
        gate=SignedIn,
        filters=DisputeFilter,
        order=DisputeOrder,
        description="Disputes that one is a party to; all of them for staff.",
    )

    @query(gate=SignedIn, description="An order.")
    def order(self, info: Info, id: relay.GlobalID) -> Order:
        """An order by id."""
        return fetch(models.Order, id, info)
