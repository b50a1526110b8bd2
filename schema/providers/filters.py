"""Filters and orders of providers."""

from datetime import datetime
from typing import Any

import strawberry
import strawberry_django
from django.db.models import F, Q, QuerySet
from strawberry import auto, relay
from strawberry_django import Ordering

from apps.catalog.models import ServiceArea, ServiceCategory, ServiceSubcategory
from apps.providers import errors, hours, models, selectors
from schema.base.context import Info
from schema.base.ids import Ids, key
from schema.base.types import MoneyInput

Type = models.ProviderDocument.Type


@strawberry.input(description="What a service may cost; in one currency.")
class ServicePriceInput:
    """A service, and a range of prices."""

    subcategory_id: relay.GlobalID = strawberry.field(description="The service.")
    least: MoneyInput | None = strawberry.field(default=None, description="The lowest price.")
    most: MoneyInput | None = strawberry.field(default=None, description="The highest price.")


@strawberry.input(description="An order by what a service costs.")
class ServicePriceOrder:
    """A service, a currency and a direction."""

    subcategory_id: relay.GlobalID = strawberry.field(description="The service.")
    currency: str = strawberry.field(
        description="ISO 4217 code. Who does not offer the service for it comes last."
    )
    direction: Ordering = strawberry.field(
        default=Ordering.ASC, description="The cheapest or the dearest first."
    )


def _showing(document_type: models.ProviderDocument.Type, description: str) -> Any:
    """A filter by whether staff saw such a document that holds."""

    def shows(self: Any, value: bool, prefix: str) -> Q:
        able = models.ServiceProviderProfile.objects.filter(models.shows(document_type))
        found = Q(**{f"{prefix}pk__in": able.values("pk")})
        return found if value else ~found

    return strawberry_django.filter_field(description=description)(shows)


@strawberry_django.filter_type(models.ServiceProviderProfile, lookups=True)
class ProviderFilter:
    """Which providers to list."""

    id: Ids | None
    business_name: auto
    city: auto
    country: auto
    currency: auto
    is_available: auto
    is_verified_provider: auto
    average_rating: auto
    total_reviews: auto
    is_licensed = _showing(Type.LICENSE, "Those with a licence that staff saw and that holds.")
    is_insured = _showing(Type.INSURANCE, "Those with an insurance that staff saw and that holds.")
    is_background_checked = _showing(
        Type.BACKGROUND_CHECK, "Those with a background check that staff saw and that holds."
    )

    @strawberry_django.filter_field(description="Those who offer work in a category.")
    def category_id(self, info: Info, value: relay.GlobalID, prefix: str) -> Q:
        """Those who offer work in a category or a branch below it."""
        offers = selectors.offering_category(key(value, of=ServiceCategory))
        return _providers_of(offers, prefix)

    @strawberry_django.filter_field(description="Those who offer a service.")
    def subcategory_id(self, value: relay.GlobalID, prefix: str) -> Q:
        """Those who offer a service now."""
        return _providers_of(selectors.offering(key(value, of=ServiceSubcategory)), prefix)

    @strawberry_django.filter_field(description="Those who offer a service within a price range.")
    def price(self, value: ServicePriceInput, prefix: str) -> Q:
        """Those who offer a service now, for a price within a range and in its currency."""
        offers = selectors.offering(
            key(value.subcategory_id, of=ServiceSubcategory),
            least=value.least.to_money() if value.least else None,
            most=value.most.to_money() if value.most else None,
        )
        return _providers_of(offers, prefix)

    @strawberry_django.filter_field(description="Those who work in an area.")
    def area_id(self, value: relay.GlobalID, prefix: str) -> Q:
        """Those who say that they work in an area."""
        working = models.ServiceProviderProfile.service_areas.through.objects.filter(
            servicearea=key(value, of=ServiceArea)
        )
        return Q(**{f"{prefix}pk__in": working.values("serviceproviderprofile")})

    @strawberry_django.filter_field(description="Those who are at work at an instant.")
    def available_at(self, value: datetime, prefix: str) -> Q:
        """Those who keep hours then, and are not away."""
        return Q(**{f"{prefix}pk__in": hours.open_at(value).values("pk")})


def _providers_of(offers: QuerySet[models.ServiceProviderService], prefix: str) -> Q:
    return Q(**{f"{prefix}pk__in": offers.values("provider")})


Ordered = tuple[QuerySet[Any], list[Any]]


@strawberry_django.order_type(models.ServiceProviderProfile)
class ProviderOrder:
    """How to order providers."""

    average_rating: auto
    total_reviews: auto
    business_name: auto
    created_at: auto

    @strawberry_django.order_field(
        description="By how well they match `search`; among equals the better rated first."
    )
    def relevance(self, queryset: QuerySet[Any], value: Ordering, prefix: str) -> Ordered:
        """By how well they match ``search``."""
        if "relevance" not in queryset.query.annotations:
            raise errors.SearchNeeded
        return queryset, [value.resolve("relevance"), *selectors.BY_REPUTATION]

    @strawberry_django.order_field(description="By distance from the place of `near`.")
    def distance(self, queryset: QuerySet[Any], value: Ordering, prefix: str) -> Ordered:
        """By distance from the place of ``near``."""
        if "chord" not in queryset.query.annotations:
            raise errors.NearNeeded
        return queryset, [value.resolve("chord")]

    @strawberry_django.order_field(
        description="By how fast they answer. Who never did comes last where nothing else is said."
    )
    def response_time_minutes(
        self, queryset: QuerySet[Any], value: Ordering, prefix: str
    ) -> Ordered:
        """By how fast they answer."""
        return queryset, [_known_first(value, f"{prefix}response_time_minutes")]

    @strawberry_django.order_field(description="By what a service costs.")
    def price(self, queryset: QuerySet[Any], value: ServicePriceOrder, prefix: str) -> Ordered:
        """By what they ask for a service in a currency."""
        service = key(value.subcategory_id, of=ServiceSubcategory)
        # A name of its own: a list may be ordered by what several services cost.
        name = f"price_{len(queryset.query.annotations)}"
        priced = queryset.alias(**{name: selectors.price_of(service, value.currency)})
        return priced, [_known_first(value.direction, name)]


def _known_first(way: Ordering, name: str) -> Any:
    if way is Ordering.DESC:
        return F(name).desc(nulls_last=True)
    return way.resolve(name)
