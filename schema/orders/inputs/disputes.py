"""What mutations of disputes take."""

from decimal import Decimal

import strawberry
from strawberry import relay
from strawberry.file_uploads import Upload

from schema.base.mutation import Keyed, Versioned
from schema.orders.types.disputes import DisputeOutcome, DisputeType


@strawberry.input(description="A disagreement over an order.")
class OpenDisputeInput(Keyed):
    """A new dispute."""

    order_id: relay.GlobalID = strawberry.field(description="The order.")
    dispute_type: DisputeType = strawberry.field(description="What went wrong.")
    description: str = strawberry.field(description="What happened.")


@strawberry.input(description="What one side of a dispute shows: words, files, or both.")
class AddDisputeEvidenceInput(Keyed):
    """New evidence."""

    dispute_id: relay.GlobalID = strawberry.field(description="The dispute.")
    text: str = strawberry.field(default="", description="What is said.")
    files: list[Upload] = strawberry.field(
        default_factory=list, description="Up to five files: PDF, JPEG, PNG or WebP."
    )


@strawberry.input(description="A dispute to look at.")
class ReviewDisputeInput(Versioned):
    """Names a dispute, and what staff note on it."""

    dispute_id: relay.GlobalID = strawberry.field(description="The dispute.")
    notes: str | None = strawberry.field(
        default=None, description="What staff note, for staff alone; what is there without it."
    )


@strawberry.input(description="A decision on a dispute.")
class ResolveDisputeInput:
    """How a dispute ends."""

    dispute_id: relay.GlobalID = strawberry.field(description="The dispute.")
    outcome: DisputeOutcome = strawberry.field(description="What is decided.")
    refund_share: Decimal | None = strawberry.field(
        default=None,
        description="With a refund: what the client gets back of the price, in percent.",
    )
    resolution: str = strawberry.field(description="Why, for both sides to read.")
