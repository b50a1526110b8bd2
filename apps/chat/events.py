"""What happens in rooms."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event

#: Staff who look at reports and templates, and block.
MODERATION = "chat-moderation"


@dataclass(frozen=True, kw_only=True)
class RoomEvent(Event):
    """Something happened in a room."""

    room_id: UUID

    def topics(self) -> list[str]:
        """The room's own."""
        return [f"chat:{self.room_id}"]


@dataclass(frozen=True, kw_only=True)
class MessageEvent(RoomEvent):
    """Something happened to a message. Without a sender it is the platform's."""

    message_id: UUID
    number: int
    sender_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class MessageSent(MessageEvent):
    """Something was said; its sender has read all that was said before."""


@dataclass(frozen=True, kw_only=True)
class MessageEdited(MessageEvent):
    """A message says something else now."""


@dataclass(frozen=True, kw_only=True)
class MessageDeleted(MessageEvent):
    """A message tells nothing any more."""


@dataclass(frozen=True, kw_only=True)
class MessagesErased(RoomEvent):
    """Some messages of somebody who is gone for good tell nothing any more, by their numbers."""

    numbers: list[int]


@dataclass(frozen=True, kw_only=True)
class MessagesRead(RoomEvent):
    """Somebody has read the messages up to a number."""

    user_id: UUID
    up_to: int


@dataclass(frozen=True, kw_only=True)
class MessagesDelivered(RoomEvent):
    """The messages up to a number have reached somebody."""

    user_id: UUID
    up_to: int


@dataclass(frozen=True, kw_only=True)
class ParticipantEvent(RoomEvent):
    """Something happened to somebody's part in a room."""

    user_id: UUID

    def topics(self) -> list[str]:
        """The room's own, and that of the user's rooms."""
        return [*super().topics(), f"user-chats:{self.user_id}"]


@dataclass(frozen=True, kw_only=True)
class ParticipantAdded(ParticipantEvent):
    """Somebody takes part in a room."""


@dataclass(frozen=True, kw_only=True)
class ParticipantLeft(ParticipantEvent):
    """Somebody takes part in a room no longer."""


@dataclass(frozen=True, kw_only=True)
class ParticipantPromoted(ParticipantEvent):
    """Somebody owns a group, as its last owner left."""


@dataclass(frozen=True, kw_only=True)
class BlockEvent(RoomEvent):
    """Staff let somebody write in a room no longer, or again: for staff alone."""

    user_id: UUID

    def topics(self) -> list[str]:
        """That of moderation: neither the room nor the user is told."""
        return [MODERATION]


@dataclass(frozen=True, kw_only=True)
class ParticipantBlocked(BlockEvent):
    """Somebody may read in a room, and write no longer."""


@dataclass(frozen=True, kw_only=True)
class ParticipantUnblocked(BlockEvent):
    """Somebody may write in a room again."""


@dataclass(frozen=True, kw_only=True)
class RoomUpdated(RoomEvent):
    """A room is called something else, or was closed or opened again."""

    title: str
    closed: bool


@dataclass(frozen=True, kw_only=True)
class RoomOpened(RoomEvent):
    """There is a new room, with those who take part from the start."""

    chat_type: str
    opened_by_id: UUID
    user_ids: list[str]

    def topics(self) -> list[str]:
        """The room's own, and those of the rooms of all who take part."""
        return [*super().topics(), *(f"user-chats:{user_id}" for user_id in self.user_ids)]


@dataclass(frozen=True, kw_only=True)
class Typing(RoomEvent):
    """Somebody is writing, or stopped. Passed on to those who listen, and kept nowhere."""

    user_id: UUID
    is_typing: bool


@dataclass(frozen=True, kw_only=True)
class PresenceChanged(RoomEvent):
    """Somebody opened a room, or closed it. Passed on likewise."""

    user_id: UUID
    is_online: bool


@dataclass(frozen=True, kw_only=True)
class ChatErasureWentOn(Event):
    """A part of what somebody said was erased, and more of it is left."""

    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class ModerationEvent(Event):
    """Something for the staff who look after chat."""

    def topics(self) -> list[str]:
        """That of moderation."""
        return [MODERATION]


@dataclass(frozen=True, kw_only=True)
class ReportEvent(ModerationEvent):
    """Something happened to a report."""

    report_id: UUID
    reporter_id: UUID


@dataclass(frozen=True, kw_only=True)
class ReportFiled(ReportEvent):
    """Somebody reported a message."""


@dataclass(frozen=True, kw_only=True)
class ReportResolved(ReportEvent):
    """Staff decided a report, and did something about it."""

    status: str
    action_taken: str


@dataclass(frozen=True, kw_only=True)
class TemplateEvent(ModerationEvent):
    """Something happened to a template."""

    template_id: UUID


@dataclass(frozen=True, kw_only=True)
class ChatTemplateCreated(TemplateEvent):
    """There is a new template."""


@dataclass(frozen=True, kw_only=True)
class ChatTemplateUpdated(TemplateEvent):
    """A template says something else, or was switched on or off."""


@dataclass(frozen=True, kw_only=True)
class ChatTemplateDeleted(TemplateEvent):
    """A template is offered no longer."""


@dataclass(frozen=True, kw_only=True)
class ChatTemplateRestored(TemplateEvent):
    """A template is there again."""
