"""Following orders live."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any

import strawberry
from strawberry import relay
from strawberry_django import filters

from apps.core.models import EventRecord
from apps.orders import access, models
from apps.providers.access import verified_provider
from kernel.events import Event
from kernel.viewer import Viewer
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.streams import After, Stream, subscription
from schema.orders.audiences import told_of_record
from schema.orders.filters import OrderFilter
from schema.orders.types.events import OrderEvent


@strawberry.type
class OrdersSubscription:
    """Subscriptions to orders."""

    @subscription(gate=SignedIn, description="What happens to an order, from a cursor on or now.")
    async def order_events(
        self,
        info: Info,
        order_id: Annotated[relay.GlobalID, strawberry.argument(description="The order.")],
        after: After = None,
    ) -> AsyncGenerator[OrderEvent, None]:
        """Follow an order that one may see."""
        pk = key(order_id, of=models.Order)
        return Stream(
            gate=SignedIn,
            access=lambda viewer: access.order_visible_to(viewer, pk),
            topics=lambda _viewer: [f"order:{pk}"],
            shape=lambda record: OrderEvent(record=record),
            types=Event.registry,
            after=after,
            admits=lambda viewer, record: access.hears_of(
                viewer, Event.load(record.type, record.payload)
            ),
        )

    @subscription(
        gate=SignedIn,
        description="Newly published orders that fit one's business by trade and place.",
    )
    async def marketplace_events(
        self,
        info: Info,
        filter: Annotated[
            OrderFilter | None, strawberry.argument(description="Which of them to tell of.")
        ] = None,
        after: After = None,
    ) -> AsyncGenerator[OrderEvent, None]:
        """Follow the market as a verified provider."""

        def admits(viewer: Viewer, record: EventRecord) -> bool:
            orders: Any = models.Order.objects.visible_to(viewer).filter(
                pk=record.payload["order_id"], status=models.Order.Status.PUBLISHED
            )
            return bool(filters.apply(filter, orders, info).exists())

        return Stream(
            gate=SignedIn,
            access=lambda viewer: verified_provider(viewer).pk,
            topics=lambda _viewer: ["marketplace"],
            shape=lambda record: OrderEvent(record=record),
            types=Event.registry,
            after=after,
            concerns=told_of_record,
            admits=admits,
        )
