"""When providers work: what differs from their weekly hours."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from apps.providers.models.profiles import ServiceProviderProfile
from kernel.models import AbstractTimestampedModel, BaseQuerySet
from kernel.viewer import Viewer


class OwnHoursQuerySet(BaseQuerySet[Any]):
    """What a provider alone sees of its calendar."""

    def visible_to(self, viewer: Viewer) -> Self:
        """That of one's own business; all of it for staff who oversee it."""
        if viewer.oversees(self.model):
            return self
        return self.filter(provider__user_profile__user=viewer.user_id)


class ProviderHoursException(AbstractTimestampedModel):
    """A day on which a provider keeps other hours than in the week, or none."""

    provider = models.ForeignKey(
        ServiceProviderProfile,
        models.CASCADE,
        related_name="hours_exceptions",
        help_text="Whose hours they are.",
    )
    date = models.DateField(help_text="The day, in the provider's zone.")
    hours = models.JSONField(
        default=list, blank=True, help_text="Its hours, as [[08:00, 12:00]]; none when closed."
    )

    objects: ClassVar[Any] = OwnHoursQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "date"],
                name="hours_exception_once",
                violation_error_code="exception_exists",
                violation_error_message="The day has other hours already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.date}"


class ProviderTimeOff(AbstractTimestampedModel):
    """A time in which a provider takes no work."""

    provider = models.ForeignKey(
        ServiceProviderProfile,
        models.CASCADE,
        related_name="time_off",
        help_text="Who is away.",
    )
    starts_at = models.DateTimeField(help_text="When it begins.")
    ends_at = models.DateTimeField(help_text="When it ends.")
    reason = models.CharField(max_length=200, blank=True, help_text="Why, for oneself.")

    objects: ClassVar[Any] = OwnHoursQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="time_off_order_of_times",
                violation_error_code="invalid_range",
                violation_error_message="Time off ends after it starts.",
            )
        ]
        indexes = [models.Index(fields=["provider", "ends_at"], name="time_off_provider")]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d} to {self.ends_at:%Y-%m-%d}"
