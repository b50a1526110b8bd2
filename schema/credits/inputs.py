"""What mutations of credits take."""

from datetime import datetime

import strawberry
from strawberry import relay

from schema.base.mutation import Keyed


@strawberry.input(description="Credits to buy for one's own business.")
class PurchaseCreditsInput(Keyed):
    """A new purchase."""

    credits: int = strawberry.field(
        description="How many: between the public settings credits.least_purchase and"
        " credits.most_purchase."
    )


@strawberry.input(description="A change of a provider's balance by hand.")
class AdjustCreditsInput(Keyed):
    """An adjustment."""

    provider_id: relay.GlobalID = strawberry.field(description="Whose balance.")
    credits: int = strawberry.field(description="How many to give, or below zero to take.")
    description: str = strawberry.field(
        description="Why; its owner reads it. Up to 300 characters."
    )
    is_bonus: bool = strawberry.field(
        default=False, description="Whether it is a present, and no correction."
    )
    expires_at: datetime | None = strawberry.field(
        default=None, description="When what is left of them goes; they stay without it."
    )


@strawberry.input(description="A part of a ledger.")
class ExportCreditTransactionsInput:
    """What to export."""

    since: datetime = strawberry.field(description="From this instant on.")
    until: datetime = strawberry.field(description="To before this one.")
    provider_id: relay.GlobalID | None = strawberry.field(
        default=None, description="Whose, for staff; one's own business without it."
    )
