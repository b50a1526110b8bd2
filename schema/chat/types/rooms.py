"""Rooms and who takes part in them, as those who do see them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
import strawberry_django
from django.db.models import Case, F, Q, QuerySet, Value, When
from strawberry import auto

from apps.chat import models
from apps.chat.access import ROOM_ACTIONS
from apps.chat.selectors import newest_of_rooms, present_now
from kernel.viewer import Viewer
from schema.accounts.types.users import User
from schema.base.actions import viewer_can
from schema.base.context import Info
from schema.base.pagination import Connection, connection
from schema.base.related import one_related
from schema.base.types import SHARED, Node, choices, derived, is_many
from schema.chat.filters import (
    ChatMessageFilter,
    ChatMessageOrder,
    ChatParticipantFilter,
    ChatParticipantOrder,
)
from schema.orders.types.orders import Order

if TYPE_CHECKING:
    from schema.chat.types.messages import ChatMessage

MessageType = Annotated["ChatMessage", strawberry.lazy("schema.chat.types.messages")]
ParticipantType = Annotated["ChatParticipant", strawberry.lazy("schema.chat.types.rooms")]

ChatType = choices(
    models.ChatRoom.Type,
    "ChatType",
    "What a room is for.",
    ORDER="An order: its client, and one who bids on it or carries it out.",
    LEAD="A lead: its client, and a provider who paid for it.",
    DIRECT="Two who know each other.",
    SUPPORT="A user who needs help, and the platform's staff.",
    GROUP="As many as its owners let in.",
)

ChatParticipantRole = choices(
    models.ChatParticipant.Role,
    "ChatParticipantRole",
    "What somebody may do in a room.",
    OWNER="Lets members of a group in and out.",
    MEMBER="Reads and writes.",
    AGENT="Helps there, as one of the platform's staff.",
)


def own_part(viewer: Viewer) -> QuerySet[models.ChatParticipant]:
    """The viewer's own parts in rooms that they take part in."""
    rows: QuerySet[models.ChatParticipant] = models.ChatParticipant.objects.present()
    return rows.filter(user=viewer.user_id)


def newest_messages(viewer: Viewer) -> QuerySet[models.ChatMessage]:
    """The newest message of each room that the viewer may read."""
    return newest_of_rooms(models.ChatMessage.objects.visible_to(viewer))


@strawberry_django.type(models.ChatRoom)
class ChatRoom(Node):
    """A place where users talk: about an order or a lead, with each other, or with the platform."""

    chat_type: models.ChatRoom.Type
    title: auto
    order: Order | None
    is_active: auto
    last_message_at: auto
    last_number: auto
    created_by: User | None
    created_at: auto
    updated_at: auto
    version: auto
    viewer_can = viewer_can(ROOM_ACTIONS)
    me = one_related(
        "participations",
        "me",
        ParticipantType,
        own_part,
        description="The viewer's own part in it; null for who takes none.",
    )
    last_message = one_related(
        "messages",
        "last_message",
        MessageType,
        newest_messages,
        description="The newest message; null before the first.",
        is_shared=True,
    )
    participants: Connection[ParticipantType] = connection(
        field_name="participations",
        filters=ChatParticipantFilter,
        order=ChatParticipantOrder,
        description="Who takes part now.",
    )
    messages: Connection[MessageType] = connection(
        filters=ChatMessageFilter,
        order=ChatMessageOrder,
        newest="-number",
        description="What was said, the newest first. Of a room alone, `chatMessages` is faster.",
    )


def is_self(viewer: Viewer) -> Q:
    """The viewer's own part in a room."""
    return Q(user=viewer.user_id)


def for_self(name: str, kind: Any) -> Any:
    """A column that the participant alone reads."""
    column: Any = models.ChatParticipant._meta.get_field(name)
    text = f"{column.help_text} For the participant alone; null for others."
    return derived(name, kind, F(name), rule=is_self, description=text)


def _is_online(_info: Any) -> Case:
    is_here = present_now() & Q(left_at=None)
    return Case(When(is_here, then=Value(True)), default=Value(False))


@strawberry_django.type(models.ChatParticipant)
class ChatParticipant(Node):
    """A user in a room, and how far they have read."""

    @classmethod
    def get_queryset(cls, queryset: QuerySet[Any], info: Info, **_kwargs: Any) -> QuerySet[Any]:
        """Those of visible rooms; in a list those alone who take part now."""
        rows = queryset.visible_to(info.context.viewer)  # type: ignore[attr-defined]
        return rows.present() if is_many(info._field) else rows

    room: ChatRoom
    user: User
    role: models.ChatParticipant.Role
    joined_at: auto
    left_at: auto
    last_seen: auto
    read_number: auto
    read_at: auto
    delivered_number: auto
    delivered_at: auto
    created_at: auto
    version: auto
    unread_count = for_self("unread_count", int)
    notifications_enabled = for_self("notifications_enabled", bool)
    mute_until = for_self("mute_until", datetime)
    blocked_at = for_self("blocked_at", datetime)
    is_online: bool = strawberry_django.field(
        annotate=_is_online,
        metadata={SHARED: True},
        description="Whether they have the room open.",
    )
