"""Places on Earth: how far they are from one another, and which lie near one."""

from math import cos, degrees, radians

from django.db.models import F, FloatField, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import ACos, Cos, Greatest, Least, Radians, Sin

#: Mean radius (IUGG), in kilometres.
RADIUS_KM = 6371.0088


def is_place(latitude: float, longitude: float) -> bool:
    """Whether these are degrees north and east of some place."""
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def box_around(latitude: float, longitude: float, km: float) -> Q:
    """The rows in the box around a circle, which an index of both columns can search."""
    reach = degrees(km / RADIUS_KM)
    south, north = latitude - reach, latitude + reach
    rows = Q(latitude__range=(south, north))
    if south <= -90 or north >= 90:
        return rows
    width = degrees(km / RADIUS_KM / cos(radians(max(-south, north))))
    return rows & _longitudes(longitude - width, longitude + width)


def _longitudes(west: float, east: float) -> Q:
    """The longitudes from west to east, also across the 180th meridian."""
    if west < -180:
        return Q(longitude__gte=west + 360) | Q(longitude__lte=east)
    if east > 180:
        return Q(longitude__gte=west) | Q(longitude__lte=east - 360)
    return Q(longitude__range=(west, east))


def distance_to(latitude: float, longitude: float) -> Combinable:
    """How far a row's latitude and longitude are from a point, in kilometres; null without them.

    The great circle's distance, by the spherical law of cosines.
    """
    here, there = Value(radians(latitude)), Radians(F("latitude"))
    turn = Radians(F("longitude")) - Value(radians(longitude))
    cosine = Sin(here) * Sin(there) + Cos(here) * Cos(there) * Cos(turn)
    angle = ACos(Least(Greatest(cosine, Value(-1.0)), Value(1.0)), output_field=FloatField())
    return angle * Value(RADIUS_KM)
