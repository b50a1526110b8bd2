"""Places on Earth as points on a sphere of radius one, which an index can search and measure.

A sphere has no 180th meridian and no poles to be careful about, and the straight line between two
of its points, the chord, grows with the great circle between them: a GiST index gives
rows by chord. The points are values of PostgreSQL's extension cube, which needs no superuser.
"""

from math import pi, sin
from typing import Any

from django.db.models import BooleanField, DecimalField, Field, FloatField, Func, Value
from django.db.models.expressions import Combinable, Expression
from django.db.models.functions import Abs, ATan2, Cast, Cos, Radians, Sin, Sqrt

#: Mean radius (IUGG), in kilometres.
EARTH_RADIUS_KM = 6371.0088


class CubeField(Field[Any, Any]):
    """A point or a box in space. No column has this type: points are derived."""

    def db_type(self, connection: Any) -> str:
        """The extension's type."""
        return "cube"


def position(latitude: Any, longitude: Any) -> Func:
    """Where degrees north and east, as values or names of columns, are on the sphere."""
    north, east = Radians(latitude), Radians(longitude)
    x, y, z = Cos(north) * Cos(east), Cos(north) * Sin(east), Sin(north)
    # Axis by axis, which is null where a column is: made of an array, it would be an error.
    return _cube(_cube(_cube(x), y), z)


def whereabouts(latitude: Any = "latitude", longitude: Any = "longitude") -> Func:
    """A position to a hundredth of a degree: all that may be told of a place, be it by what is
    found or refused, to those who are not to know it.
    """
    return position(_coarse(latitude), _coarse(longitude))


def _coarse(degrees: Any) -> Cast:
    return Cast(Cast(degrees, DecimalField(max_digits=5, decimal_places=2)), FloatField())


def _cube(*parts: Any) -> Func:
    return Func(*parts, function="cube", output_field=CubeField())


def chord(one: Expression, other: Expression) -> Func:
    """The straight line between two points, in radii of Earth."""
    return Func(
        one, other, template="(%(expressions)s)", arg_joiner=" <-> ", output_field=FloatField()
    )


def chord_of(kilometres: float) -> float:
    """The chord of a distance along a great circle."""
    return 2 * sin(min(kilometres / EARTH_RADIUS_KM, pi) / 2)


def along_ground(chord: Combinable) -> Combinable:
    """The distance along the great circle of a chord, in kilometres."""
    # Rounding may make the chord of opposite points longer than two radii: hence the absolute. And
    # the square of a short one may be too small for a number, which is an error.
    rest = Sqrt(Abs((Value(2.0) - chord) * (Value(2.0) + chord)))
    return ATan2(chord, rest, output_field=FloatField()) * Value(2 * EARTH_RADIUS_KM)


def within_chord(point: Expression, centre: Expression, length: float) -> Func:
    """Whether a point is in the box around a ball, which is what an index can tell."""
    box = Func(centre, Value(length), Value(3), function="cube_enlarge", output_field=CubeField())
    return Func(
        point, box, template="(%(expressions)s)", arg_joiner=" <@ ", output_field=BooleanField()
    )
