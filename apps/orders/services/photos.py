"""Photos of orders."""

from typing import BinaryIO

from django.db import transaction

from apps.orders.models import Order, OrderPhoto
from apps.orders.services.transitions import locked
from kernel import pictures
from kernel.ids import uuid7


def add_order_photo(
    *, order: Order, file: BinaryIO, caption: str = "", is_primary: bool = False
) -> OrderPhoto:
    """Keep a picture of what is to be done, encoded anew and without what the camera noted.

    The first photo, and one said to be, stands for the order. Raises NotAPhoto or PhotoTooLarge.
    """
    # Decoded before the lock: nothing slow while holding one.
    content = pictures.reencoded(pictures.bytes_of(file))
    with transaction.atomic():
        order = locked(order)
        if is_primary:
            order.photos.filter(is_primary=True).update(is_primary=False)
        first = not order.photos.filter(is_primary=True).exists()
        photo = OrderPhoto(order=order, caption=caption, is_primary=is_primary or first)
        # Checked before the file is kept: a refusal takes back rows, not files.
        photo.full_clean(exclude={"photo_url"})
        photo.photo_url.save(f"{uuid7()}.jpg", content)
    return photo
