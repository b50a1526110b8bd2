"""Circles on Earth hold whom the great circle says, also at the poles and the 180th meridian."""

from decimal import ROUND_HALF_UP, Decimal
from math import asin, atan2, cos, degrees, pi, radians, sin, sqrt

import pytest
from django.db.models import QuerySet
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from apps.providers.models import ServiceProviderProfile
from apps.providers.selectors import Circle, distance_to, within
from kernel.places import EARTH_RADIUS_KM
from tests.factories.providers import ProviderFactory

Place = tuple[float, float]
PLACES = st.tuples(
    st.floats(-90, 90) | st.sampled_from([-90.0, -89.99, 0.0, 89.99, 90.0]),
    st.floats(-180, 180) | st.sampled_from([-180.0, -179.99, 0.0, 179.99, 180.0]),
)


ANYWHERE = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def haversine(one: Place, other: Place) -> float:
    """Kilometres along the great circle, by another formula than the database's."""
    (north, east), (far_north, far_east) = (map(radians, place) for place in (one, other))
    half = sin((far_north - north) / 2) ** 2
    half += cos(north) * cos(far_north) * sin((far_east - east) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1, sqrt(half)))


def away_from(place: Place, bearing: float, kilometres: float) -> Place:
    """Where one arrives who leaves a place in a direction and goes straight on."""
    (north, east), way = map(radians, place), kilometres / EARTH_RADIUS_KM
    there = sin(north) * cos(way) + cos(north) * sin(way) * cos(bearing)
    turn = atan2(sin(bearing) * sin(way) * cos(north), cos(way) - sin(north) * there)
    return degrees(asin(max(-1, min(1, there)))), (degrees(east + turn) + 540) % 360 - 180


@pytest.fixture
def provider(db: None) -> ServiceProviderProfile:
    """A provider that is put anywhere."""
    return ProviderFactory()


def cell(place: Place) -> Place:
    """A place to a hundredth of a degree."""
    north, east = (
        float(Decimal(repr(round(degree, 12))).quantize(Decimal("0.01"), ROUND_HALF_UP))
        for degree in place
    )
    return north, east


def put(provider: ServiceProviderProfile, place: Place) -> QuerySet[ServiceProviderProfile]:
    """The provider, alone, at a place."""
    rows = ServiceProviderProfile.objects.filter(pk=provider.pk)
    rows.update(latitude=round(place[0], 12), longitude=round(place[1], 12))
    return rows


@ANYWHERE
@example((0.0, 0.0), (0.0, 180.0))
@example((90.0, 0.0), (-90.0, 77.0))
@example((90.0, 1e-310), (0.0, 0.0))
@example((1e-170, 0.0), (0.0, 0.0))
@example((-33.9381, 18.4697), (-33.9381, 18.4697))
@example((-33.9381, 18.4697), (-33.938100001, 18.4697))
@given(PLACES, PLACES)
def test_distances_are_those_of_the_great_circle(
    provider: ServiceProviderProfile, here: Place, there: Place
) -> None:
    told = put(provider, there).annotate(away=distance_to(*here)).get().away

    # To a hundredth of a millimetre; between opposite points formulas agree to a metre.
    distance = haversine(here, cell(there))
    assert told == pytest.approx(distance, rel=1e-9, abs=1e-3 if distance > 20_000 else 1e-8)


@ANYWHERE
@example((-17.0, 179.99), pi / 2, 50)
@example((90.0, 0.0), 1.0, 498)
@example((-89.9, 179.0), pi, 300)
@given(PLACES, st.floats(0, 2 * pi), st.floats(0.1, 498))
def test_a_circle_holds_what_is_nearer_than_its_radius(
    provider: ServiceProviderProfile, here: Place, bearing: float, kilometres: float
) -> None:
    there = away_from(here, bearing, kilometres)
    rows, distance = put(provider, there), haversine(here, cell(there))
    assume(distance > 0.01)

    assert within(rows, Circle(*here, radius_km=distance * 1.001)).count() == 1
    assert within(rows, Circle(*here, radius_km=distance * 0.999)).count() == 0


def test_a_circle_tells_no_base_more_exactly_than_to_a_hundredth_of_a_degree(
    provider: ServiceProviderProfile,
) -> None:
    here, found = (-33.9, 18.4), set()
    for there in [(-33.9352, 18.4652), (-33.9448, 18.4748), (-33.94, 18.47)]:
        rows = put(provider, there)
        circles = [Circle(*here, radius_km=7.5 + step / 100) for step in range(100)]
        reached = tuple(within(rows, circle).exists() for circle in circles)
        (told,) = within(rows, Circle(*here, radius_km=50)).values_list("distance_km", flat=True)
        found.add((told, reached))

    assert len(found) == 1
    assert {*found.pop()[1]} == {True, False}


def test_who_says_no_place_is_at_no_distance(db: None) -> None:
    ProviderFactory(latitude=None, longitude=None)

    away = ServiceProviderProfile.objects.annotate(away=distance_to(0, 0)).get().away

    assert away is None
