"""Files that go with orders, such as plans."""

from typing import BinaryIO

from django.db import transaction

from apps.orders.models import Order, OrderAttachment
from apps.orders.services.parts import locked_open, locked_part, require_room
from kernel import uploads


def add_order_attachment(*, order: Order, file: BinaryIO, caption: str = "") -> OrderAttachment:
    """Keep a PDF, or a picture encoded anew, for those who see the order.

    Raises InvalidFile, FileTooLarge, TooManyFiles, or IllegalTransition unless the order is a draft
    or open to bids.
    """
    # Read before the lock: nothing slow while holding one.
    kept = uploads.accepted(file)
    with transaction.atomic():
        order = locked_open(order)
        require_room(order.attachments)
        attachment = OrderAttachment(
            order=order,
            name=kept.name or kept.key,
            caption=caption,
            content_type=kept.content_type,
            size=kept.content.size,
        )
        # Checked before the file is kept: a refusal takes back rows, not files.
        attachment.full_clean(exclude={"file"})
        attachment.file.save(kept.key, kept.content)
    return attachment


@transaction.atomic
def update_order_attachment(
    *, attachment: OrderAttachment, caption: str, version: int | None = None
) -> OrderAttachment:
    """Say what a file shows.

    Raises VersionConflict, ValidationError, or IllegalTransition unless the order is a draft or
    open to bids.
    """
    attachment = locked_part(attachment, version=version)
    attachment.caption = caption
    attachment.full_clean()
    attachment.save(update_fields=["caption"])
    return attachment


@transaction.atomic
def remove_order_attachment(*, attachment: OrderAttachment) -> OrderAttachment:
    """Take a file away. Raises IllegalTransition unless the order is a draft or open to bids."""
    attachment = locked_part(attachment)
    attachment.soft_delete()
    return attachment
