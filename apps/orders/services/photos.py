"""Photos of orders, made safe before they are kept."""

from io import BytesIO
from typing import BinaryIO

import puremagic
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, ImageOps

from apps.orders import errors
from apps.orders.models import Order, OrderPhoto
from apps.orders.services.transitions import locked
from kernel.ids import uuid7

ACCEPTED = {"image/jpeg", "image/png", "image/webp"}
#: A small file can unpack to a huge picture: this many pixels are decoded at most.
MAX_PIXELS = 50_000_000
#: The longer side of what is kept.
MAX_SIDE = 2048


def add_order_photo(
    *, order: Order, file: BinaryIO, caption: str = "", is_primary: bool = False
) -> OrderPhoto:
    """Keep a picture of what is to be done, encoded anew and without what the camera noted.

    The first photo, and one said to be, stands for the order. Raises NotAPhoto or PhotoTooLarge.
    """
    # Decoded before the lock: nothing slow while holding one.
    content = reencoded(file)
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


def reencoded(file: BinaryIO) -> "ContentFile[bytes]":
    """A picture as a fresh JPEG, upright and within bounds; raises NotAPhoto or PhotoTooLarge."""
    data = file.read(settings.UPLOAD_MAX_BYTES + 1)
    if len(data) > settings.UPLOAD_MAX_BYTES:
        raise errors.PhotoTooLarge
    try:
        if puremagic.from_string(data, mime=True) not in ACCEPTED:
            raise errors.NotAPhoto
        with Image.open(BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise errors.PhotoTooLarge
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise errors.PhotoTooLarge from error
    except (puremagic.PureError, OSError, SyntaxError, ValueError) as error:
        raise errors.NotAPhoto from error
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    output = BytesIO()
    upright.save(output, "JPEG", quality=85, optimize=True)
    return ContentFile(output.getvalue())
