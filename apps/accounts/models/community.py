"""What users have with one another, and earn: requests for friendship, and points."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from kernel.models import AbstractTimestampedModel, BaseQuerySet
from kernel.viewer import Viewer


class FriendRequestQuerySet(BaseQuerySet["FriendRequest"]):
    """Requests by who may see them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those that one sent or got."""
        if viewer.is_system:
            return self
        if not viewer.is_signed_in:
            return self.none()
        return self.filter(Q(sender=viewer.user_id) | Q(receiver=viewer.user_id))


class FriendRequest(AbstractTimestampedModel):
    """One user's wish to be another's friend."""

    class Status(models.TextChoices):
        PENDING = "PENDING"
        ACCEPTED = "ACCEPTED"
        DECLINED = "DECLINED"

    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="friend_requests_sent",
        help_text="Who asks.",
    )
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="friend_requests_received",
        help_text="Who is asked.",
    )
    status = models.CharField(
        max_length=8, choices=Status, default=Status.PENDING, help_text="What came of it."
    )
    answered_at = models.DateTimeField(null=True, help_text="When it was answered.")

    objects: ClassVar[Any] = FriendRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Least("sender", "receiver"),
                Greatest("sender", "receiver"),
                condition=Q(status="PENDING"),
                name="friend_request_once",
                violation_error_code="friendship_requested",
                violation_error_message="One of you has asked the other already.",
            ),
            models.CheckConstraint(
                condition=~Q(sender=F("receiver")),
                name="friend_request_not_self",
                violation_error_code="own_friend",
                violation_error_message="One cannot be one's own friend.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sender_id} to {self.receiver_id}"


class PointsAward(AbstractTimestampedModel):
    """Points that a user got for a deed, once for each thing that it was done to."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="awards")
    deed = models.CharField(max_length=40)
    reference = models.UUIDField()
    points = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "deed", "reference"], name="points_award_once")
        ]

    def __str__(self) -> str:
        return f"{self.points} for {self.deed}"
