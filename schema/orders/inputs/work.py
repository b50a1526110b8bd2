"""What mutations about the work take."""

import strawberry
from strawberry import relay
from strawberry.file_uploads import Upload

from schema.base.mutation import Keyed


@strawberry.input(description="An order whose work is done.")
class CompleteOrderInput:
    """Names an order and what was done."""

    order_id: relay.GlobalID = strawberry.field(description="The order.")
    notes: str = strawberry.field(default="", description="What was done.")


@strawberry.input(description="A report on the work.")
class AddProgressNoteInput(Keyed):
    """A new note."""

    order_id: relay.GlobalID = strawberry.field(description="The order.")
    text: str = strawberry.field(description="How it goes.")
    photos: list[Upload] = strawberry.field(
        default_factory=list, description="Up to five pictures: JPEG, PNG or WebP."
    )


@strawberry.input(description="An order that the provider gives back.")
class WithdrawFromOrderInput:
    """Names an order and why."""

    order_id: relay.GlobalID = strawberry.field(description="The order.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="An order to call off.")
class CancelOrderInput:
    """Names an order and why."""

    order_id: relay.GlobalID = strawberry.field(description="The order.")
    reason: str = strawberry.field(default="", description="Why; staff have to say it.")
