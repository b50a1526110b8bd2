"""Rooms, who takes part in them, and what is said there."""

from apps.chat.models.messages import ChatMessage, ChatMessageEdit
from apps.chat.models.notifications import ChatNotification
from apps.chat.models.reports import ChatReport
from apps.chat.models.rooms import ChatParticipant, ChatRoom
from apps.chat.models.templates import ChatTemplate

__all__ = [
    "ChatMessage",
    "ChatMessageEdit",
    "ChatNotification",
    "ChatParticipant",
    "ChatReport",
    "ChatRoom",
    "ChatTemplate",
]
