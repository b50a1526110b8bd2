"""Filters and orders of orders and bids."""

import strawberry_django
from strawberry import auto

from apps.orders import models
from schema.base.ids import Ids
from schema.catalog.filters import ServiceAreaFilter, ServiceSubcategoryFilter


@strawberry_django.filter_type(models.Order, lookups=True)
class OrderFilter:
    """Which orders to list."""

    id: Ids | None
    status: models.Order.Status | None
    urgency: models.Order.Urgency | None
    city: auto
    country: auto
    service_date: auto
    created_at: auto
    is_featured: auto
    service_subcategory: ServiceSubcategoryFilter | None
    area: ServiceAreaFilter | None


@strawberry_django.order_type(models.Order)
class OrderOrder:
    """How to order orders."""

    created_at: auto
    service_date: auto
    bid_count: auto


@strawberry_django.filter_type(models.Bid, lookups=True)
class BidFilter:
    """Which bids to list."""

    id: Ids | None
    status: models.Bid.Status | None
    created_at: auto


@strawberry_django.order_type(models.Bid)
class BidOrder:
    """How to order bids."""

    amount: auto
    created_at: auto
