"""Filters and orders of leads."""

import strawberry_django
from django.db.models import Q
from strawberry import auto

from apps.catalog.urgency import Urgency
from apps.leads import models
from apps.leads.access import asked_or_overseen
from schema.base.context import Info
from schema.base.ids import Ids
from schema.catalog.filters import (
    ServiceAreaFilter,
    ServiceCategoryFilter,
    ServiceSubcategoryFilter,
)


@strawberry_django.filter_type(models.Lead, lookups=True)
class LeadFilter:
    """Which leads to list."""

    id: Ids | None
    status: models.Lead.Status | None
    urgency: Urgency | None
    city: auto
    category: ServiceCategoryFilter | None
    subcategory: ServiceSubcategoryFilter | None
    area: ServiceAreaFilter | None
    created_at: auto
    expires_at: auto
    verification_score: auto

    @strawberry_django.filter_field(
        description="Whether somebody asked for the same before; for who asked, and staff."
    )
    def is_duplicate(self, info: Info, value: bool, prefix: str) -> Q:
        """Those that ask again, or those that do not, as far as one may know."""
        known = models.Lead.objects.filter(asked_or_overseen(info.context.viewer))
        found = known.filter(duplicate_of__isnull=not value)
        return Q(**{f"{prefix}pk__in": found.values("pk")})


@strawberry_django.order_type(models.Lead)
class LeadOrder:
    """How to order leads."""

    created_at: auto
    expires_at: auto
    verification_score: auto
