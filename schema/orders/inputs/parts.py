"""What mutations of an order's photos and files take."""

import strawberry
from strawberry import UNSET, relay
from strawberry.file_uploads import Upload

from schema.base.mutation import Keyed, Versioned


@strawberry.input(description="A picture for an order.")
class AddOrderPhotoInput(Keyed):
    """A new photo."""

    order_id: relay.GlobalID = strawberry.field(description="The order.")
    photo: Upload = strawberry.field(description="A JPEG, PNG or WebP file.")
    caption: str = strawberry.field(default="", description="What it shows.")
    is_primary: bool = strawberry.field(
        default=False, description="Whether it stands for the order."
    )


@strawberry.input(description="What is to change of a photo; what is left out stays.")
class UpdateOrderPhotoInput(Versioned):
    """Changes of a photo."""

    photo_id: relay.GlobalID = strawberry.field(description="The photo.")
    caption: str | None = strawberry.field(default=UNSET, description="What it shows.")
    is_primary: bool | None = strawberry.field(
        default=UNSET,
        description="Whether it stands for the order, instead of the one that did.",
    )


@strawberry.input(description="A photo of an order.")
class OrderPhotoInput:
    """Names a photo."""

    photo_id: relay.GlobalID = strawberry.field(description="The photo.")


@strawberry.input(description="A file for an order.")
class AddOrderAttachmentInput(Keyed):
    """A new file."""

    order_id: relay.GlobalID = strawberry.field(description="The order.")
    file: Upload = strawberry.field(description="A PDF, JPEG, PNG or WebP file.")
    caption: str = strawberry.field(default="", description="What it shows.")


@strawberry.input(description="What is to change of a file; what is left out stays.")
class UpdateOrderAttachmentInput(Versioned):
    """Changes of a file."""

    attachment_id: relay.GlobalID = strawberry.field(description="The file.")
    caption: str | None = strawberry.field(default=UNSET, description="What it shows.")


@strawberry.input(description="A file of an order.")
class OrderAttachmentInput:
    """Names a file."""

    attachment_id: relay.GlobalID = strawberry.field(description="The file.")
