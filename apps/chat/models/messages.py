"""What is said in rooms."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from apps.chat.models.rooms import ChatRoom, in_own_rooms
from kernel.models import (
    AbstractSoftDeleteModel,
    AbstractTimestampedModel,
    BaseQuerySet,
    SoftDeleteManager,
    SoftDeleteQuerySet,
    place_on_earth,
)
from kernel.storage import private_storage
from kernel.viewer import Viewer

#: How long a message is at most, in characters.
LONGEST = 20_000


class ChatMessageQuerySet(SoftDeleteQuerySet["ChatMessage"]):
    """Messages by who may see them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of one's own rooms, deleted ones too; all of them for staff who oversee them."""
        found: Self = in_own_rooms(self, viewer)
        return found

    def of_others(self, user: Any) -> Self:
        """Those that count as unread for a user: not their own, and not deleted."""
        return self.active_only().exclude(sender=user)


class ChatMessageManager(SoftDeleteManager.from_queryset(ChatMessageQuerySet)):  # type: ignore[misc]
    """Shows deleted messages too: they keep their place in the room, and tell nothing."""

    def get_queryset(self) -> ChatMessageQuerySet:
        """All messages, without the words that they are found by."""
        found: ChatMessageQuerySet = super().get_queryset().with_deleted().defer("words")
        return found


#: A file's name in words: as it stands, "plan.pdf" would be one.
FILE_WORDS = Func(F("attachment_name"), Value("._-"), Value("   "), function="translate")


class ChatMessage(AbstractSoftDeleteModel):
    """Something said in a room. A deleted one keeps its number and its sender."""

    class Type(models.TextChoices):
        TEXT = "TEXT"
        IMAGE = "IMAGE"
        FILE = "FILE"
        LOCATION = "LOCATION"
        SYSTEM = "SYSTEM"
        TEMPLATE = "TEMPLATE"

    room = models.ForeignKey(
        ChatRoom,
        models.CASCADE,
        related_name="messages",
        db_index=False,  # The unique number's index begins with it.
        help_text="Where it was said.",
    )
    sender = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="chat_messages",
        help_text="Who said it; null for the platform.",
    )
    number = models.PositiveIntegerField(help_text="Its place in the room: 1, 2, 3 and so on.")
    message_type = models.CharField(
        max_length=8, choices=Type, default=Type.TEXT, help_text="What kind of message it is."
    )
    content = models.TextField(blank=True, help_text="What is said.")
    attachment_url = models.FileField(
        upload_to="chat/", storage=private_storage, blank=True, help_text="The file sent with it."
    )
    attachment_name = models.CharField(
        max_length=200, blank=True, help_text="What its sender calls the file."
    )
    attachment_size = models.PositiveIntegerField(
        null=True, blank=True, help_text="The file's length in bytes."
    )
    attachment_type = models.CharField(
        max_length=60, blank=True, help_text="What kind of file it is."
    )
    latitude = models.FloatField(null=True, blank=True, help_text="Degrees north of a place.")
    longitude = models.FloatField(null=True, blank=True, help_text="Degrees east of a place.")
    reply_to = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="replies",
        db_index=False,
        help_text="The message that it answers.",
    )
    client_id = models.CharField(
        max_length=64,
        blank=True,
        help_text="The sender's own name for it, by which sending it again is known.",
    )
    template = models.ForeignKey(
        "chat.ChatTemplate",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="messages",
        db_index=False,
        help_text="The template that it was made from.",
    )
    edited_at = models.DateTimeField(
        null=True, blank=True, help_text="When its words were last changed."
    )
    words = models.GeneratedField(
        expression=SearchVector("content", FILE_WORDS, config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
        editable=False,
    )

    objects: ClassVar[Any] = ChatMessageManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "number"], name="chat_message_number"),
            models.UniqueConstraint(
                fields=["room", "sender", "client_id"],
                condition=~Q(client_id=""),
                name="chat_message_client_id",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length(F("content")), LONGEST),
                name="chat_message_content",
                violation_error_code="message_too_long",
                violation_error_message="A message has 20,000 characters at most.",
            ),
            models.CheckConstraint(
                condition=Q(sender__isnull=False) | Q(message_type="SYSTEM"),
                name="chat_message_sender",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None) | Q(message_type="LOCATION"),
                name="chat_message_location",
            ),
            place_on_earth("chat_message_place"),
        ]
        indexes = [
            GinIndex(
                fields=["room", "words"],
                condition=Q(is_deleted=False),
                name="chat_message_words",
            ),
            models.Index(
                fields=["reply_to"],
                condition=Q(reply_to__isnull=False),
                name="chat_message_reply",
            ),
            models.Index(
                fields=["template"],
                condition=Q(template__isnull=False),
                name="chat_message_template",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} in {self.room_id}"


class ChatMessageEditQuerySet(BaseQuerySet["ChatMessageEdit"]):
    """What messages said before, by who may see it."""

    def visible_to(self, viewer: Viewer) -> Self:
        """That of one's own messages; all of it for staff who oversee messages."""
        if viewer.oversees(ChatMessage):
            return self
        if not viewer.is_signed_in:
            return self.none()
        return self.filter(message__sender=viewer.user_id)


class ChatMessageEdit(AbstractTimestampedModel):
    """What a message said before it was changed."""

    message = models.ForeignKey(
        ChatMessage, models.CASCADE, related_name="edits", help_text="What was changed."
    )
    content = models.TextField(help_text="What it said before.")

    objects: ClassVar[Any] = ChatMessageEditQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Before an edit of {self.message_id}"
