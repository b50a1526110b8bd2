"""What is locked before anything is said: the room, then who takes part in it, by key."""

from uuid import UUID

from apps.chat import errors
from apps.chat.models import ChatParticipant, ChatRoom
from kernel.lookup import one_of


def locked_room(room_id: UUID) -> ChatRoom:
    """The room as it stands now, locked until the transaction ends. Raises NotFound.

    References to a room are no hindrance: who makes one may wait for the room.
    """
    found: ChatRoom = one_of(ChatRoom.objects.select_for_update(no_key=True), pk=room_id)
    return found


def locked_participant(room: ChatRoom, user_id: UUID) -> ChatParticipant:
    """Somebody's part in a locked room as it stands now, locked too.

    Raises NotFound where they do not take part.
    """
    rows = ChatParticipant.objects.present().select_for_update(no_key=True, of=("self",))
    found: ChatParticipant = one_of(rows, room=room, user=user_id)
    found.room = room
    return found


def require_writer(room: ChatRoom, user_id: UUID) -> None:
    """Raise NotFound for who takes no part in a locked room, ChatBlocked for who only reads there,
    or whose account is shut, and RoomClosed where nobody writes.
    """
    rows = ChatParticipant.objects.present().select_related("user")
    participant: ChatParticipant = one_of(rows, room=room, user=user_id)
    if participant.blocked_at is not None or not participant.user.is_active:
        raise errors.ChatBlocked
    if not room.is_active:
        raise errors.RoomClosed
