"""Filters and orders of rooms, of who takes part in them, and of what is said there."""

import strawberry_django
from django.db.models import Q
from strawberry import auto, relay

from apps.chat import models
from kernel import clock
from schema.base.context import Info
from schema.base.ids import Ids, key


def _own_rooms(info: Info, wanted: bool, prefix: str, *conditions: Q) -> Q:
    """Rooms in which the viewer's part meets conditions, or all others."""
    parts = models.ChatParticipant.objects.present().filter(
        *conditions, user=info.context.viewer.user_id
    )
    found = Q(**{f"{prefix}pk__in": parts.values("room")})
    return found if wanted else ~found


@strawberry_django.filter_type(models.ChatRoom, lookups=True)
class ChatRoomFilter:
    """Which rooms to list."""

    id: Ids | None
    chat_type: models.ChatRoom.Type | None
    order_id: Ids | None
    is_active: auto
    created_at: auto
    last_message_at: auto

    @strawberry_django.filter_field(description="Whether there is something one has not read.")
    def is_unread(self, info: Info, value: bool, prefix: str) -> Q:
        """Those with something unread, or the others."""
        return _own_rooms(info, value, prefix, Q(unread_count__gt=0))

    @strawberry_django.filter_field(
        description="Whether one is told of no messages there at present: it was muted until a time"
        " to come, or its notifications are off."
    )
    def is_muted(self, info: Info, value: bool, prefix: str) -> Q:
        """Those that are quiet, or the others."""
        is_quiet = Q(mute_until__gt=clock.now()) | Q(notifications_enabled=False)
        return _own_rooms(info, value, prefix, is_quiet)

    @strawberry_django.filter_field(description="Whether one takes part: staff see others too.")
    def is_own(self, info: Info, value: bool, prefix: str) -> Q:
        """Those that one takes part in, or the others."""
        return _own_rooms(info, value, prefix)


@strawberry_django.order_type(models.ChatRoom)
class ChatRoomOrder:
    """How to order rooms."""

    title: auto
    created_at: auto
    last_message_at: auto


@strawberry_django.filter_type(models.ChatParticipant, lookups=True)
class ChatParticipantFilter:
    """Which participants to list: by `readNumber` those who have read a message."""

    id: Ids | None
    user_id: Ids | None
    role: models.ChatParticipant.Role | None
    read_number: auto
    delivered_number: auto
    joined_at: auto
    last_seen: auto


@strawberry_django.order_type(models.ChatParticipant)
class ChatParticipantOrder:
    """How to order participants."""

    joined_at: auto
    last_seen: auto
    read_number: auto


@strawberry_django.filter_type(models.ChatMessage, lookups=True)
class ChatMessageFilter:
    """Which messages to list."""

    id: Ids | None
    sender_id: Ids | None
    message_type: models.ChatMessage.Type | None
    number: auto
    is_deleted: auto
    created_at: auto
    edited_at: auto

    @strawberry_django.filter_field(description="Those that answer a message.")
    def reply_to_id(self, value: relay.GlobalID, prefix: str) -> Q:
        """Those that say whom they answer: a deleted one does not."""
        answered = key(value, of=models.ChatMessage)
        return Q(**{f"{prefix}reply_to": answered, f"{prefix}is_deleted": False})

    @strawberry_django.filter_field(description="Whether a file came with it.")
    def has_attachment(self, value: bool, prefix: str) -> Q:
        """Those that show a file, or the others."""
        found = Q(**{f"{prefix}attachment_url__gt": "", f"{prefix}is_deleted": False})
        return found if value else ~found


@strawberry_django.order_type(models.ChatMessage)
class ChatMessageOrder:
    """How to order messages."""

    number: auto
    created_at: auto
