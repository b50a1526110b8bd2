"""Filters and orders of leads."""

import strawberry_django
from django.db.models import Q
from strawberry import auto

from apps.catalog.urgency import Urgency
from apps.leads import models
from apps.leads.access import asked_or_overseen, holds_assignment
from schema.base.context import Info
from schema.base.ids import Ids
from schema.catalog.filters import (
    ServiceAreaFilter,
    ServiceCategoryFilter,
    ServiceSubcategoryFilter,
)
from schema.providers.filters import ProviderFilter


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


@strawberry_django.filter_type(models.LeadAssignment, lookups=True)
class LeadAssignmentFilter:
    """Which leads in the hands of providers to list."""

    id: Ids | None
    status: models.LeadAssignment.Status | None
    assigned_at: auto
    created_at: auto
    lead: LeadFilter | None
    provider: ProviderFilter | None

    @strawberry_django.filter_field(
        description="Those with such a refund; of one's own business, all of them for staff."
    )
    def refund_status(
        self, info: Info, value: models.LeadAssignment.RefundStatus, prefix: str
    ) -> Q:
        """Those with such a refund, as far as one may know."""
        known = models.LeadAssignment.objects.filter(holds_assignment(info.context.viewer))
        return Q(**{f"{prefix}pk__in": known.filter(refund_status=value).values("pk")})


@strawberry_django.order_type(models.LeadAssignment)
class LeadAssignmentOrder:
    """How to order leads in the hands of providers."""

    assigned_at: auto
    created_at: auto


@strawberry_django.filter_type(models.LeadMatch, lookups=True)
class LeadMatchFilter:
    """Which matches to list."""

    id: Ids | None
    state: models.LeadMatch.State | None
    created_at: auto
    lead: LeadFilter | None
    provider: ProviderFilter | None


@strawberry_django.order_type(models.LeadMatch)
class LeadMatchOrder:
    """How to order matches."""

    rank: auto
    created_at: auto


@strawberry_django.filter_type(models.LeadRefundReason, lookups=True)
class LeadRefundReasonFilter:
    """Which reasons to list."""

    id: Ids | None
    code: auto
    is_active: auto


@strawberry_django.order_type(models.LeadRefundReason)
class LeadRefundReasonOrder:
    """How to order reasons."""

    sort_order: auto
