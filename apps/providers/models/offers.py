"""What providers offer."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from apps.providers.models.profiles import ServiceProviderProfile
from kernel.audit import audited
from kernel.models import (
    AbstractSoftDeleteModel,
    AbstractTimestampedModel,
    BaseQuerySet,
    SoftDeleteManager,
    SoftDeleteQuerySet,
    unique_active,
)
from kernel.money import CurrencyField, MoneyField
from kernel.viewer import Viewer

#: Thirty days.
MOST_MINUTES = 43_200


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
            models.CheckConstraint(
                condition=Q(estimated_duration__range=(1, MOST_MINUTES)),
                name="provider_service_duration",
                violation_error_code="invalid_duration",
                violation_error_message="The work takes 1 to 43,200 minutes.",
            ),
        ]
        triggers = [audited()]

    def __str__(self) -> str:
        return f"{self.subcategory} by {self.provider}"


class AddonPriceQuerySet(BaseQuerySet["ProviderAddonPrice"]):
    """Prices of addons, which everyone may see."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of addons that are still in the catalog."""
        return self.filter(addon__is_deleted=False)


class ProviderAddonPrice(AbstractTimestampedModel):
    """What an addon costs with a provider, where that is not the catalog's price."""

    service = models.ForeignKey(
        ServiceProviderService,
        models.CASCADE,
        related_name="addon_prices",
        help_text="The offered service.",
    )
    addon = models.ForeignKey(
        "catalog.ServiceAddon", models.CASCADE, related_name="+", help_text="What is added."
    )
    currency = CurrencyField(help_text="The provider's currency.")
    price = MoneyField(currency="currency", help_text="What one costs.")

    objects: ClassVar[Any] = AddonPriceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "addon"],
                name="addon_price_once",
                violation_error_code="duplicate_addon",
                violation_error_message="The addon has a price already.",
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0),
                name="addon_price_not_negative",
                violation_error_code="amount_negative",
                violation_error_message="A price is not below zero.",
            ),
        ]
        triggers = [audited()]

    def __str__(self) -> str:
        return f"{self.addon} of {self.service}"
