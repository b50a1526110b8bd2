"""Finding entries of the catalog: by their place, and by their branch of the tree."""

from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from apps.catalog import errors
from apps.catalog.models import ServiceArea
from kernel import earth
from kernel.countries import check_country

#: As far as any area reaches from its centre.
MAX_RADIUS_KM = 500

BELOW = """WITH RECURSIVE branch(id) AS (
    VALUES (%s::uuid)
    UNION SELECT c.id FROM catalog_servicecategory c JOIN branch b ON c.parent_id = b.id
) SELECT id FROM branch"""


def branch_of(category_id: UUID) -> RawSQL:
    """The keys of a category and of all below it, for ``category__in`` in the same statement."""
    return RawSQL(BELOW, [category_id])  # noqa: S611 - the key is a parameter


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
    named = Q(postal_codes__contains=[code]) if code else Q(pk__in=[])
    if latitude is None and longitude is None:
        if not code:
            raise errors.PlaceNeeded
        return rows.filter(named).order_by("pk")
    if latitude is None or longitude is None or not earth.is_place(latitude, longitude):
        raise errors.InvalidPlace
    near = earth.box_around(latitude, longitude, MAX_RADIUS_KM)
    return (
        rows.annotate(distance_km=earth.distance_to(latitude, longitude))
        .filter(named | near & Q(distance_km__lte=F("radius_km")))
        .order_by(Case(When(named, then=Value(0)), default=Value(1)), "distance_km", "pk")
    )


def area_at(
    *,
    latitude: float | None = None,
    longitude: float | None = None,
    postal_code: str = "",
    country: str = "",
) -> ServiceArea | None:
    """The area that serves a place, None where there is none; raises what ``areas_at`` does."""
    return areas_at(
        latitude=latitude, longitude=longitude, postal_code=postal_code, country=country
    ).first()
