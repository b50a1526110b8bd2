"""Photos of orders. As long as there are any, exactly one stands for the order."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from django.db import transaction

from apps.orders import errors
from apps.orders.models import Order, OrderPhoto
from apps.orders.services.parts import locked_open, locked_part, require_room
from kernel import pictures
from kernel.ids import uuid7


def add_order_photo(
    *, order: Order, file: BinaryIO, caption: str = "", is_primary: bool = False
) -> OrderPhoto:
    """Keep a picture of what is to be done, encoded anew and without what the camera noted.

    The first photo, and one said to be, stands for the order. Raises NotAPhoto, PhotoTooLarge,
    TooManyFiles, or IllegalTransition unless the order is a draft or open to bids.
    """
    # Decoded before the lock: nothing slow while holding one.
    content = pictures.reencoded(pictures.bytes_of(file))
    with transaction.atomic():
        order = locked_open(order)
        require_room(order.photos)
        first = not order.photos.filter(is_primary=True).exists()
        photo = OrderPhoto(order=order, caption=caption, is_primary=is_primary or first)
        if is_primary:
            _step_back(photo)
        # Checked before the file is kept: a refusal takes back rows, not files.
        photo.full_clean(exclude={"photo_url"})
        photo.photo_url.save(f"{uuid7()}.jpg", content)
    return photo


@transaction.atomic
def update_order_photo(
    *, photo: OrderPhoto, changes: Mapping[str, Any], version: int | None = None
) -> OrderPhoto:
    """Change a photo's caption, or have it stand for the order instead of another one.

    Raises VersionConflict, PrimaryNeeded where none would stand for the order, ValidationError, or
    IllegalTransition unless the order is a draft or open to bids.
    """
    photo = locked_part(photo, version=version)
    if photo.is_primary and changes.get("is_primary") is False:
        raise errors.PrimaryNeeded
    if changes.get("is_primary"):
        _step_back(photo)
    for name, value in changes.items():
        setattr(photo, name, value)
    photo.full_clean()
    photo.save(update_fields=list(changes))
    return photo


@transaction.atomic
def remove_order_photo(*, photo: OrderPhoto) -> OrderPhoto:
    """Take a photo away; where it stood for the order, the oldest one left does so now.

    Raises IllegalTransition unless the order is a draft or open to bids.
    """
    photo = locked_part(photo)
    if photo.is_primary:
        photo.is_primary = False
        photo.save(update_fields=["is_primary"])
        others = photo.order.photos.exclude(pk=photo.pk).order_by("created_at", "pk")
        OrderPhoto.objects.filter(pk__in=others.values("pk")[:1]).update(is_primary=True)
    photo.soft_delete()
    return photo


def _step_back(photo: OrderPhoto) -> None:
    """Have the photo that stands for the order do so no longer, unless it is this one."""
    primary = OrderPhoto.objects.filter(order=photo.order_id, is_primary=True)
    primary.exclude(pk=photo.pk).update(is_primary=False)
