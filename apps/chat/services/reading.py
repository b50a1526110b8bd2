"""How far somebody has read, and how far messages have reached them. Both only grow."""

from django.db import transaction

from apps.chat import errors
from apps.chat.events import MessagesDelivered, MessagesRead
from apps.chat.models import ChatParticipant
from apps.chat.selectors import count_unread
from apps.chat.services.locks import locked_participant, locked_room
from apps.chat.services.notifying import read_notifications
from kernel import clock, events


@transaction.atomic
def mark_read(*, participant: ChatParticipant, up_to: int) -> ChatParticipant:
    """Have somebody have read the messages of a room up to a number; never fewer than before.

    Raises MessageNotThere for a number that the room has not come to, or NotFound.
    """
    participant = _locked(participant, up_to)
    read_notifications(room_id=participant.room_id, user_id=participant.user_id, up_to=up_to)
    if up_to <= participant.read_number:
        return participant
    participant.read_number, participant.read_at = up_to, clock.now()
    if participant.delivered_number < up_to:
        participant.delivered_number = up_to
        participant.delivered_at = participant.read_at
    participant.unread_count = count_unread(
        room_id=participant.room_id, user_id=participant.user_id, after=up_to
    )
    participant.save(
        update_fields=[
            *("read_number", "read_at", "delivered_number", "delivered_at", "unread_count"),
        ]
    )
    events.publish(
        MessagesRead(room_id=participant.room_id, user_id=participant.user_id, up_to=up_to)
    )
    return participant


@transaction.atomic
def mark_delivered(*, participant: ChatParticipant, up_to: int) -> ChatParticipant:
    """Have the messages of a room up to a number have reached somebody; never fewer than before.

    Raises MessageNotThere for a number that the room has not come to, or NotFound.
    """
    participant = _locked(participant, up_to)
    if up_to <= participant.delivered_number:
        return participant
    participant.delivered_number, participant.delivered_at = up_to, clock.now()
    participant.save(update_fields=["delivered_number", "delivered_at"])
    events.publish(
        MessagesDelivered(room_id=participant.room_id, user_id=participant.user_id, up_to=up_to)
    )
    return participant


def _locked(participant: ChatParticipant, up_to: int) -> ChatParticipant:
    room = locked_room(participant.room_id)
    if not 0 <= up_to <= room.last_number:
        raise errors.MessageNotThere
    return locked_participant(room, participant.user_id)
