"""Filters and orders of visits, reports on work, and disputes."""

import strawberry_django
from django.db.models import Q
from strawberry import auto

from apps.orders import models
from schema.base.ids import Ids
from schema.orders.filters import OrderFilter


@strawberry_django.filter_type(models.OrderVisit, lookups=True)
class VisitFilter:
    """Which visits to list."""

    id: Ids | None
    status: models.OrderVisit.Status | None
    proposed_by: models.Party | None
    starts_at: auto
    ends_at: auto


@strawberry_django.order_type(models.OrderVisit)
class VisitOrder:
    """How to order visits."""

    starts_at: auto
    created_at: auto


@strawberry_django.filter_type(models.ProgressNote, lookups=True)
class ProgressNoteFilter:
    """Which reports to list."""

    id: Ids | None
    created_at: auto


@strawberry_django.order_type(models.ProgressNote)
class ProgressNoteOrder:
    """How to order reports."""

    created_at: auto


@strawberry_django.filter_type(models.OrderDispute, lookups=True)
class DisputeFilter:
    """Which disputes to list."""

    id: Ids | None
    status: models.OrderDispute.Status | None
    dispute_type: models.OrderDispute.Type | None
    outcome: models.OrderDispute.Outcome | None
    created_at: auto
    resolved_at: auto
    order: OrderFilter | None

    @strawberry_django.filter_field(description="Whether they wait for a decision of staff.")
    def is_waiting(self, value: bool, prefix: str) -> Q:
        """Those that wait for a decision, or those that have one."""
        waiting = Q(**{f"{prefix}status__in": models.UNDECIDED})
        return waiting if value else ~waiting


@strawberry_django.order_type(models.OrderDispute)
class DisputeOrder:
    """How to order disputes."""

    created_at: auto
    resolved_at: auto


@strawberry_django.filter_type(models.DisputeEvidence, lookups=True)
class DisputeEvidenceFilter:
    """Which evidence to list."""

    id: Ids | None
    party: models.Party | None
    created_at: auto


@strawberry_django.order_type(models.DisputeEvidence)
class DisputeEvidenceOrder:
    """How to order evidence."""

    created_at: auto
