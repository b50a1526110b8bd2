"""Reads of reviews that aggregate."""

from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Round

from apps.providers.models import ServiceProviderProfile
from apps.reviews.models import Review

_EXACT: Any = DecimalField(max_digits=20, decimal_places=6)


def wrong_averages() -> QuerySet[ServiceProviderProfile]:
    """The providers, deleted ones too, whose figures are not those of their published reviews."""
    stars, count = _published(Sum("rating")), _published(Count("pk"))
    mean = Case(
        When(real_count=0, then=Value(Decimal(0), output_field=_EXACT)),
        default=Round(Cast("real_stars", _EXACT) / F("real_count"), 2, output_field=_EXACT),
        output_field=_EXACT,
    )
    providers: QuerySet[ServiceProviderProfile] = (
        ServiceProviderProfile.objects.all_with_deleted()
        .alias(real_stars=stars, real_count=count)
        .alias(real_mean=mean)
        .exclude(
            rating_sum=F("real_stars"), total_reviews=F("real_count"), average_rating=F("real_mean")
        )
    )
    return providers


def _published(figure: Any) -> Coalesce:
    """A figure of the published reviews of each provider."""
    reviews = Review.objects.published().filter(provider=OuterRef("pk")).order_by()
    grouped = reviews.values("provider").annotate(figure=figure).values("figure")
    return Coalesce(Subquery(grouped, output_field=IntegerField()), 0)
