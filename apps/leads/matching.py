"""How well a provider fits a lead: named parts, each from 0 to 1, and their weighted mean.

The parts are expressions of the database, so that one statement weighs all who may fit. Raise
``VERSION`` when they change. What follows from the same rows at the same instant is the same.
"""

from datetime import datetime, timedelta

from django.db.models import Case, Count, F, FilteredRelation, FloatField, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Greatest, Least

from apps.leads.models import RUNNING

VERSION = 1

#: Running leads of so many days are a provider's load; those of so many were its share of late.
LOAD_DAYS, SHARE_DAYS = 30, 7
#: So many reviews of so many stars are taken for granted: nobody is judged by one alone.
PRIOR_REVIEWS, PRIOR_STARS = 5, 3.5
#: Who answers in so many minutes is half as good as who does at once.
HALF_MINUTES = 60


def parts() -> dict[str, Combinable]:
    """The parts by name, as expressions over providers with ``away_km`` and what they hold."""
    return {
        "distance": _distance(),
        "rating": _rating(),
        "response": _response(),
        "record": _record(),
        "load": Value(3.0) / (Cast("running", FloatField()) + Value(3.0)),
        "fairness": Value(2.0) / (Cast("recent", FloatField()) + Value(2.0)),
    }


def held(now: datetime) -> dict[str, FilteredRelation | Count]:
    """The leads that a provider was given of late, how many it is busy with, and how many it was
    given lately: counted of one join, which all that is made of the counts shares.
    """
    month, week = now - timedelta(days=LOAD_DAYS), now - timedelta(days=SHARE_DAYS)
    given = Q(lead_assignments__assigned_at__gte=month, lead_assignments__is_deleted=False)
    kept = ~Q(lead_assignments__status="REFUNDED")
    return {
        "held": FilteredRelation("lead_assignments", condition=given & kept),
        "running": Count("held", filter=Q(held__status__in=RUNNING)),
        "recent": Count("held", filter=Q(held__assigned_at__gte=week)),
    }


def weighing(weights: dict[str, int]) -> tuple[str, list[float]]:
    """The weighted mean of the parts, from 0 to 100, to four places: as SQL over their columns, and
    its parameters.
    """
    names = list(parts())
    whole = sum(weights.get(name, 0) for name in names)
    total = " + ".join(f"%s * part_{name}" for name in names)
    return (
        f"round(({total})::numeric, 4)::float8",
        [100.0 * weights.get(name, 0) / whole for name in names],
    )


def _distance() -> Combinable:
    """Nearer is better, up to as far as the provider goes; unknown is in the middle."""
    near = Value(1.0) - F("away_km") / F("travel_radius")
    known = Greatest(near, Value(0.0), output_field=FloatField())
    return Case(When(away_km=None, then=Value(0.5)), default=known, output_field=FloatField())


def _rating() -> Combinable:
    """The mean of the reviews, drawn to a prior (Bayes), one star being 0 and five being 1."""
    stars = F("rating_sum") + Value(PRIOR_REVIEWS * PRIOR_STARS)
    mean = Cast(stars, FloatField()) / (F("total_reviews") + Value(float(PRIOR_REVIEWS)))
    return Least(Value(1.0), (mean - Value(1.0)) / Value(4.0), output_field=FloatField())


def _response() -> Combinable:
    """Faster is better; unknown is in the middle."""
    minutes = F("response_time_minutes") + Value(float(HALF_MINUTES))
    known = Value(float(HALF_MINUTES)) / minutes
    unknown = When(response_time_minutes=None, then=Value(0.5))
    return Case(unknown, default=known, output_field=FloatField())


def _record() -> Combinable:
    """How many leads the provider won of those that it had; a quarter before the first."""
    won = Cast(F("leads_won"), FloatField()) + Value(1.0)
    return Least(Value(1.0), won / (F("leads_received") + Value(4.0)), output_field=FloatField())
