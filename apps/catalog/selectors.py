"""Finding entries of the catalog: by their place, and by their branch of the tree."""

from typing import Any
from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, Value, When

from apps.catalog import errors
from apps.catalog.models import ServiceArea, ServiceCategory
from kernel.countries import check_country
from kernel.places import along_ground, chord, chord_of, position, within_chord

#: As far as any area reaches from its centre.
MAX_RADIUS_KM = 500


def branch_of(category_id: UUID) -> QuerySet[Any]:
    """The keys of a category and of all below it, deleted ones too."""
    everything = ServiceCategory.objects.all_with_deleted()
    keys: QuerySet[Any] = everything.descendants(category_id, include_self=True).values("pk")
    return keys


def plain_postal_code(text: str) -> str:
    """A postal code as it is kept: in capitals, with single spaces."""
    return " ".join(text.upper().split())


def areas_at(
    *,
    latitude: float | None = None,
    longitude: float | None = None,
    postal_code: str = "",
    country: str = "",
) -> QuerySet[ServiceArea]:
    """The areas in use that hold a place, the one that serves it first: one that has its postal
    code, else the nearest whose radius reaches it. With a country, areas of it alone.

    Raises PlaceNeeded, InvalidPlace or UnknownCountry.
    """
    rows: QuerySet[ServiceArea] = ServiceArea.objects.filter(is_active=True)
    if country:
        check_country(country)
        rows = rows.filter(country=country)
    code = plain_postal_code(postal_code)
    named = Q(postal_codes__contains=[code])
    if latitude is None and longitude is None:
        if not code:
            raise errors.PlaceNeeded
        return rows.filter(named).order_by("pk")
    if latitude is None or longitude is None:
        raise errors.InvalidPlace
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise errors.InvalidPlace
    # To less than a micrometre: products of smaller angles are no numbers to the database.
    here = position(Value(round(latitude, 12)), Value(round(longitude, 12)))
    centre = position("latitude", "longitude")
    rows = rows.annotate(distance_km=along_ground(chord(centre, here)))
    found_by_index = within_chord(centre, here, chord_of(MAX_RADIUS_KM))
    reached = Q(found_by_index, distance_km__lte=F("radius_km"))
    if not code:
        return rows.filter(reached).order_by("distance_km", "pk")
    named_first = Case(When(named, then=Value(0)), default=Value(1))
    return rows.filter(named | reached).order_by(named_first, "distance_km", "pk")
