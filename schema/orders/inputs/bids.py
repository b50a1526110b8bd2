"""What mutations of bids take."""

from datetime import datetime

import strawberry
from strawberry import UNSET, relay

from schema.base.mutation import Keyed, Versioned
from schema.base.types import MoneyInput


@strawberry.input(description="What placing a bid and changing it share.")
class BidDetails:
    """Details of a bid."""

    description: str | None = strawberry.field(default=UNSET, description="How it would be done.")
    estimated_duration: int | None = strawberry.field(
        default=UNSET, description="Minutes it would take, 43,200 at most."
    )
    terms_conditions: str | None = strawberry.field(
        default=UNSET, description="What the offer depends on, in up to 5,000 characters."
    )
    is_negotiable: bool | None = strawberry.field(
        default=UNSET, description="Whether the price can move."
    )
    expires_at: datetime | None = strawberry.field(
        default=UNSET, description="Until when the provider stands by it, 90 days ahead at most."
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


@strawberry.input(description="A bid, as it was read.")
class BidInput(Versioned):
    """Names a bid."""

    bid_id: relay.GlobalID = strawberry.field(description="The bid.")


@strawberry.input(description="Another price for a bid.")
class CounterBidInput(Keyed, Versioned):
    """A counter-offer."""

    bid_id: relay.GlobalID = strawberry.field(description="The bid.")
    amount: MoneyInput = strawberry.field(description="The price that is proposed.")
    message: str = strawberry.field(
        default="", description="What is said with it, in up to 2,000 characters."
    )
