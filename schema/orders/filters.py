"""Filters and orders of orders and bids."""

from collections.abc import Callable
from typing import Any

import strawberry
import strawberry_django
from django.db.models import F, Q, QuerySet
from strawberry import auto, relay
from strawberry_django import Ordering

from apps.accounts.models import ClientProfile
from apps.catalog.urgency import Urgency
from apps.orders import models
from apps.orders.selectors import distance_to_bidder
from apps.providers.models import ServiceProviderProfile
from kernel.money import CurrencyMismatch
from schema.base.context import Info
from schema.base.ids import Ids, key
from schema.base.types import MoneyInput
from schema.catalog.filters import ServiceAreaFilter, ServiceSubcategoryFilter
from schema.providers.filters import ProviderFilter


@strawberry_django.filter_type(models.Order, lookups=True)
class OrderFilter:
    """Which orders to list."""

    id: Ids | None
    status: models.Order.Status | None
    urgency: Urgency | None
    city: auto
    country: auto
    service_date: auto
    created_at: auto
    published_at: auto
    expires_at: auto
    is_featured: auto
    service_subcategory: ServiceSubcategoryFilter | None
    area: ServiceAreaFilter | None

    @strawberry_django.filter_field(description="Those that a client placed.")
    def client_id(self, value: relay.GlobalID, prefix: str) -> Q:
        """Those of a client."""
        return Q(**{f"{prefix}client_profile": key(value, of=ClientProfile)})

    @strawberry_django.filter_field(
        description="Those that a provider carries out, as far as one may know of it."
    )
    def provider_id(self, info: Info, value: relay.GlobalID, prefix: str) -> Q:
        """Those assigned to a provider: who won an order is no secret to its parties alone."""
        visible = models.OrderAssignment.objects.visible_to(info.context.viewer)
        won = visible.filter(provider=key(value, of=ServiceProviderProfile))
        return Q(**{f"{prefix}pk__in": won.values("order")})

    @strawberry_django.filter_field(
        description="Whether there was ever a dispute over it, as far as one may know of it."
    )
    def is_disputed(self, info: Info, value: bool, prefix: str) -> Q:
        """Those with a dispute, or those without one."""
        visible = models.OrderDispute.objects.visible_to(info.context.viewer)
        disputed = Q(**{f"{prefix}pk__in": visible.values("order")})
        return disputed if value else ~disputed


@strawberry_django.order_type(models.Order)
class OrderOrder:
    """How to order orders."""

    created_at: auto
    published_at: auto
    expires_at: auto
    service_date: auto
    bid_count: auto
    is_featured: auto


@strawberry.input(description="Bounds of an amount, in one currency.")
class AmountRange:
    """From one amount to another, both included."""

    least: MoneyInput | None = strawberry.field(default=None, description="The least amount.")
    most: MoneyInput | None = strawberry.field(default=None, description="The greatest amount.")

    def holds(self, amount: str, currency: str) -> Q:
        """Rows with an amount within the bounds; raises CurrencyMismatch or InvalidAmount."""
        rows = Q()
        bounds = {"gte": self.least, "lte": self.most}
        given = {name: bound.to_money() for name, bound in bounds.items() if bound}
        if len({bound.currency for bound in given.values()}) > 1:
            raise CurrencyMismatch
        for name, bound in given.items():
            rows &= Q(**{currency: bound.currency, f"{amount}__{name}": bound.minor})
        return rows


@strawberry_django.filter_type(models.Bid, lookups=True)
class BidFilter:
    """Which bids to list."""

    id: Ids | None
    status: models.Bid.Status | None
    turn: models.Party | None
    is_negotiable: auto
    created_at: auto
    expires_at: auto
    order: OrderFilter | None
    provider: ProviderFilter | None

    @strawberry_django.filter_field(description="Those for an amount within bounds.")
    def amount(self, value: AmountRange, prefix: str) -> Q:
        """Those for an amount within bounds, in the bounds' currency."""
        return value.holds(f"{prefix}amount", f"{prefix}currency")


@strawberry_django.order_type(models.Bid)
class BidOrder:
    """How to order bids."""

    amount: auto
    created_at: auto
    expires_at: auto


@strawberry_django.filter_type(models.CounterOffer, lookups=True)
class CounterOfferFilter:
    """Which counter-offers to list."""

    id: Ids | None
    party: models.Party | None
    created_at: auto


@strawberry_django.order_type(models.CounterOffer)
class CounterOfferOrder:
    """How to order counter-offers."""

    amount: auto
    created_at: auto


def _by(expression: Callable[[], Any], description: str) -> Any:
    """An order of bids by an expression, in which what is not known comes last."""

    def ordered(
        self: Any, queryset: QuerySet[Any], value: Ordering, prefix: str
    ) -> tuple[QuerySet[Any], list[Any]]:
        way = expression().asc if value.name.startswith("ASC") else expression().desc
        first = value.name.endswith("NULLS_FIRST")
        return queryset, [way(nulls_first=True) if first else way(nulls_last=True)]

    return strawberry_django.order_field(ordered, description=description)


@strawberry_django.order_type(models.Bid, name="BidComparisonOrder")
class BidComparisonOrder:
    """How to order bids that are compared. What is not known comes last."""

    price = _by(lambda: F("amount"), "By the price.")
    rating = _by(lambda: F("provider__average_rating"), "By the mean of the provider's reviews.")
    distance = _by(distance_to_bidder, "By how far the provider's base is.")
    response = _by(
        lambda: F("provider__response_time_minutes"), "By how fast the provider answers."
    )
    completion = _by(lambda: F("provider__completion_rate"), "By the provider's completed jobs.")
