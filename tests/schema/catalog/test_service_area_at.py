"""Which area serves a place, as everyone may ask."""

from typing import Any

import pytest

from tests.factories.catalog import AreaFactory, CategoryFactory
from tests.support.graphql import GraphQL

ASK = """query($latitude: Float, $longitude: Float, $postalCode: String, $country: String) {
  serviceAreaAt(latitude: $latitude, longitude: $longitude, postalCode: $postalCode,
    country: $country) { name timeZone serviceCategories { edges { node { name } } } } }"""
HERE = {"latitude": -33.938, "longitude": 18.47}


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (HERE, "Observatory"),
        (HERE | {"postalCode": "8001"}, "Gardens"),
        ({"postalCode": " 8001", "country": "ZA"}, "Gardens"),
        ({"latitude": 0, "longitude": 0}, None),
        ({"postalCode": "8001", "country": "KE"}, None),
    ],
)
def test_the_area_that_serves_a_place(graphql: GraphQL, place: dict[str, Any], name: str | None):
    near = AreaFactory(name="Observatory", radius_km=4, time_zone="Africa/Johannesburg")
    near.service_categories.add(CategoryFactory(name="Water"))
    AreaFactory(name="Gardens", latitude=-33.93, longitude=18.41, postal_codes=["8001"])
    AreaFactory(name="Closed", radius_km=9, postal_codes=["8001"], is_active=False)

    found = graphql(ASK, place).data["serviceAreaAt"]

    assert (found and found["name"]) == name
    if name == "Observatory":
        assert found["timeZone"] == "Africa/Johannesburg"
        assert found["serviceCategories"] == {"edges": [{"node": {"name": "Water"}}]}


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ({}, "place_needed"),
        ({"country": "ZA"}, "place_needed"),
        ({"latitude": 3}, "invalid_place"),
        ({"latitude": 91, "longitude": 0}, "invalid_place"),
        ({"postalCode": "8001", "country": "South Africa"}, "unknown_country"),
        ({"postalCode": "\x00"}, "invalid_value"),
    ],
)
def test_a_place_that_is_none(graphql: GraphQL, place: dict[str, Any], code: str):
    assert graphql(ASK, place).code == code
