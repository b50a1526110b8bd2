"""The providers who may have a lead, best first, by one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    FloatField,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.query import RawQuerySet

from apps.catalog.models import ServiceCategory
from apps.leads.matching import held, parts, weighing
from apps.leads.models import Lead, LeadMatch
from apps.leads.selectors import areas_of
from apps.providers.models import ProviderDocument, ProviderTimeOff, ServiceProviderProfile
from apps.providers.selectors import MAX_RADIUS_KM, offering, offering_category
from kernel.places import along_ground, chord, chord_of, whereabouts, within_chord

#: How many of those who cannot have it are written down, with their reasons.
MOST_REJECTED = 20

Reason = LeadMatch.Reason


@dataclass(frozen=True, slots=True)
class Terms:
    """By what providers are chosen at an instant."""

    now: datetime
    weights: dict[str, int]
    #: How many may have it, and with how many running leads one is too busy.
    most: int
    busy: int


def shortlisted(lead: Lead, terms: Terms) -> list[Any]:
    """The providers who fit a lead best, and the best of those who cannot have it: each with its
    ``total`` from 0 to 100, its ``parts``, the ``reason`` why not, and the ``mode`` it wants.
    """
    found, names = list(shortlist(lead, terms)), list(parts())
    for row in found:
        row.parts = {name: round(float(getattr(row, f"part_{name}")), 4) for name in names}
    return found


def shortlist(lead: Lead, terms: Terms) -> RawQuerySet[Any]:
    """The statement of ``shortlisted``: ranks the candidates, whose parts stand in it but once."""
    weighed, params = candidates(lead, terms).query.sql_with_params()
    total, weights = weighing(terms.weights)
    return ServiceProviderProfile._base_manager.raw(
        _RANKED.format(candidates=weighed, total=total),
        [*weights, *params, terms.most, MOST_REJECTED],
    )


_RANKED = """
SELECT * FROM (
    SELECT *, row_number() OVER (PARTITION BY reason <> '' ORDER BY total DESC, id) AS place
    FROM (SELECT *, {total} AS total FROM ({candidates}) AS candidate) AS weighed
) AS ranked
WHERE place <= CASE WHEN reason = '' THEN %s ELSE %s END
ORDER BY reason <> '', total DESC, id
"""


def candidates(lead: Lead, terms: Terms) -> QuerySet[Any]:
    """All who offer what a lead asks for and work where it is, with each part, and with the reason
    why they cannot have it: never its own client.
    """
    there = _place_of(lead)
    rows: QuerySet[Any] = ServiceProviderProfile.objects.filter(pk__in=_reaching(lead, there))
    rows = rows.filter(pk__in=_offering(lead).values("provider")).order_by()
    if lead.client_id is not None:
        rows = rows.exclude(user_profile__user=lead.client_id)
    rows = rows.annotate(**held(terms.now))
    rows = rows.annotate(away_km=_away(there), mode=F("lead_preference__mode"))
    rows = rows.annotate(**{f"part_{name}": part for name, part in parts().items()})
    found: QuerySet[Any] = rows.annotate(reason=_reason(lead, terms))
    return found


def _offering(lead: Lead) -> QuerySet[Any]:
    if lead.subcategory_id is not None:
        return offering(lead.subcategory_id)
    return offering_category(lead.category_id)


def _reaching(lead: Lead, there: Func | None) -> QuerySet[Any]:
    """Those who work in an area that a lead lies in, and those whose travels reach it: two
    searches of indexes. Of both places only the whereabouts count.
    """
    everyone: QuerySet[Any] = ServiceProviderProfile.objects.all()
    inside = everyone.filter(service_areas__in=areas_of(lead).values("pk")).values("pk")
    if there is None:
        return inside
    found_by_index = within_chord(whereabouts(), there, chord_of(MAX_RADIUS_KM))
    reaching = everyone.alias(away=_away(there)).filter(
        found_by_index, away__lte=F("travel_radius")
    )
    return inside.union(reaching.values("pk"))


def _place_of(lead: Lead) -> Func | None:
    """The whereabouts of a lead, or else of the centre of its area, or of the first in its city."""
    if lead.latitude is not None and lead.longitude is not None:
        return whereabouts(Value(lead.latitude), Value(lead.longitude))
    area = lead.area or areas_of(lead).order_by("pk").first()
    return whereabouts(Value(area.latitude), Value(area.longitude)) if area else None


def _away(there: Func | None) -> Any:
    if there is None:
        return Value(None, output_field=FloatField())
    return along_ground(chord(whereabouts(), there))


def _reason(lead: Lead, terms: Terms) -> Case:
    """The first reason why a provider cannot have a lead; empty for those who can."""
    away = ProviderTimeOff.objects.filter(
        provider=OuterRef("pk"), starts_at__lte=terms.now, ends_at__gt=terms.now
    )
    conditions: list[tuple[Any, Reason]] = [
        (Q(is_verified_provider=False), Reason.NOT_VERIFIED),
        (Q(is_available=False), Reason.NOT_AVAILABLE),
        (Exists(away), Reason.AWAY),
        (Q(mode="NONE"), Reason.NOT_WANTED),
        *((~Exists(shown), Reason.DOCUMENTS_MISSING) for shown in _required(lead, terms)),
        (Q(running__gte=terms.busy), Reason.TOO_BUSY),
    ]
    cases = [When(condition, then=Value(reason.value)) for condition, reason in conditions]
    return Case(*cases, default=Value(""), output_field=CharField())


def _required(lead: Lead, terms: Terms) -> list[QuerySet[Any]]:
    """What a provider has to have shown for the branch of a lead: the documents of each kind."""
    everything = ServiceCategory.objects.all_with_deleted()
    branch = list(everything.ancestors(lead.category_id, include_self=True))
    kinds = {
        ProviderDocument.Type.LICENSE: any(found.requires_license for found in branch),
        ProviderDocument.Type.INSURANCE: any(found.requires_insurance for found in branch),
        ProviderDocument.Type.BACKGROUND_CHECK: any(
            found.requires_background_check for found in branch
        ),
    }
    keys: list[UUID] = [found.pk for found in branch]
    shown = ProviderDocument.objects.filter(provider=OuterRef("pk")).filter(
        Q(category=None) | Q(category__in=keys)
    )
    on = terms.now.date()
    return [shown.holding(on).filter(document_type=kind) for kind, asked in kinds.items() if asked]
