"""What clients do with the photos and files of their orders."""

from typing import Any, BinaryIO, cast

import strawberry
from strawberry import UNSET, relay

from apps.orders import access
from apps.orders.models import OrderAttachment as AttachmentModel
from apps.orders.models import OrderPhoto as PhotoModel
from apps.orders.services import attachments, photos
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.inputs import given
from schema.base.mutation import mutation
from schema.orders.inputs.parts import (
    AddOrderAttachmentInput,
    AddOrderPhotoInput,
    OrderAttachmentInput,
    OrderPhotoInput,
    UpdateOrderAttachmentInput,
    UpdateOrderPhotoInput,
)
from schema.orders.mutations.permitted import permitted_order
from schema.orders.types.parts import OrderAttachment, OrderPhoto


def _photo(info: Info, action: str, id: relay.GlobalID) -> Any:
    return access.PHOTO_ACTIONS.permit(info.context.viewer, action, key(id, of=PhotoModel))


def _attachment(info: Info, action: str, id: relay.GlobalID) -> Any:
    pk = key(id, of=AttachmentModel)
    return access.ATTACHMENT_ACTIONS.permit(info.context.viewer, action, pk)


@strawberry.type
class PartMutation:
    """What clients do with the photos and files of their orders."""

    @mutation(gate=SignedIn, description="Add a picture of what is to be done.")
    def add_order_photo(self, info: Info, input: AddOrderPhotoInput) -> OrderPhoto:
        """Add a photo to an order."""
        order = permitted_order(info, "addOrderPhoto", input.order_id)
        return photos.add_order_photo(
            order=order,
            file=cast("BinaryIO", input.photo),
            caption=input.caption,
            is_primary=input.is_primary,
        )

    @mutation(gate=SignedIn, description="Say what a photo shows, or have it stand for the order.")
    def update_order_photo(self, info: Info, input: UpdateOrderPhotoInput) -> OrderPhoto:
        """Change a photo."""
        photo = _photo(info, "updateOrderPhoto", input.photo_id)
        changes = given(input, without={"photo_id", "version"})
        return photos.update_order_photo(photo=photo, changes=changes, version=input.version)

    @mutation(
        gate=SignedIn,
        description="Take a photo away. Where it stood for the order, the oldest one left does.",
    )
    def remove_order_photo(self, info: Info, input: OrderPhotoInput) -> OrderPhoto:
        """Remove a photo."""
        photo = _photo(info, "removeOrderPhoto", input.photo_id)
        return photos.remove_order_photo(photo=photo)

    @mutation(gate=SignedIn, description="Add a file, such as a plan, for those who see the order.")
    def add_order_attachment(self, info: Info, input: AddOrderAttachmentInput) -> OrderAttachment:
        """Add a file to an order."""
        order = permitted_order(info, "addOrderAttachment", input.order_id)
        file = cast("BinaryIO", input.file)
        return attachments.add_order_attachment(order=order, file=file, caption=input.caption)

    @mutation(gate=SignedIn, description="Say what a file shows.")
    def update_order_attachment(
        self, info: Info, input: UpdateOrderAttachmentInput
    ) -> OrderAttachment:
        """Change a file's caption."""
        attachment = _attachment(info, "updateOrderAttachment", input.attachment_id)
        return attachments.update_order_attachment(
            attachment=attachment,
            caption=attachment.caption if input.caption is UNSET else input.caption or "",
            version=input.version,
        )

    @mutation(gate=SignedIn, description="Take a file away.")
    def remove_order_attachment(self, info: Info, input: OrderAttachmentInput) -> OrderAttachment:
        """Remove a file."""
        attachment = _attachment(info, "removeOrderAttachment", input.attachment_id)
        return attachments.remove_order_attachment(attachment=attachment)
