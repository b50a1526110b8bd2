"""What mutations of orders take."""

from datetime import date, time

import strawberry
from strawberry import UNSET, relay
from strawberry.file_uploads import Upload

from schema.base.mutation import Keyed, Versioned
from schema.base.types import MoneyInput
from schema.orders.types import DisputeType, OrderStatus, Urgency


@strawberry.input(description="An addon and how many of it.")
class OrderAddonInput:
    """A chosen addon."""

    addon_id: relay.GlobalID = strawberry.field(description="The addon.")
    quantity: int = strawberry.field(default=1, description="How many.")


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
    urgency: Urgency | None = strawberry.field(default=UNSET, description="How soon it is needed.")
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
    area_id: relay.GlobalID | None = strawberry.field(
        default=None, description="The area: its city, country and currency become the order's."
    )
    addons: list[OrderAddonInput] = strawberry.field(
        default_factory=list, description="What is to be added."
    )
    currency: str | None = strawberry.field(
        default=None, description="ISO 4217 code; the area's currency where it is left out."
    )
    city: str | None = strawberry.field(default=UNSET, description="City or town.")
    state: str | None = strawberry.field(default=UNSET, description="Province.")
    country: str | None = strawberry.field(default=UNSET, description="ISO 3166-1 alpha-2 code.")
    postal_code: str | None = strawberry.field(default=UNSET, description="Postal code.")
    latitude: float | None = strawberry.field(default=UNSET, description="Degrees north.")
    longitude: float | None = strawberry.field(default=UNSET, description="Degrees east.")


@strawberry.input(description="What is to change of an order; what is left out stays.")
class UpdateOrderInput(OrderDetails, Versioned):
    """Changes of an order."""

    id: relay.GlobalID = strawberry.field(description="The order.")
    title: str | None = strawberry.field(default=UNSET, description="Its title.")


@strawberry.input(description="An order.")
class OrderInput:
    """Names an order."""

    order_id: relay.GlobalID = strawberry.field(description="The order.")


@strawberry.input(description="An order to call off.")
class CancelOrderInput:
    """Names an order and why."""

    order_id: relay.GlobalID = strawberry.field(description="The order.")
    reason: str = strawberry.field(default="", description="Why.")


@strawberry.input(description="An order whose work is done.")
class CompleteOrderInput:
    """Names an order and what was done."""

    order_id: relay.GlobalID = strawberry.field(description="The order.")
    notes: str = strawberry.field(default="", description="What was done.")


@strawberry.input(description="A picture for an order.")
class AddOrderPhotoInput(Keyed):
    """A new photo."""

    order_id: relay.GlobalID = strawberry.field(description="The order.")
    photo: Upload = strawberry.field(description="A JPEG, PNG or WebP file.")
    caption: str = strawberry.field(default="", description="What it shows.")
    is_primary: bool = strawberry.field(
        default=False, description="Whether it stands for the order."
    )


@strawberry.input(description="What placing a bid and changing it share.")
class BidDetails:
    """Details of a bid."""

    description: str | None = strawberry.field(default=UNSET, description="How it would be done.")
    estimated_duration: int | None = strawberry.field(
        default=UNSET, description="Minutes it would take."
    )
    terms_conditions: str | None = strawberry.field(
        default=UNSET, description="What the offer depends on."
    )
    is_negotiable: bool | None = strawberry.field(
        default=UNSET, description="Whether the price can move."
    )


@strawberry.input(description="An offer to carry out an order.")
class PlaceBidInput(BidDetails, Keyed):
    """A new bid."""

    order_id: relay.GlobalID = strawberry.field(description="The order.")
    amount: MoneyInput = strawberry.field(description="What it would cost.")


@strawberry.input(description="What is to change of a bid; what is left out stays.")
class UpdateBidInput(BidDetails, Versioned):
    """Changes of a bid."""

    bid_id: relay.GlobalID = strawberry.field(description="The bid.")
    amount: MoneyInput | None = strawberry.field(default=UNSET, description="What it would cost.")


@strawberry.input(description="A bid.")
class BidInput:
    """Names a bid."""

    bid_id: relay.GlobalID = strawberry.field(description="The bid.")


@strawberry.input(description="A disagreement over an order.")
class OpenDisputeInput(Keyed):
    """A new dispute."""

    order_id: relay.GlobalID = strawberry.field(description="The order.")
    dispute_type: DisputeType = strawberry.field(description="What went wrong.")
    description: str = strawberry.field(description="What happened.")


@strawberry.input(description="A decision on a dispute.")
class ResolveDisputeInput:
    """How a dispute ends."""

    dispute_id: relay.GlobalID = strawberry.field(description="The dispute.")
    outcome: OrderStatus = strawberry.field(
        description="Where the order goes: IN_PROGRESS, COMPLETED, CONFIRMED or CANCELLED."
    )
    resolution: str = strawberry.field(description="What was decided, and why.")
