"""Which area serves a place."""

from typing import Any

import pytest
from django.db import connection

from apps.catalog import errors
from apps.catalog.selectors import areas_at
from apps.catalog.services.entries import delete_entry
from kernel.countries import UnknownCountry
from tests.factories.catalog import AreaFactory

pytestmark = pytest.mark.django_db

#: In Observatory.
HERE = {"latitude": -33.938, "longitude": 18.47}


def named(**place: Any) -> str | None:
    """The name of the area that serves a place."""
    found = areas_at(**place).first()
    return found.name if found else None


def test_the_nearest_area_that_reaches_a_place_serves_it():
    AreaFactory(name="Near, but small", latitude=-33.95, longitude=18.47, radius_km=1)
    AreaFactory(name="Wide", latitude=-33.99, longitude=18.47, radius_km=50)
    AreaFactory(name="Nearest", latitude=-33.95, longitude=18.48, radius_km=3)
    AreaFactory(name="As wide", latitude=-33.98, longitude=18.67, radius_km=50)
    AreaFactory(name="Without a radius", **HERE)
    AreaFactory(name="Far", latitude=51.5, longitude=0, radius_km=500)

    assert named(**HERE) == "Nearest"
    assert named(latitude=-34.2, longitude=18.47) == "Wide"
    assert named(latitude=0, longitude=0) is None


def test_an_area_with_the_postal_code_comes_before_the_nearest():
    AreaFactory(name="Nearest", **HERE, radius_km=5)
    AreaFactory(name="By code", latitude=-33.9, longitude=18.4, postal_codes=["7925"])
    AreaFactory(name="By code, farther", latitude=-30, longitude=18.4, postal_codes=["7925"])

    assert named(**HERE, postal_code=" 7925 ") == "By code"
    assert named(**HERE, postal_code="8001") == "Nearest"
    assert named(postal_code="7925") == "By code"
    assert named(postal_code="792") is None


def test_a_country_leaves_its_own_areas_alone():
    AreaFactory(name="Cape Town", **HERE, postal_codes=["8000"], radius_km=5)
    AreaFactory(name="Zürich", country="CH", latitude=47.4, longitude=8.5, postal_codes=["8000"])

    assert named(postal_code="8000", country="CH") == "Zürich"
    assert named(**HERE, postal_code="8000", country="CH") == "Zürich"
    assert named(**HERE, country="CH") is None


def test_areas_that_are_switched_off_or_deleted_serve_nothing():
    AreaFactory(**HERE, radius_km=5, postal_codes=["7925"], is_active=False)
    delete_entry(entry=AreaFactory(**HERE, radius_km=5, postal_codes=["7925"]))

    assert named(**HERE, postal_code="7925") is None


@pytest.mark.parametrize(
    ("centre", "place", "reaches"),
    [
        ((0, 179.9), (0, -179.9), True),
        ((0, -179.9), (0, 179.9), True),
        ((89.9, 0), (89.9, 180), True),
        ((-90, 0), (-89.9, 77), True),
        ((0, 179.5), (0, -179.5), False),
        ((60, 0), (60, 0.98), False),
        ((60, 0), (60, 0.88), True),
    ],
)
def test_a_radius_reaches_over_the_180th_meridian_and_the_poles(
    centre: tuple[float, float], place: tuple[float, float], reaches: bool
):
    AreaFactory(latitude=centre[0], longitude=centre[1], radius_km=50)

    found = areas_at(latitude=place[0], longitude=place[1])

    assert found.exists() is reaches


@pytest.mark.parametrize(
    ("place", "refusal"),
    [
        ({}, errors.PlaceNeeded),
        ({"country": "ZA"}, errors.PlaceNeeded),
        ({"postal_code": "  "}, errors.PlaceNeeded),
        ({"latitude": 1}, errors.InvalidPlace),
        ({"longitude": 1, "postal_code": "7925"}, errors.InvalidPlace),
        ({"latitude": 90.1, "longitude": 0}, errors.InvalidPlace),
        ({"latitude": 0, "longitude": 180.1}, errors.InvalidPlace),
        ({"latitude": float("nan"), "longitude": 0}, errors.InvalidPlace),
        ({**HERE, "country": "XX"}, UnknownCountry),
    ],
)
def test_a_place_that_is_none(place: dict[str, Any], refusal: Any):
    with pytest.raises(refusal):
        areas_at(**place)


@pytest.mark.parametrize("degrees", [1e-200, -1e-12, 5e-324, -0.0])
def test_the_smallest_degrees_are_a_place(degrees: float):
    AreaFactory(name="Null Island", latitude=0, longitude=0, radius_km=1)

    assert named(latitude=degrees, longitude=degrees) == "Null Island"


def test_one_statement_that_uses_the_indexes_of_many_areas(django_assert_num_queries: Any):
    AreaFactory._meta.model.objects.bulk_create(
        AreaFactory.build(
            latitude=-80 + number % 160,
            longitude=-179 + number * 7 % 358,
            radius_km=5,
            postal_codes=[str(number)],
        )
        for number in range(5000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_servicearea")

    with django_assert_num_queries(1):
        areas_at(**HERE, postal_code="77").first()
    plan = areas_at(**HERE, postal_code="77").explain()

    assert "Seq Scan" not in plan
    assert "area_postal_codes" in plan
    assert "area_location" in plan
