"""Filters and orders of what differs from a provider's weekly hours."""

import strawberry_django
from strawberry import auto

from apps.providers import models


@strawberry_django.filter_type(models.ProviderHoursException, lookups=True)
class ProviderHoursExceptionFilter:
    """Which days to list."""

    date: auto


@strawberry_django.order_type(models.ProviderHoursException)
class ProviderHoursExceptionOrder:
    """How to order days."""

    date: auto


@strawberry_django.filter_type(models.ProviderTimeOff, lookups=True)
class ProviderTimeOffFilter:
    """Which times off to list."""

    starts_at: auto
    ends_at: auto


@strawberry_django.order_type(models.ProviderTimeOff)
class ProviderTimeOffOrder:
    """How to order times off."""

    starts_at: auto
