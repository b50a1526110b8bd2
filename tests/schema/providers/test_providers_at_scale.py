"""Among 100,000 providers, indexes find those who are asked for, within the time of a statement."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Avg
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
    %s edges { node { businessName distanceKm averageRating } } } }"""
COUNTED, UNCOUNTED = FIND % "totalCount", FIND % ""


@pytest.fixture(scope="module")
def crowd(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """What asks for the plumbers of the largest of 200 cities, until the module is done."""
    with django_db_blocker.unblock(), transaction.atomic():
        plumbing = gather(100_000)[1]
        centre = ServiceProviderProfile.objects.filter(city="City 1").aggregate(
            latitude=Avg("latitude"), longitude=Avg("longitude")
        )
        tap = ServiceSubcategory.objects.filter(category=plumbing).order_by("pk")[0]
        price = {"subcategoryId": gid(tap), "most": {"amount": "400", "currency": "ZAR"}}
        yield {
            "near": centre | {"radiusKm": 25},
            "search": "plumbing",
            "filter": {
                "categoryId": gid(plumbing),
                "isVerifiedProvider": {"exact": True},
                "averageRating": {"gte": "4"},
                "price": price,
            },
        }
        transaction.set_rollback(True)


def ask(graphql: GraphQL, asked: dict[str, Any], document: str = COUNTED) -> tuple[Any, str]:
    """The list that answers, and the plan of the one statement that reads it."""
    with CaptureQueriesContext(connection) as captured:
        answer = graphql(document, asked).data["providers"]
    (plan,) = plans(captured, TABLE)
    return answer, plan


@pytest.mark.parametrize(
    "names",
    [("near",), ("near", "filter"), ("near", "search"), ("near", "search", "filter")],
)
def test_a_place_is_found_by_its_index(
    graphql: GraphQL, crowd: dict[str, Any], names: tuple[str, ...]
) -> None:
    answer, plan = ask(graphql, {name: crowd[name] for name in names})

    assert len(answer["edges"]) == 20
    assert answer["totalCount"] > 20
    assert "provider_location" in plan
    assert f"Seq Scan on {TABLE}" not in plan


@pytest.mark.parametrize("radius", [5, 25, 500])
def test_the_nearest_are_read_in_the_order_of_the_index(
    graphql: GraphQL, crowd: dict[str, Any], radius: int
) -> None:
    answer, plan = ask(graphql, {"near": crowd["near"] | {"radiusKm": radius}}, UNCOUNTED)

    distances = [edge["node"]["distanceKm"] for edge in answer["edges"]]
    assert len(distances) == 20
    assert distances == sorted(distances)
    assert "Index Scan using provider_location" in plan
    assert "Order By" in plan


@pytest.mark.parametrize(
    "search", ["locksmith city 7", "serrurier city 7", "слесаря city 7", '"broken tiles" city 7']
)
def test_words_are_found_by_their_index(
    graphql: GraphQL, crowd: dict[str, Any], search: str
) -> None:
    answer, plan = ask(graphql, {"search": search})

    assert len(answer["edges"]) == 20
    assert "provider_words" in plan
    assert f"Seq Scan on {TABLE}" not in plan


@pytest.mark.parametrize("order", ["averageRating", "totalReviews", "responseTimeMinutes"])
def test_words_and_filters_in_any_order_use_the_index_of_words(
    graphql: GraphQL, crowd: dict[str, Any], order: str
) -> None:
    asked = {"search": "plumbing city 7", "filter": crowd["filter"], "order": [{order: "DESC"}]}

    answer, plan = ask(graphql, asked)

    assert answer["edges"]
    assert "provider_words" in plan
    assert f"Seq Scan on {TABLE}" not in plan


# What so many have is not worth an index: reading all providers once is the shorter way.
@pytest.mark.parametrize(
    "search", ["locksmith", "cleaning", "honest work", "wor", "honest -roof or plumbing"]
)
def test_words_that_many_have_are_answered_within_the_time_of_a_statement(
    graphql: GraphQL, crowd: dict[str, Any], search: str
) -> None:
    answer, _ = ask(graphql, {"search": search})

    assert answer["totalCount"] > 5_000
    assert len(answer["edges"]) == 20
