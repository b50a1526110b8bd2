"""How far one has read in a room, whether one is there, and how one is told of news."""

import strawberry
from strawberry import relay

from apps.chat import access
from apps.chat.models import ChatParticipant as ParticipantModel
from apps.chat.models import ChatRoom as RoomModel
from apps.chat.services import presence, reading, rooms
from schema.base.context import Info
from schema.base.done import Done
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.mutation import mutation
from schema.chat.inputs.rooms import (
    ChatReadingInput,
    MuteRoomInput,
    SetPresenceInput,
    SetTypingInput,
)
from schema.chat.mutations.rates import CHANGES, SIGNALS
from schema.chat.types.rooms import ChatParticipant


def _own_part(info: Info, id: relay.GlobalID) -> ParticipantModel:
    """The viewer's part in a room; raises NotFound."""
    return access.own_participation(info.context.viewer, key(id, of=RoomModel))


def _up_to(input: ChatReadingInput, participant: ParticipantModel) -> int:
    return participant.room.last_number if input.up_to is None else input.up_to


@strawberry.type
class ReadingMutation:
    """How far one has read in a room, whether one is there, and how one is told of news."""

    @mutation(
        gate=SignedIn, limit=SIGNALS, description="Have read the messages of a room up to a number."
    )
    def mark_room_read(self, info: Info, input: ChatReadingInput) -> ChatParticipant:
        """Mark messages as read."""
        participant = _own_part(info, input.room_id)
        return reading.mark_read(participant=participant, up_to=_up_to(input, participant))

    @mutation(
        gate=SignedIn,
        limit=SIGNALS,
        description="Have received the messages of a room up to a number.",
    )
    def mark_room_delivered(self, info: Info, input: ChatReadingInput) -> ChatParticipant:
        """Mark messages as delivered."""
        participant = _own_part(info, input.room_id)
        return reading.mark_delivered(participant=participant, up_to=_up_to(input, participant))

    @mutation(
        gate=SignedIn,
        limit=CHANGES,
        description="Not be told of messages in a room for some time, or be told again.",
    )
    def mute_room(self, info: Info, input: MuteRoomInput) -> ChatParticipant:
        """Mute a room."""
        return rooms.mute_room(
            participant=_own_part(info, input.room_id),
            until=input.until,
            notifications_enabled=input.notifications_enabled,
        )

    @mutation(
        gate=SignedIn,
        limit=SIGNALS,
        description="Tell those in a room that one has it open, or not.",
    )
    def set_presence(self, info: Info, input: SetPresenceInput) -> Done:
        """Come or go."""
        participant = _own_part(info, input.room_id)
        presence.beat(participant=participant, is_online=input.is_online)
        return Done()

    @mutation(
        gate=SignedIn,
        limit=SIGNALS,
        description="Tell those in a room that one is writing, or not.",
    )
    def set_typing(self, info: Info, input: SetTypingInput) -> Done:
        """Begin or end to write."""
        participant = _own_part(info, input.room_id)
        presence.set_typing(participant=participant, is_typing=input.is_typing)
        return Done()
