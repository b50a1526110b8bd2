"""Filters and orders of providers."""

import strawberry_django
from strawberry import auto

from apps.providers import models




@strawberry_django.filter_type(models.ServiceProviderProfile, lookups=True)
class ProviderFilter:
    """Which providers to list."""

    id: auto
    business_name: auto
    city: auto
    country: auto
    is_available: auto
    is_verified_provider: auto
    average_rating: auto


@strawberry_django.order_type(models.ServiceProviderProfile)
class ProviderOrder:
    """How to order providers."""

    average_rating: auto
    total_reviews: auto
    business_name: auto
    created_at: auto
