"""Finding providers by place."""

from dataclasses import dataclass
from math import cos, degrees, radians
from typing import Any
from uuid import UUID

from django.db.models import F, FloatField, Q, QuerySet, Value
from django.db.models.functions import ACos, Cos, Greatest, Least, Radians, Sin

from apps.catalog.models import ServiceCategory
from apps.providers import errors
from apps.providers.models import ServiceProviderService

#: Mean radius (IUGG), in kilometres.
EARTH_RADIUS_KM = 6371.0088
MAX_RADIUS_KM = 500.0


@dataclass(frozen=True, slots=True)
class Circle:
    """All places within a distance of a point; degrees and kilometres. Raises InvalidCircle."""

    latitude: float
    longitude: float
    radius_km: float

    def __post_init__(self) -> None:
        on_earth = -90 <= self.latitude <= 90 and -180 <= self.longitude <= 180
        if not (on_earth and 0 < self.radius_km <= MAX_RADIUS_KM):
            raise errors.InvalidCircle

    def box(self) -> Q:
        """The box of latitudes and longitudes around the circle, which an index can search."""
        reach = degrees(self.radius_km / EARTH_RADIUS_KM)
        south, north = self.latitude - reach, self.latitude + reach
        rows = Q(latitude__range=(south, north))
        if south <= -90 or north >= 90:
            return rows
        width = degrees(self.radius_km / EARTH_RADIUS_KM / cos(radians(max(-south, north))))
        west, east = self.longitude - width, self.longitude + width
        return rows & _longitudes(west, east)


def _longitudes(west: float, east: float) -> Q:
    """The longitudes from west to east, also across the 180th meridian."""
    if west < -180:
        return Q(longitude__gte=west + 360) | Q(longitude__lte=east)
    if east > 180:
        return Q(longitude__gte=west) | Q(longitude__lte=east - 360)
    return Q(longitude__range=(west, east))


def within(rows: QuerySet[Any], circle: Circle) -> QuerySet[Any]:
    """The rows with a latitude and longitude in a circle, nearest first, with ``distance_km``.

    The distance is the great circle's, by the spherical law of cosines.
    """
    here, there = Value(radians(circle.latitude)), Radians(F("latitude"))
    turn = Radians(F("longitude")) - Value(radians(circle.longitude))
    cosine = Sin(here) * Sin(there) + Cos(here) * Cos(there) * Cos(turn)
    angle = ACos(Least(Greatest(cosine, Value(-1.0)), Value(1.0)), output_field=FloatField())
    near: QuerySet[Any] = (
        rows.filter(circle.box())
        .annotate(distance_km=angle * Value(EARTH_RADIUS_KM))
        .filter(distance_km__lte=circle.radius_km)
        .order_by("distance_km", "pk")
    )
    return near


def offering_category(category_id: UUID) -> QuerySet[ServiceProviderService]:
    """The services on offer in a category or a branch below it."""
    branches = ServiceCategory.objects.descendants(category_id, include_self=True)
    keys = list(branches.values_list("pk", flat=True))
    offers: QuerySet[ServiceProviderService] = ServiceProviderService.objects.filter(
        is_available=True, subcategory__category__in=keys
    )
    return offers
