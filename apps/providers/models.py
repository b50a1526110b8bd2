"""Those who do the work: their profiles, and what they offer."""

from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from kernel.audit import audited
from kernel.models import (
    AbstractCascadingSoftDeleteModel,
    AbstractSoftDeleteModel,
    CascadingSoftDeleteManager,
    SoftDeleteManager,
    SoftDeleteQuerySet,
    place_on_earth,
    unique_active,
)
from kernel.money import CurrencyField, MoneyField
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
    currency = CurrencyField(default="USD", help_text="The currency that it charges in.")
    is_available = models.BooleanField(default=True, help_text="Whether it takes work now.")
    availability_schedule = models.JSONField(
        default=dict, blank=True, help_text="Opening hours by weekday: {mon: [[08:00, 17:00]]}."
    )
    average_rating = models.DecimalField(
        max_digits=3, decimal_places=2, default=Decimal(0), help_text="Mean of its reviews, 0 to 5."
    )
    total_reviews = models.PositiveIntegerField(default=0, help_text="How many reviews it has.")
    is_verified_provider = models.BooleanField(
        default=False, help_text="Whether staff checked its documents."
    )
    verification_documents = models.JSONField(
        default=list, blank=True, help_text="The documents that it showed."
    )
    response_time_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text="How fast it answers, in minutes."
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
                condition=Q(average_rating__range=(0, 5)), name="provider_rating"
            ),
            models.CheckConstraint(
                condition=Q(leads_won__lte=F("leads_received")), name="provider_leads"
            ),
        ]
        indexes = [
            models.Index(
                fields=["latitude", "longitude"],
                condition=Q(is_deleted=False),
                name="provider_location",
            ),
            models.Index(
                F("average_rating").desc(),
                F("id"),
                condition=Q(is_deleted=False),
                name="provider_best",
            ),
        ]
        triggers = [
            audited(
                personal=(
                    *("business_name", "business_description", "business_license"),
                    *("verification_documents", "city", "country", "latitude", "longitude"),
                ),
                ignored=(
                    *("average_rating", "total_reviews", "response_time_minutes"),
                    *("leads_received", "leads_won", "conversion_rate"),
                ),
            )
        ]

    def __str__(self) -> str:
        return self.business_name

    def get_cascade_fields(self) -> list[str]:
        """What it offers."""
        return ["services"]


class OfferedServiceQuerySet(SoftDeleteQuerySet["ServiceProviderService"]):
    """Offered services, which everyone may see."""

    def visible_to(self, viewer: Viewer) -> Self:
        """All of them."""
        return self


class ServiceProviderService(AbstractSoftDeleteModel):
    """A service that a provider offers, at its own price."""

    class PriceType(models.TextChoices):
        FIXED = "FIXED"
        HOURLY = "HOURLY"
        NEGOTIABLE = "NEGOTIABLE"

    provider = models.ForeignKey(
        ServiceProviderProfile, models.PROTECT, related_name="services", help_text="Who offers it."
    )
    subcategory = models.ForeignKey(
        "catalog.ServiceSubcategory", models.PROTECT, related_name="offers", help_text="What it is."
    )
    description = models.TextField(blank=True, help_text="How the provider does it.")
    currency = CurrencyField(help_text="The currency of its price.")
    base_price = MoneyField(currency="currency", help_text="What it costs.")
    price_type = models.CharField(
        max_length=10,
        choices=PriceType,
        default=PriceType.FIXED,
        help_text="What the price is for.",
    )
    is_available = models.BooleanField(default=True, help_text="Whether it can be had now.")
    estimated_duration = models.PositiveIntegerField(default=60, help_text="Minutes it takes.")
    available_addons = models.ManyToManyField(
        "catalog.ServiceAddon", blank=True, related_name="offers", help_text="What can be added."
    )

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(OfferedServiceQuerySet)()

    class Meta:
        constraints = [
            unique_active(
                "provider",
                "subcategory",
                name="provider_service_once",
                code="already_offered",
                message="The provider offers this service already.",
            ),
            models.CheckConstraint(
                condition=Q(base_price__gt=0),
                name="provider_service_price",
                violation_error_code="amount_not_positive",
                violation_error_message="The price must be above zero.",
            ),
        ]
        triggers = [audited()]

    def __str__(self) -> str:
        return f"{self.subcategory} by {self.provider}"
