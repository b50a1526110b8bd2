"""What happens in rooms, live."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import strawberry

from apps.accounts.models import User as UserModel
from apps.chat import models
from apps.core.models import EventRecord
from apps.core.selectors import position_of
from schema.accounts.types.users import User
from schema.base.context import Info
from schema.base.nodes import find
from schema.base.types import planned, shared
from schema.chat.types.messages import ChatMessage
from schema.chat.types.rooms import ChatParticipant, ChatRoom


@strawberry.interface(description="Something that happened in a room.")
class ChatHappening:
    """What all that happens in rooms has in common, with the objects as they are now."""

    record: strawberry.Private[EventRecord]

    @shared("When it happened.")
    def occurred_at(self) -> datetime:
        """When it happened."""
        return self.record.occurred_at

    @shared(
        "Pass it as `after` to go on behind this event; null for what is kept nowhere, such as "
        "typing."
    )
    def cursor(self) -> str | None:
        """The position behind the fact."""
        return None if self.record.pk is None else str(position_of(self.record))

    @shared("The room as it is now; null for who left it.")
    def room(self, info: Info) -> ChatRoom | None:
        """The room as it is now."""
        return find(models.ChatRoom, self.record.payload["room_id"], info)


@strawberry.interface(description="Something that happened to a message.")
class ChatMessageHappening(ChatHappening):
    """A fact about a message."""

    @shared("The message as it is now.")
    def message(self, info: Info) -> ChatMessage | None:
        """The message as it is now."""
        return find(models.ChatMessage, self.record.payload["message_id"], info)

    @shared("Its number in the room.")
    def number(self) -> int:
        """Its number."""
        return int(self.record.payload["number"])


@strawberry.type(description="Something was said.")
class ChatMessageSent(ChatMessageHappening):
    """Something was said."""


@strawberry.type(description="A message says something else now.")
class ChatMessageEdited(ChatMessageHappening):
    """A message was changed."""


@strawberry.type(description="A message was deleted: it keeps its place, and tells nothing.")
class ChatMessageDeleted(ChatMessageHappening):
    """A message was deleted."""


@strawberry.type(
    description="Somebody is gone for good, and what they said with them: these messages keep their"
    " places, and tell nothing. At most 500 at a time."
)
class ChatMessagesErased(ChatHappening):
    """Messages were erased."""

    @shared("Their numbers in the room.")
    def numbers(self) -> list[int]:
        """Their numbers."""
        return [int(number) for number in self.record.payload["numbers"]]


@strawberry.interface(description="Something that somebody did in a room.")
class ChatUserHappening(ChatHappening):
    """A fact about somebody in a room."""

    @shared("Who did it, or whom it concerns.")
    def user(self, info: Info) -> User | None:
        """Whom it concerns."""
        return find(UserModel, self.record.payload["user_id"], info)


@strawberry.interface(description="Messages reached somebody, or were read.")
class ChatReceipt(ChatUserHappening):
    """How far somebody has got."""

    @shared("The number of the last message that it is about.")
    def up_to(self) -> int:
        """The last message's number."""
        return int(self.record.payload["up_to"])


@strawberry.type(description="Somebody has read what was said.")
class ChatMessagesRead(ChatReceipt):
    """Somebody has read."""


@strawberry.type(description="What was said has reached somebody.")
class ChatMessagesDelivered(ChatReceipt):
    """Messages reached somebody."""


@strawberry.type(description="Somebody is writing, or stopped: kept nowhere, told as it happens.")
class ChatTyping(ChatUserHappening):
    """Somebody is writing."""

    @shared("Whether they are writing.")
    def is_typing(self) -> bool:
        """Whether they are writing."""
        return bool(self.record.payload["is_typing"])


@strawberry.type(description="Somebody came or went: kept nowhere, told as it happens.")
class ChatPresence(ChatUserHappening):
    """Somebody came or went."""

    @shared("Whether they have the room open.")
    def is_online(self) -> bool:
        """Whether they have the room open."""
        return bool(self.record.payload["is_online"])


@strawberry.type(description="Somebody came into a room, left it, or owns it now.")
class ChatParticipantChanged(ChatUserHappening):
    """Somebody's part in a room changed."""

    @shared("What happened, such as ParticipantAdded.")
    def type(self) -> str:
        """The fact's name."""
        return self.record.type

    @shared("Their part in the room as it is now; null for who may not see it any more.")
    def participant(self, info: Info) -> ChatParticipant | None:
        """Their part in it."""
        payload, parts = self.record.payload, models.ChatParticipant.objects
        rows = parts.visible_to(info.context.viewer).filter(
            room=payload["room_id"], user=payload["user_id"]
        )
        return planned(rows, info).first()


@strawberry.type(description="A room was opened, renamed, closed, or opened again.")
class ChatRoomChanged(ChatHappening):
    """A room changed."""

    @shared("What happened, such as RoomUpdated.")
    def type(self) -> str:
        """The fact's name."""
        return self.record.type


#: How facts look to clients, by their names.
SHAPES: dict[str, Callable[..., Any]] = {
    "MessageSent": ChatMessageSent,
    "MessageEdited": ChatMessageEdited,
    "MessageDeleted": ChatMessageDeleted,
    "MessagesErased": ChatMessagesErased,
    "MessagesRead": ChatMessagesRead,
    "MessagesDelivered": ChatMessagesDelivered,
    "Typing": ChatTyping,
    "PresenceChanged": ChatPresence,
    "ParticipantAdded": ChatParticipantChanged,
    "ParticipantLeft": ChatParticipantChanged,
    "ParticipantPromoted": ChatParticipantChanged,
    "RoomOpened": ChatRoomChanged,
    "RoomUpdated": ChatRoomChanged,
}

ChatEvent = Annotated[
    ChatMessageSent
    | ChatMessageEdited
    | ChatMessageDeleted
    | ChatMessagesErased
    | ChatMessagesRead
    | ChatMessagesDelivered
    | ChatTyping
    | ChatPresence
    | ChatParticipantChanged
    | ChatRoomChanged,
    strawberry.union("ChatEvent", description="Something that happened in a room."),
]


def shape(record: EventRecord) -> Any:
    """A fact as clients see it."""
    return SHAPES[record.type](record=record)
