"""What mutations of rooms and of who takes part in them take."""

from datetime import datetime

import strawberry
from strawberry import relay

from schema.base.mutation import Keyed, Versioned
from schema.chat.types.rooms import ChatType


@strawberry.input(
    description="A room to open, with what its kind asks for: ORDER its order, and from the client"
    " a provider; LEAD the lead in a provider's hands; DIRECT the other user; GROUP a title and"
    " its members."
)
class OpenChatRoomInput(Keyed):
    """What a room is for, and for whom."""

    chat_type: ChatType = strawberry.field(description="What the room is for.")
    order_id: relay.GlobalID | None = strawberry.field(
        default=None, description="Of an ORDER: the order."
    )
    provider_id: relay.GlobalID | None = strawberry.field(
        default=None,
        description="Of an ORDER, from its client: a provider who bids on it; the one who carries"
        " it out where nobody is named.",
    )
    lead_assignment_id: relay.GlobalID | None = strawberry.field(
        default=None, description="Of a LEAD: the lead in a provider's hands."
    )
    user_id: relay.GlobalID | None = strawberry.field(
        default=None,
        description="DIRECT: the other user. ORDER, instead of a provider: the provider's user."
        " SUPPORT, from staff: who needs help.",
    )
    user_ids: list[relay.GlobalID] | None = strawberry.field(
        default=None, description="Of a GROUP: its members, oneself aside."
    )
    title: str | None = strawberry.field(
        default=None, description="Of a GROUP: what it is called, in up to 120 characters."
    )


@strawberry.input(description="What is to change of a group.")
class UpdateChatRoomInput(Versioned):
    """Changes of a group."""

    room_id: relay.GlobalID = strawberry.field(description="The group.")
    title: str = strawberry.field(description="What it is called, in up to 120 characters.")


@strawberry.input(description="A room.")
class ChatRoomInput:
    """Names a room."""

    room_id: relay.GlobalID = strawberry.field(description="The room.")


@strawberry.input(description="Users to let into a group.")
class AddChatParticipantsInput:
    """Names a group and users."""

    room_id: relay.GlobalID = strawberry.field(description="The group.")
    user_ids: list[relay.GlobalID] = strawberry.field(
        description="Users whom one may write to directly."
    )


@strawberry.input(description="Somebody who takes part in a room.")
class ChatParticipantInput:
    """Names a room and a user in it."""

    room_id: relay.GlobalID = strawberry.field(description="The room.")
    user_id: relay.GlobalID = strawberry.field(description="Who takes part there.")


@strawberry.input(description="How one is told of messages in a room.")
class MuteRoomInput:
    """Names a room and until when it is quiet."""

    room_id: relay.GlobalID = strawberry.field(description="The room.")
    until: datetime | None = strawberry.field(
        default=None, description="Until when one is not told of messages; null to be told again."
    )
    notifications_enabled: bool | None = strawberry.field(
        default=None, description="Whether one is told at all; left out, that stays."
    )


@strawberry.input(description="How far one has got in a room.")
class ChatReadingInput:
    """Names a room and a message in it by its number."""

    room_id: relay.GlobalID = strawberry.field(description="The room.")
    up_to: int | None = strawberry.field(
        default=None, description="The number of the last such message; the newest without it."
    )


@strawberry.input(description="Whether one has a room open.")
class SetPresenceInput:
    """Names a room and whether it is open."""

    room_id: relay.GlobalID = strawberry.field(description="The room.")
    is_online: bool = strawberry.field(
        default=True, description="Whether it is open: say so at least every 30 seconds."
    )


@strawberry.input(description="Whether one is writing in a room.")
class SetTypingInput:
    """Names a room and whether something is being written."""

    room_id: relay.GlobalID = strawberry.field(description="The room.")
    is_typing: bool = strawberry.field(default=True, description="Whether one is writing.")
