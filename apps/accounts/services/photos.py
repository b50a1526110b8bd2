"""Users' pictures."""

from functools import partial
from typing import BinaryIO

from django.db import transaction

from apps.accounts.events import ProfileUpdated
from apps.accounts.models import User
from kernel import events, pictures
from kernel.ids import uuid7

MAX_SIDE = 1024


def upload_photo(*, user: User, file: BinaryIO) -> User:
    """Show a picture for a user in place of the one before, encoded anew.

    Raises NotAPhoto or PhotoTooLarge.
    """
    # Encoded and kept before the lock: nothing slow while holding one.
    content = pictures.reencoded(pictures.bytes_of(file), max_side=MAX_SIDE)
    photo = user.photo.field
    name = photo.storage.save(photo.generate_filename(user, f"{uuid7()}.jpg"), content)
    return _replace(user, name)


def remove_photo(*, user: User) -> User:
    """Show no picture for a user; does nothing where there is none."""
    return _replace(user, "")


@transaction.atomic
def _replace(user: User, name: str) -> User:
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    old, storage = user.photo.name, user.photo.storage
    if old == name:
        return user
    user.photo = name
    user.save(update_fields=["photo"])
    if old:
        transaction.on_commit(partial(storage.delete, old), robust=True)
    events.publish(ProfileUpdated(user_id=user.pk))
    return user
