"""Where services are offered."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db import models
from django.db.models import Q

from apps.catalog.models.entries import ActiveQuerySet, TranslatedModel, not_negative
from apps.catalog.models.services import ServiceCategory
from kernel.audit import audited
from kernel.models import SoftDeleteManager
from kernel.money import CurrencyField, MoneyField
from kernel.places import position


class ServiceArea(TranslatedModel):
    """A place where services are offered, such as a suburb."""

    translatable = ("name", "city")

    name = models.CharField(max_length=100, help_text="What it is called.")
    city = models.CharField(max_length=100, help_text="The city.")
    state = models.CharField(max_length=100, blank=True, help_text="Province or region.")
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2 code.")
    latitude = models.FloatField(help_text="Degrees north of its centre.")
    longitude = models.FloatField(help_text="Degrees east of its centre.")
    radius_km = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How far it reaches from its centre, in kilometres."
    )
    postal_codes = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, help_text="Its postal codes."
    )
    is_active = models.BooleanField(default=True, help_text="Whether services are offered there.")
    service_categories = models.ManyToManyField(
        ServiceCategory, blank=True, related_name="areas", help_text="What is offered there."
    )
    time_zone = models.CharField(
        max_length=64, default="UTC", help_text="The zone of its clocks, such as Africa/Lagos."
    )
    currency = CurrencyField(default="USD", help_text="The currency used there.")
    base_price_multiplier = models.DecimalField(
        max_digits=8,
        decimal_places=4,
        default=1,
        help_text="What base prices are multiplied by there, the exchange rate included.",
    )
    travel_fee = MoneyField(currency="currency", default=0, help_text="What going there costs.")

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(ActiveQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="area_place",
                violation_error_code="invalid_place",
                violation_error_message="These are no coordinates on Earth.",
            ),
            models.CheckConstraint(
                condition=Q(base_price_multiplier__gt=0),
                name="area_multiplier",
                violation_error_code="invalid_multiplier",
                violation_error_message="Prices can be multiplied by more than nothing only.",
            ),
            not_negative("travel_fee", name="area_travel_fee"),
            models.CheckConstraint(
                condition=Q(radius_km=None) | Q(radius_km__range=(1, 500)),
                name="area_radius",
                violation_error_code="invalid_radius",
                violation_error_message="The radius must be 1 to 500 km.",
            ),
        ]
        indexes = [
            models.Index(fields=["country", "city"], name="area_city"),
            GistIndex(position("latitude", "longitude"), name="area_location"),
            GinIndex(fields=["postal_codes"], name="area_postal_codes"),
        ]
        triggers = [audited(tenant="")]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"
