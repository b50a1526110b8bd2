"""Businesses that carry out services, as they present themselves, and their figures."""

from decimal import Decimal
from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q

from kernel.audit import audited
from kernel.models import (
    AbstractCascadingSoftDeleteModel,
    CascadingSoftDeleteManager,
    SoftDeleteQuerySet,
    place_on_earth,
)
from kernel.money import CurrencyField
from kernel.places import whereabouts
from kernel.viewer import Viewer


class ProviderQuerySet(SoftDeleteQuerySet["ServiceProviderProfile"]):
    """Providers by place and reputation."""

    def visible_to(self, viewer: Viewer) -> Self:
        """All of them: profiles are public, without contact data."""
        return self


class ServiceProviderProfile(AbstractCascadingSoftDeleteModel):
    """A business that carries out services."""

    user_profile = models.OneToOneField(
        "accounts.UserProfile",
        models.PROTECT,
        related_name="provider_profile",
        help_text="Who runs it.",
    )
    organization = models.ForeignKey(
        "organizations.Organization",
        models.PROTECT,
        related_name="provider_profiles",
        help_text="The organization that it belongs to.",
    )
    business_name = models.CharField(max_length=200, help_text="What it is called.")
    business_description = models.TextField(blank=True, help_text="What it does.")
    business_license = models.CharField(max_length=100, blank=True, help_text="Licence number.")
    years_of_experience = models.PositiveSmallIntegerField(default=0, help_text="Years in trade.")
    service_areas = models.ManyToManyField(
        "catalog.ServiceArea", blank=True, related_name="providers", help_text="Where it works."
    )
    travel_radius = models.PositiveIntegerField(
        default=25, help_text="How far it goes from its place, in kilometres."
    )
    city = models.CharField(max_length=100, blank=True, help_text="Where it is based.")
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2 code.")
    latitude = models.FloatField(null=True, blank=True, help_text="Degrees north of its base.")
    longitude = models.FloatField(null=True, blank=True, help_text="Degrees east of its base.")
    time_zone = models.CharField(
        max_length=64, default="UTC", help_text="The zone of its hours, such as Africa/Lagos."
    )
    currency = CurrencyField(default="USD", help_text="The currency that it charges in.")
    is_available = models.BooleanField(default=True, help_text="Whether it takes work now.")
    availability_schedule = models.JSONField(
        default=dict, blank=True, help_text="Opening hours by weekday: {mon: [[08:00, 17:00]]}."
    )
    average_rating = models.DecimalField(
        max_digits=3, decimal_places=2, default=Decimal(0), help_text="Mean of its reviews, 0 to 5."
    )
    total_reviews = models.PositiveIntegerField(default=0, help_text="How many reviews it has.")
    rating_sum = models.PositiveIntegerField(default=0, help_text="All stars of its reviews.")
    is_verified_provider = models.BooleanField(
        default=False, help_text="Whether staff checked its documents."
    )
    response_time_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text="How fast it answers, in minutes."
    )
    responses = models.PositiveIntegerField(default=0, help_text="Orders that it bid on.")
    response_seconds = models.PositiveBigIntegerField(
        default=0, help_text="Seconds from publication to bid, of all of them."
    )
    jobs_taken = models.PositiveIntegerField(default=0, help_text="Orders that it was given.")
    jobs_completed = models.PositiveIntegerField(
        default=0, help_text="Those of them that clients confirmed as done."
    )
    completion_rate = models.DecimalField(
        max_digits=5, decimal_places=2, default=Decimal(0), help_text="Jobs completed, in percent."
    )
    leads_received = models.PositiveIntegerField(default=0, help_text="Leads assigned to it.")
    leads_won = models.PositiveIntegerField(default=0, help_text="Leads that it won.")
    conversion_rate = models.DecimalField(
        max_digits=5, decimal_places=2, default=Decimal(0), help_text="Leads won, in percent."
    )

    objects: ClassVar[Any] = CascadingSoftDeleteManager.from_queryset(ProviderQuerySet)()

    class Meta:
        constraints = [
            place_on_earth("provider_place"),
            models.CheckConstraint(
                condition=Q(travel_radius__range=(1, 500)),
                name="provider_radius",
                violation_error_code="invalid_radius",
                violation_error_message="The radius must be 1 to 500 km.",
            ),
            models.CheckConstraint(
                condition=Q(average_rating__range=(0, 5)), name="provider_rating"
            ),
            models.CheckConstraint(
                condition=Q(leads_won__lte=F("leads_received")), name="provider_leads"
            ),
            models.CheckConstraint(
                condition=Q(jobs_completed__lte=F("jobs_taken")), name="provider_jobs"
            ),
        ]
        indexes = [
            GistIndex(
                whereabouts(),
                condition=Q(is_deleted=False),
                name="provider_location",
            ),
            models.Index(
                F("average_rating").desc(),
                F("id"),
                condition=Q(is_deleted=False),
                name="provider_best",
            ),
            models.Index(fields=["-created_at", "id"], name="provider_newest"),
            models.Index(fields=["business_name"], name="provider_name"),
            models.Index(fields=["city"], name="provider_city"),
        ]
        triggers = [
            audited(
                personal=(
                    *("business_name", "business_description", "business_license"),
                    *("city", "country", "latitude", "longitude"),
                ),
                ignored=(
                    *("average_rating", "total_reviews", "rating_sum"),
                    *("response_time_minutes", "responses", "response_seconds"),
                    *("jobs_taken", "jobs_completed", "completion_rate"),
                    *("leads_received", "leads_won", "conversion_rate"),
                ),
            )
        ]

    def __str__(self) -> str:
        return self.business_name

    def get_cascade_fields(self) -> list[str]:
        """What it offers, and the documents that it showed."""
        return ["services", "verification_documents"]
