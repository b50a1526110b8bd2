"""What users missed while they were away, for them alone."""

import strawberry_django
from strawberry import auto

from apps.chat import models
from schema.base.types import Node, choices
from schema.chat.types.messages import ChatMessage
from schema.chat.types.rooms import ChatRoom

ChatNotificationType = choices(
    models.ChatNotification.Type,
    "ChatNotificationType",
    "What a notification is about.",
    MESSAGE="Something was said.",
    REPLY="Something was said in answer to the user.",
    ADDED="The user was added to a room.",
)

ChatNotificationChannel = choices(
    models.ChatNotification.Channel,
    "ChatNotificationChannel",
    "How a notification was sent.",
    IN_APP="Within the application.",
)


@strawberry_django.type(models.ChatNotification)
class ChatNotification(Node):
    """A room has news for a user: from which message on. At most one of a room is unread."""

    room: ChatRoom
    message: ChatMessage | None
    notification_type: models.ChatNotification.Type
    is_read: auto
    read_at: auto
    sent_via: models.ChatNotification.Channel
    created_at: auto
