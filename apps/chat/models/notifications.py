"""What users missed while they were away."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from apps.chat.models.messages import ChatMessage
from apps.chat.models.rooms import ChatRoom, rooms_of
from kernel.models import AbstractTimestampedModel, BaseQuerySet
from kernel.viewer import Viewer


class ChatNotificationQuerySet(BaseQuerySet["ChatNotification"]):
    """Notifications by who may see them."""

    def unread(self) -> Self:
        """Those that were not read."""
        return self.filter(is_read=False)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, of rooms that one takes part in: they lead to these."""
        if viewer.is_system:
            return self
        return self.filter(user=viewer.user_id, room__in=rooms_of(viewer))


class ChatNotification(AbstractTimestampedModel):
    """A room has news for a user: from which message on. At most one of a room is unread."""

    class Type(models.TextChoices):
        MESSAGE = "MESSAGE"
        REPLY = "REPLY"
        ADDED = "ADDED"

    class Channel(models.TextChoices):
        IN_APP = "IN_APP"

    user = models.ForeignKey(
        "accounts.User",
        models.CASCADE,
        related_name="chat_notifications",
        db_index=False,  # A wider index below begins with it.
        help_text="Who is told.",
    )
    room = models.ForeignKey(
        ChatRoom, models.CASCADE, related_name="notifications", help_text="Of which room."
    )
    message = models.ForeignKey(
        ChatMessage,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="notifications",
        help_text="The first message that was missed; null where one was added to the room.",
    )
    notification_type = models.CharField(
        max_length=7, choices=Type, default=Type.MESSAGE, help_text="What happened."
    )
    is_read = models.BooleanField(default=False, help_text="Whether it was read.")
    read_at = models.DateTimeField(null=True, blank=True, help_text="When it was.")
    sent_via = models.CharField(
        max_length=6, choices=Channel, default=Channel.IN_APP, help_text="How it was sent."
    )

    objects: ClassVar[Any] = ChatNotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "room"],
                condition=Q(is_read=False),
                name="chat_notification_unread_once",
            )
        ]
        indexes = [models.Index(fields=["user", "-created_at"], name="chat_notification_newest")]

    def __str__(self) -> str:
        return f"{self.notification_type} to {self.user_id}"
