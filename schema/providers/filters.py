"""Filters and orders of providers."""

from typing import Any

import strawberry_django
from django.db.models import Q, QuerySet
from strawberry import auto, relay
from strawberry_django import Ordering

from apps.catalog.models import ServiceCategory
from apps.providers import errors, models, selectors
from schema.base.context import Info
from schema.base.ids import Ids, key


@strawberry_django.filter_type(models.ServiceProviderProfile, lookups=True)
class ProviderFilter:
    """Which providers to list."""

    id: Ids | None
    business_name: auto
    city: auto
    country: auto
    is_available: auto
    is_verified_provider: auto
    average_rating: auto

    @strawberry_django.filter_field(description="Those who offer work in a category.")
    def category_id(self, info: Info, value: relay.GlobalID, prefix: str) -> Q:
        """Those who offer work in a category or a branch below it."""
        offers = selectors.offering_category(key(value, of=ServiceCategory))
        return Q(**{f"{prefix}pk__in": offers.values("provider")})


@strawberry_django.order_type(models.ServiceProviderProfile)
class ProviderOrder:
    """How to order providers."""

    average_rating: auto
    total_reviews: auto
    business_name: auto
    created_at: auto

    @strawberry_django.order_field(description="By distance from the place of `near`.")
    def distance(
        self, queryset: QuerySet[Any], value: Ordering, prefix: str
    ) -> tuple[QuerySet[Any], list[Any]]:
        """By distance from the place of ``near``."""
        if "distance_km" not in queryset.query.annotations:
            raise errors.NearNeeded
        return queryset, [value.resolve("distance_km")]
