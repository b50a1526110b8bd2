"""A provider's figures: each changed by one statement, so that none is lost between two writers."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, DecimalField, F, PositiveIntegerField, Value, When
from django.db.models.functions import Cast, Coalesce, NullIf, Round

from apps.providers.models import ServiceProviderProfile


def count_response(*, provider_id: UUID, seconds: int) -> None:
    """Note that a provider answered an order or a lead so many seconds after it came."""
    total, count = F("response_seconds") + seconds, F("responses") + 1
    minutes = Cast(Round(total * 1.0 / count / 60), PositiveIntegerField())
    _count(provider_id, responses=count, response_seconds=total, response_time_minutes=minutes)


def count_job(*, provider_id: UUID) -> None:
    """Note that a provider was given an order."""
    taken = F("jobs_taken") + 1
    _count(provider_id, jobs_taken=taken, completion_rate=_share(F("jobs_completed"), taken))


def count_completion(*, provider_id: UUID) -> None:
    """Note that a client confirmed a job of a provider as done."""
    completed = F("jobs_completed") + 1
    _count(
        provider_id,
        jobs_completed=completed,
        completion_rate=_share(completed, F("jobs_taken")),
    )


def count_lead(*, provider_id: UUID, removed: bool = False) -> None:
    """Note that a provider was given a lead, or gave it back."""
    received = F("leads_received") + (-1 if removed else 1)
    rate = _share(F("leads_won"), NullIf(received, Value(0)))
    _count(provider_id, leads_received=received, conversion_rate=Coalesce(rate, Value(Decimal(0))))


def count_lead_won(*, provider_id: UUID) -> None:
    """Note that a provider won a lead that it was given."""
    won = F("leads_won") + 1
    _count(provider_id, leads_won=won, conversion_rate=_share(won, F("leads_received")))


def count_review(*, provider_id: UUID, stars: int, removed: bool = False) -> None:
    """Note that a review of 1 to 5 stars was published, or taken back."""
    sign = -1 if removed else 1
    total, count = F("rating_sum") + sign * stars, F("total_reviews") + sign
    none_left = When(total_reviews=-sign, then=Value(Decimal(0), output_field=_EXACT))
    mean = Case(none_left, default=_ratio(total, count), output_field=_EXACT)
    _count(provider_id, rating_sum=total, total_reviews=count, average_rating=mean)


def _ratio(part: Any, whole: Any) -> Any:
    return Round(Cast(part, _EXACT) / whole, 2, output_field=_EXACT)


def _share(part: Any, whole: Any) -> Any:
    return _ratio(part * 100, whole)


_EXACT: Any = DecimalField(max_digits=20, decimal_places=6)


def _count(provider_id: UUID, **figures: Any) -> None:
    # The version stays: a provider who edits its profile is in no conflict with its figures.
    ServiceProviderProfile.objects.all_with_deleted().filter(pk=provider_id).update(
        **figures, version=F("version"), updated_at=F("updated_at")
    )
