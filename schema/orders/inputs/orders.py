"""What mutations of orders take."""

from datetime import date, datetime, time

import strawberry
from strawberry import UNSET, relay

from schema.base.mutation import Keyed, Versioned
from schema.base.types import MoneyInput
from schema.catalog.quotes import OrderAddonInput, Urgency


@strawberry.input(description="What writing an order down and changing it share.")
class OrderDetails:
    """Details of an order."""

    description: str | None = strawberry.field(default=UNSET, description="Details.")
    location: str | None = strawberry.field(
        default=UNSET, description="Street and number, for the assigned provider."
    )
    service_date: date | None = strawberry.field(default=UNSET, description="The day it is wanted.")
    service_time: time | None = strawberry.field(
        default=UNSET, description="The hour it is wanted."
    )
    urgency: Urgency | None = strawberry.field(
        default=UNSET,
        description="How soon it is needed. Where it is left out, it follows from the day, until it"
        " is published: URGENT within 24 hours of now, HIGH within 72, else MEDIUM.",
    )
    area_id: relay.GlobalID | None = strawberry.field(
        default=UNSET, description="The area: its currency, and its city where none is given."
    )
    package_id: relay.GlobalID | None = strawberry.field(
        default=UNSET, description="A package of the service, instead of its base."
    )
    addons: list[OrderAddonInput] | None = strawberry.field(
        default=UNSET, description="All that is to be added."
    )
    city: str | None = strawberry.field(default=UNSET, description="City or town.")
    state: str | None = strawberry.field(default=UNSET, description="Province.")
    country: str | None = strawberry.field(default=UNSET, description="ISO 3166-1 alpha-2 code.")
    postal_code: str | None = strawberry.field(default=UNSET, description="Postal code.")
    latitude: float | None = strawberry.field(default=UNSET, description="Degrees north.")
    longitude: float | None = strawberry.field(default=UNSET, description="Degrees east.")
    budget_min: MoneyInput | None = strawberry.field(
        default=UNSET, description="The least the client would spend."
    )
    budget_max: MoneyInput | None = strawberry.field(
        default=UNSET, description="The most the client would spend."
    )
    special_requirements: str | None = strawberry.field(default=UNSET, description="What to heed.")


@strawberry.input(description="What an order asks for.")
class CreateOrderInput(OrderDetails, Keyed):
    """A new order."""

    title: str = strawberry.field(description="What it is about, in a line.")
    service_subcategory_id: relay.GlobalID = strawberry.field(description="The service.")
    currency: str | None = strawberry.field(
        default=None, description="ISO 4217 code; the area's currency where it is left out."
    )


@strawberry.input(description="What is to change of an order; what is left out stays.")
class UpdateOrderInput(OrderDetails, Versioned):
    """Changes of an order."""

    id: relay.GlobalID = strawberry.field(description="The order.")
    title: str | None = strawberry.field(default=UNSET, description="Its title.")
    service_subcategory_id: relay.GlobalID | None = strawberry.field(
        default=UNSET, description="The service; package and addons have to fit it."
    )


@strawberry.input(description="An order.")
class OrderInput:
    """Names an order."""

    order_id: relay.GlobalID = strawberry.field(description="The order.")


@strawberry.input(description="An order to take bids for longer.")
class ExtendOrderInput(Versioned):
    """Names an order and until when it is open."""

    order_id: relay.GlobalID = strawberry.field(description="The order.")
    until: datetime = strawberry.field(
        description="Later than now and than it is open, within 90 days. It ends with the day of"
        " service at the latest."
    )


@strawberry.input(description="An order to show first, or no longer.")
class FeatureOrderInput:
    """Names an order and whether it is featured."""

    order_id: relay.GlobalID = strawberry.field(description="The order.")
    is_featured: bool = strawberry.field(description="Whether it is shown first.")
