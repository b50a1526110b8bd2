"""Filters and orders of reviews."""

import strawberry_django
from django.db.models import Q
from strawberry import auto

from apps.reviews import models
from schema.base.context import Info
from schema.base.ids import Ids


@strawberry_django.filter_type(models.Review, lookups=True)
class ReviewFilter:
    """Which reviews to list."""

    id: Ids | None
    provider_id: Ids | None
    side: models.Side | None
    rating: auto
    moderation_status: models.ModerationStatus | None
    created_at: auto

    @strawberry_django.filter_field(description="Whether the caller wrote it.")
    def is_own(self, info: Info, value: bool, prefix: str) -> Q:
        """Those that the viewer wrote, or the others."""
        viewer_id = info.context.viewer.user_id
        found = Q(**{f"{prefix}author": viewer_id}) if viewer_id else Q(pk__in=[])
        return found if value else ~found


@strawberry_django.order_type(models.Review)
class ReviewOrder:
    """How to order reviews."""

    rating: auto
    created_at: auto
