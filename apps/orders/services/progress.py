"""What providers report while they work."""

from collections.abc import Sequence
from typing import BinaryIO

from django.db import transaction

from apps.orders import errors
from apps.orders.events import ProgressNoted
from apps.orders.models import Order, OrderAssignment, ProgressNote, ProgressPhoto
from apps.orders.services.transitions import illegal, locked
from kernel import events, uploads

MOST_PHOTOS = 5


@transaction.atomic
def add_progress_note(*, order: Order, text: str, photos: Sequence[BinaryIO] = ()) -> ProgressNote:
    """Report how the work goes, with up to five pictures, encoded anew.

    Raises EmptyNote, TooManyFiles, InvalidFile, FileTooLarge, or IllegalTransition unless the order
    is in progress.
    """
    if not text.strip():
        raise errors.EmptyNote
    if len(photos) > MOST_PHOTOS:
        raise errors.TooManyFiles
    # Decoded before the lock: nothing slow while holding one.
    pictures = [_picture(photo) for photo in photos]
    order = locked(order)
    if order.status != Order.Status.IN_PROGRESS:
        raise illegal(order)
    assignment = OrderAssignment.objects.get(order=order)
    note = ProgressNote.objects.create(assignment=assignment, text=text)
    for picture in pictures:
        ProgressPhoto(note=note).file.save(picture.key, picture.content)
    events.publish(
        ProgressNoted(order_id=order.pk, note_id=note.pk, provider_id=assignment.provider_id)
    )
    return note


def _picture(file: BinaryIO) -> uploads.AcceptedFile:
    picture = uploads.accepted(file)
    if picture.content_type == uploads.PDF:
        raise uploads.InvalidFile
    return picture
