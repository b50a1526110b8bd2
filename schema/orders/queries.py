"""Reading orders and bids."""

import strawberry
from strawberry import relay

from apps.orders import models
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.nodes import fetch
from schema.base.pagination import Connection, connection, query
from schema.orders.filters import BidFilter, BidOrder, OrderFilter, OrderOrder
from schema.orders.types import Bid, Order


@strawberry.type
class OrdersQuery:
    """Root fields of orders."""

    orders: Connection[Order] = connection(
        gate=SignedIn,
        filters=OrderFilter,
        order=OrderOrder,
        description="Own orders, and for verified providers the published ones.",
    )
    bids: Connection[Bid] = connection(
        gate=SignedIn,
        filters=BidFilter,
        order=BidOrder,
        description="Bids on own orders, and own bids.",
    )

    @query(gate=SignedIn, description="An order.")
    def order(self, info: Info, id: relay.GlobalID) -> Order:
        """An order by id."""
        return fetch(models.Order, id, info)
