"""Among 100,000 providers, indexes find those who are asked for, within the time of a statement."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import ServiceSubcategory
from apps.providers.models import ServiceProviderProfile
from tests.support.crowd import gather
from tests.support.graphql import GraphQL, gid
from tests.support.plans import plans

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]

TABLE = "providers_serviceproviderprofile"
FIND = """query($search: String, $near: NearInput, $filter: ProviderFilter,
  $order: [ProviderOrder!]! = []) {
  providers(search: $search, near: $near, filter: $filter, order: $order) {
    totalCount edges { node { businessName distanceKm averageRating } } } }"""


@pytest.fixture(scope="module")
def crowd(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """What asks for the plumbers of the largest of 200 cities, until the module is done."""
    with django_db_blocker.unblock(), transaction.atomic():
        plumbing = gather(100_000)[1]
        someone = ServiceProviderProfile.objects.filter(city="City 1").order_by("pk")[0]
        tap = ServiceSubcategory.objects.filter(category=plumbing).order_by("pk")[0]
        near = {"latitude": someone.latitude, "longitude": someone.longitude, "radiusKm": 25}
        price = {"subcategoryId": gid(tap), "most": {"amount": "400", "currency": "ZAR"}}
        yield {
            "near": near,
            "search": "plumbing",
            "filter": {
                "categoryId": gid(plumbing),
                "isVerifiedProvider": {"exact": True},
                "averageRating": {"gte": "4"},
                "price": price,
            },
        }
        transaction.set_rollback(True)


def ask(graphql: GraphQL, asked: dict[str, Any]) -> tuple[Any, list[str]]:
    """The list that answers, and the plans of the statements that read it."""
    with CaptureQueriesContext(connection) as captured:
        answer = graphql(FIND, asked).data["providers"]
    return answer, plans(captured, TABLE)


@pytest.mark.parametrize(
    ("names", "index"),
    [
        (("near",), "provider_location"),
        (("near", "filter"), "provider_location"),
        (("near", "search"), "provider_location"),
        (("near", "search", "filter"), "provider_location"),
    ],
)
def test_a_place_is_found_by_its_index(
    graphql: GraphQL, crowd: dict[str, Any], names: tuple[str, ...], index: str
) -> None:
    answer, found = ask(graphql, {name: crowd[name] for name in names})

    assert len(answer["edges"]) == 20
    assert answer["totalCount"] > 20
    assert len(found) == 2
    for plan in found:
        assert index in plan
        assert f"Seq Scan on {TABLE}" not in plan


@pytest.mark.parametrize("radius", [1, 25, 500])
def test_the_nearest_are_read_in_the_order_of_the_index(
    graphql: GraphQL, crowd: dict[str, Any], radius: int
) -> None:
    answer, found = ask(graphql, {"near": crowd["near"] | {"radiusKm": radius}})

    distances = [edge["node"]["distanceKm"] for edge in answer["edges"]]
    assert distances == sorted(distances)
    page = next(plan for plan in found if "Limit" in plan)
    assert "Index Scan using provider_location" in page
    assert "Order By" in page


@pytest.mark.parametrize("search", ["locksmith", "serrurier", "слесаря", '"broken tiles" city 7'])
def test_words_are_found_by_their_index(
    graphql: GraphQL, crowd: dict[str, Any], search: str
) -> None:
    answer, found = ask(graphql, {"search": search})

    assert len(answer["edges"]) == 20
    for plan in found:
        assert "provider_words" in plan
        assert f"Seq Scan on {TABLE}" not in plan


@pytest.mark.parametrize("search", ["cleaning", "honest work", "wor", "honest -roof or plumbing"])
def test_words_that_many_have_are_answered_within_the_time_of_a_statement(
    graphql: GraphQL, crowd: dict[str, Any], search: str
) -> None:
    answer, _ = ask(graphql, {"search": search})

    assert answer["totalCount"] > 30_000
    assert len(answer["edges"]) == 20
