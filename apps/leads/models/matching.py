"""Which providers were looked at for a lead, and what providers want."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from apps.leads.models.leads import Lead
from apps.providers.models import ServiceProviderProfile
from kernel.audit import audited
from kernel.models import AbstractTimestampedModel, BaseQuerySet
from kernel.viewer import Viewer


class LeadMatchQuerySet(BaseQuerySet["LeadMatch"]):
    """Matches by who may see them."""

    def standing(self) -> Self:
        """Those by which a provider can still have the lead."""
        return self.filter(state__in=[LeadMatch.State.WAITING, LeadMatch.State.OFFERED])

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of one's own business that it was told of; all of them for staff."""
        if viewer.oversees(self.model):
            return self
        if not viewer.is_signed_in:
            return self.none()
        return self.filter(offered_at__isnull=False, provider__user_profile__user=viewer.user_id)


class LeadMatch(AbstractTimestampedModel):
    """A provider who was looked at for a lead: how well it fits, and what came of that."""

    class State(models.TextChoices):
        WAITING = "WAITING"
        OFFERED = "OFFERED"
        ASSIGNED = "ASSIGNED"
        REJECTED = "REJECTED"
        ENDED = "ENDED"

    class Reason(models.TextChoices):
        NOT_VERIFIED = "NOT_VERIFIED"
        NOT_AVAILABLE = "NOT_AVAILABLE"
        AWAY = "AWAY"
        NOT_WANTED = "NOT_WANTED"
        DOCUMENTS_MISSING = "DOCUMENTS_MISSING"
        TOO_BUSY = "TOO_BUSY"
        NO_CREDITS = "NO_CREDITS"
        DAILY_LIMIT = "DAILY_LIMIT"
        TAKEN = "TAKEN"
        EXPIRED = "EXPIRED"
        CANCELLED = "CANCELLED"

    # For both, a wider index below begins with the column.
    lead = models.ForeignKey(
        Lead, models.CASCADE, related_name="matches", db_index=False, help_text="For what."
    )
    provider = models.ForeignKey(
        ServiceProviderProfile,
        models.PROTECT,
        related_name="lead_matches",
        db_index=False,
        help_text="Who was looked at.",
    )
    rank = models.PositiveSmallIntegerField(help_text="Its place among all who fit, from 1.")
    score = models.PositiveSmallIntegerField(help_text="How well the provider fits, 0 to 100.")
    parts = models.JSONField(default=dict, help_text="What the score is made of.")
    scoring_version = models.PositiveSmallIntegerField(help_text="The version of the scoring.")
    is_automatic = models.BooleanField(
        default=False, help_text="Whether the provider takes leads without being asked."
    )
    state = models.CharField(max_length=8, choices=State, help_text="What came of it.")
    reason = models.CharField(
        max_length=17, choices=Reason, blank=True, help_text="Why nothing came of it."
    )
    offered_at = models.DateTimeField(
        null=True, blank=True, help_text="When the provider was told of it."
    )
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when it can be had no more."
    )

    objects: ClassVar[Any] = LeadMatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "lead matches"
        constraints = [
            models.UniqueConstraint(fields=["lead", "provider"], name="lead_match_once"),
            models.CheckConstraint(condition=Q(score__lte=100), name="lead_match_score"),
        ]
        indexes = [
            models.Index(fields=["lead", "rank"], name="lead_match_rank"),
            models.Index(fields=["provider", "-offered_at"], name="lead_match_provider"),
            models.Index(fields=["-created_at", "id"], name="lead_match_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.lead}, for {self.provider}"


class OwnPreferenceQuerySet(BaseQuerySet["LeadPreference"]):
    """What providers want, for themselves."""

    def visible_to(self, viewer: Viewer) -> Self:
        """That of one's own business; all of them for staff."""
        if viewer.oversees(self.model):
            return self
        return self.filter(provider__user_profile__user=viewer.user_id)


class LeadPreference(AbstractTimestampedModel):
    """How a provider wants to get leads, and what that may cost."""

    class Mode(models.TextChoices):
        AUTOMATIC = "AUTOMATIC"
        CLAIM = "CLAIM"
        NONE = "NONE"

    provider = models.OneToOneField(
        ServiceProviderProfile,
        models.CASCADE,
        related_name="lead_preference",
        help_text="Who wants it so.",
    )
    mode = models.CharField(max_length=9, choices=Mode, help_text="How leads are to come.")
    daily_credits = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="What leads that come by themselves may cost in a day, by UTC; null for any.",
    )

    objects: ClassVar[Any] = OwnPreferenceQuerySet.as_manager()

    class Meta:
        triggers = [audited()]

    def __str__(self) -> str:
        return f"{self.mode} for {self.provider}"
