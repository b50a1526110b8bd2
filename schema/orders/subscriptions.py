"""Following orders live."""

from collections.abc import AsyncGenerator
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import relay
from strawberry_django import filters

from apps.accounts.access import viewer_of_token
from apps.core.models import EventRecord
from apps.orders import access, models
from apps.providers.access import verified_provider
from kernel.events import Event
from kernel.viewer import Viewer, acting_as
from schema.base.context import Info
from schema.base.execution import in_thread
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.streams import Stream, follow, subscription
from schema.orders.audiences import is_told
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
            admits=lambda viewer, record: access.hears_of(
                viewer, Event.load(record.type, record.payload)
            ),
        )
        async for record in follow(stream, info):
            yield OrderEvent(record=record)

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
        after: Annotated[
            str | None,
            strawberry.argument(description="The cursor of the last event that is known."),
        ] = None,
    ) -> AsyncGenerator[OrderEvent, None]:
        """Follow the market as a verified provider."""
        token = info.context.token
        provider_id = await in_thread(lambda: _provider_of(token))

        def admits(viewer: Viewer, record: EventRecord) -> bool:
            orders = models.Order.objects.visible_to(viewer).filter(
                pk=record.payload["order_id"], status=models.Order.Status.PUBLISHED
            )
            return filters.apply(filter, orders, info).exists()

        stream = Stream(
            gate=SignedIn,
            topic="marketplace",
            access=verified_provider,
            after=after,
            concerns=lambda record: is_told(provider_id, record),
            admits=admits,
        )
        async for record in follow(stream, info):
            yield OrderEvent(record=record)


def _provider_of(token: str | None) -> UUID:
    viewer = viewer_of_token(token)
    SignedIn.check(viewer)
    with acting_as(viewer):
        return verified_provider(viewer).pk
