"""Following orders live."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry
from strawberry import relay

from apps.orders import access, models
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.streams import Stream, follow, subscription
from schema.orders.types import OrderEvent


@strawberry.type
class OrdersSubscription:
    """Subscriptions to orders."""

    @subscription(gate=SignedIn, description="What happens to an order, from a cursor on or now.")
    async def order_events(
        self,
        info: Info,
        order_id: Annotated[relay.GlobalID, strawberry.argument(description="The order.")],
        after: Annotated[
            str | None,
            strawberry.argument(description="The cursor of the last event that is known."),
        ] = None,
    ) -> AsyncGenerator[OrderEvent, None]:
        """Follow an order that one may see."""
        pk = key(order_id, of=models.Order)
        stream = Stream(
            gate=SignedIn,
            topic=f"order:{pk}",
            access=lambda viewer: access.order_visible_to(viewer, pk),
            after=after,
        )
        async for record in follow(stream, info):
            yield OrderEvent(record=record)
