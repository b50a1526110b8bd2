"""What users tell staff about messages."""

from typing import Any, ClassVar, Self

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q

from apps.chat.models.messages import ChatMessage
from kernel.models import AbstractTimestampedModel, BaseQuerySet
from kernel.viewer import Viewer


class ChatReportQuerySet(BaseQuerySet["ChatReport"]):
    """Reports by who may see them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those that one made; all of them for staff who oversee them."""
        if viewer.oversees(self.model):
            return self
        return self.filter(reporter=viewer.user_id)


class ChatReport(AbstractTimestampedModel):
    """A user's word to staff that a message should not have been sent."""

    class Reason(models.TextChoices):
        SPAM = "SPAM"
        SCAM = "SCAM"
        HARASSMENT = "HARASSMENT"
        INAPPROPRIATE = "INAPPROPRIATE"
        OTHER = "OTHER"

    class Status(models.TextChoices):
        OPEN = "OPEN"
        UPHELD = "UPHELD"
        DISMISSED = "DISMISSED"

    class Action(models.TextChoices):
        NONE = "NONE"
        MESSAGE_DELETED = "MESSAGE_DELETED"
        PARTICIPANT_BLOCKED = "PARTICIPANT_BLOCKED"
        USER_BLOCKED = "USER_BLOCKED"

    message = models.ForeignKey(
        ChatMessage,
        models.SET_NULL,
        null=True,
        related_name="reports",
        db_index=False,  # The unique index below begins with it.
        help_text="What is reported; null once it is gone for good.",
    )
    reporter = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="chat_reports", help_text="Who reports it."
    )
    reason = models.CharField(max_length=13, choices=Reason, help_text="What is wrong with it.")
    description = models.TextField(
        blank=True, validators=[MaxLengthValidator(2_000)], help_text="What is said about it."
    )
    evidence = models.JSONField(
        default=dict, blank=True, help_text="The message as it stood when it was reported."
    )
    status = models.CharField(
        max_length=9, choices=Status, default=Status.OPEN, help_text="Where it stands."
    )
    admin_notes = models.TextField(blank=True, help_text="What staff noted; for staff alone.")
    resolved_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who decided it.",
    )
    resolved_at = models.DateTimeField(null=True, blank=True, help_text="When it was decided.")
    action_taken = models.CharField(
        max_length=19, choices=Action, default=Action.NONE, help_text="What was done about it."
    )

    objects: ClassVar[Any] = ChatReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "reporter"],
                name="chat_report_once",
                violation_error_code="already_reported",
                violation_error_message="You have reported this message.",
            ),
            models.CheckConstraint(
                condition=Q(status="OPEN", resolved_at=None)
                | (~Q(status="OPEN") & Q(resolved_at__isnull=False)),
                name="chat_report_resolved",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "created_at"], name="chat_report_queue"),
            models.Index(fields=["-created_at", "id"], name="chat_report_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} by {self.reporter_id}"
