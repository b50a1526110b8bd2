"""Providers, as clients see them: without contact data."""

import strawberry_django
from django.db.models import CharField, IntegerField, Value
from strawberry import auto

from apps.providers import models
from schema.base.pagination import Connection, connection
from schema.base.types import Node, choices, money
from schema.catalog.types import ServiceAddon, ServiceArea, ServiceSubcategory

PriceType = choices(
    models.ServiceProviderService.PriceType,
    "ServicePriceType",
    "What a provider's price is for.",
    FIXED="All of the work.",
    HOURLY="An hour.",
    NEGOTIABLE="A start: it is agreed on for each order.",
)


@strawberry_django.type(models.ServiceProviderProfile)
class ServiceProviderProfile(Node):
    """A business that carries out services."""

    business_name: auto
    business_description: auto
    years_of_experience: auto
    travel_radius: auto
    city: auto
    country: auto
    currency: auto
    is_available: auto
    availability_schedule: auto
    average_rating: auto
    total_reviews: auto
    is_verified_provider: auto
    response_time_minutes: auto
    created_at: auto
    version: auto

    # Credits and plans are domains still to come: nobody has a wallet or is on a plan yet.
    credit_balance: int | None = strawberry_django.field(
        annotate=Value(None, output_field=IntegerField()),
        description="Credits left to spend; null where there is no wallet.",
    )
    subscription_tier: str | None = strawberry_django.field(
        annotate=Value(None, output_field=CharField()),
        description="The plan that it is on; null without one.",
    )

    @strawberry_django.field(description="Kilometres from the place of `near`; null without it.")
    def distance_km(self) -> float | None:
        """How far it is from the place that was asked for."""
        return getattr(self, "distance_km", None)

    services: Connection["ServiceProviderService"] = connection(description="What it offers.")
    service_areas: Connection[ServiceArea] = connection(description="Where it works.")


@strawberry_django.type(models.ServiceProviderService)
class ServiceProviderService(Node):
    """A service that a provider offers, at its own price."""

    provider: ServiceProviderProfile
    subcategory: ServiceSubcategory
    description: auto
    price_type: models.ServiceProviderService.PriceType
    is_available: auto
    estimated_duration: auto
    version: auto
    base_price = money(models.ServiceProviderService, "base_price")
    available_addons: Connection[ServiceAddon] = connection(description="What can be added.")
