"""Finding orders: by who and what, by words, by place, and in the trash."""

from datetime import timedelta
from typing import Any

import pytest

from kernel import clock
from tests.factories.cast import Cast
from tests.factories.orders import BidFactory, DisputeFactory, OrderFactory
from tests.factories.providers import ProviderFactory
from tests.support.graphql import Answer, GraphQL, gid

LIST = """query($filter: OrderFilter, $near: NearInput, $search: String, $deleted: Boolean! = false,
    $order: [OrderOrder!]! = [{createdAt: ASC}]) {
  orders(filter: $filter, near: $near, search: $search, deleted: $deleted, order: $order) {
    totalCount edges { node { title } } } }"""


def _titles(answer: Answer) -> list[str]:
    found = [edge["node"]["title"] for edge in answer.data["orders"]["edges"]]
    assert answer.data["orders"]["totalCount"] == len(found)
    return found


def _ask(graphql: GraphQL, by: Any, **given: Any) -> list[str]:
    return _titles(graphql(LIST, given, by=by))


def test_staff_find_those_of_a_client_and_of_a_provider(graphql: GraphQL, cast: Cast):
    cast.ada_work(title="ada's", assigned=True)
    cast.ben_order(title="ben's")
    OrderFactory(title="noise", assigned=True, won_by=ProviderFactory())

    of_ben = _ask(graphql, cast.dora, filter={"clientId": gid(cast.ben_client)})
    of_ada = _ask(graphql, cast.dora, filter={"providerId": gid(cast.ada_business)})

    assert of_ben == ["ada's", "ben's"]
    assert of_ada == ["ada's"]


def test_who_lost_an_order_cannot_ask_who_won_it(graphql: GraphQL, cast: Cast):
    winner = ProviderFactory()
    order = cast.ben_order(title="lost", assigned=True, won_by=winner)
    BidFactory(order=order, provider=cast.ada_business, status="REJECTED")
    won_by = {"providerId": gid(winner)}

    assert _ask(graphql, cast.ada) == ["lost"]
    assert _ask(graphql, cast.ada, filter=won_by) == []
    assert _ask(graphql, cast.ada, filter={"NOT": won_by}) == ["lost"]
    assert _ask(graphql, cast.ben, filter=won_by) == ["lost"]


def test_disputed_ones_are_those_with_a_dispute_that_one_may_know_of(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(title="disputed", confirmed=True)
    DisputeFactory(order=order, status="RESOLVED")
    loser = BidFactory(order=order, status="REJECTED").provider.user_profile.user
    cast.ben_order(title="peaceful")

    for by, titles in ((cast.ben, ["disputed"]), (cast.dora, ["disputed"]), (loser, [])):
        assert _ask(graphql, by, filter={"isDisputed": True}) == titles
    assert _ask(graphql, cast.ben, filter={"isDisputed": False}) == ["peaceful"]


def test_they_are_found_by_when_they_were_published_and_end(graphql: GraphQL, cast: Cast):
    now = clock.now()
    for title, days in (("soon", 1), ("late", 20)):
        ends = now + timedelta(days=days)
        cast.ben_order(title=title, published=True, published_at=now, expires_at=ends)
    limit = (now + timedelta(days=5)).isoformat()

    assert _ask(graphql, cast.ben, filter={"expiresAt": {"lt": limit}}) == ["soon"]
    assert _ask(graphql, cast.ben, filter={"publishedAt": {"gt": limit}}) == []
    assert _ask(graphql, cast.ben, order=[{"expiresAt": "DESC"}]) == ["late", "soon"]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("tap", ["Kitchen tap"]),
        ("KITCHEN drip", ["Kitchen tap"]),
        ("paarl", ["Roof"]),
        ("kitchen roof", []),
        ("100%", ["Roof"]),
        ("_", []),
        ("", []),
        (" \x00 ", []),
        ("'; drop table", []),
    ],
)
def test_words_are_looked_for_in_what_an_order_says(
    graphql: GraphQL, cast: Cast, text: str, titles: list[str]
):
    cast.ben_order(title="Kitchen tap", description="It drips.")
    cast.ben_order(title="Roof", description="100% wet", city="Paarl")
    OrderFactory(title="Kitchen tap", description="noise, drips", published=True)

    assert _ask(graphql, cast.ben, search=text) == titles


def test_staff_look_for_the_client_too_and_nobody_else_does(graphql: GraphQL, cast: Cast):
    cast.ben_order(title="Roof", published=True)
    cast.ada_business  # noqa: B018 - Ada has one then

    for text in ("botha", "ben@example.org", "roof botha"):
        assert _ask(graphql, cast.dora, search=text) == ["Roof"]
        assert _ask(graphql, cast.ada, search=text) == []


def test_a_text_that_is_too_long_is_refused(graphql: GraphQL, cast: Cast):
    assert graphql(LIST, {"search": "x" * 201}, by=cast.ben).code == "search_too_long"


def _near(latitude: float, longitude: float, radius: float) -> dict[str, float]:
    return {"latitude": latitude, "longitude": longitude, "radiusKm": radius}


def test_those_near_a_point_are_found_across_the_meridian_too(graphql: GraphQL, cast: Cast):
    cast.ben_order(title="Observatory", latitude=-33.9381, longitude=18.4697)
    cast.ben_order(title="Paarl", latitude=-33.7342, longitude=18.9621)
    cast.ben_order(title="Taveuni", latitude=-16.8, longitude=-179.99)
    cast.ben_order(title="nowhere")

    assert _ask(graphql, cast.ben, near=_near(-33.93, 18.47, 10)) == ["Observatory"]
    assert _ask(graphql, cast.ben, near=_near(-33.93, 18.47, 60)) == ["Observatory", "Paarl"]
    assert _ask(graphql, cast.ben, near=_near(-16.8, 179.99, 10)) == ["Taveuni"]


def test_two_places_of_the_same_hundredth_of_a_degree_cannot_be_told_apart(
    graphql: GraphQL, cast: Cast
):
    cast.ben_order(title="here", published=True, latitude=-33.9361, longitude=18.4749)
    cast.ben_order(title="there", published=True, latitude=-33.9449, longitude=18.4651)
    cast.ada_business  # noqa: B018 - Ada has one then
    centres = [(-33.9361, 18.4749), (-33.9449, 18.4651), (-33.94, 18.47), (-33.93, 18.46)]

    for latitude, longitude in centres:
        for radius in (0.01, 0.2, 0.5, 0.7, 1.0, 1.5):
            found = _ask(graphql, cast.ada, near=_near(latitude, longitude, radius))
            assert found in ([], ["here", "there"])
    assert _ask(graphql, cast.ada, near=_near(-33.94, 18.47, 0.01)) == ["here", "there"]


@pytest.mark.parametrize("circle", [(91, 18, 5), (-33, 181, 5), (-33, 18, 0), (-33, 18, 501)])
def test_what_is_no_circle_is_refused(
    graphql: GraphQL, cast: Cast, circle: tuple[float, float, float]
):
    assert graphql(LIST, {"near": _near(*circle)}, by=cast.ben).code == "invalid_circle"


def test_the_trash_is_ones_own_and_staffs(graphql: GraphQL, cast: Cast):
    cast.ben_order(title="kept", cancelled=True)
    cast.ada_work(title="ben's", confirmed=True).soft_delete()
    OrderFactory(title="noise").soft_delete()

    assert _ask(graphql, cast.ben, deleted=True) == ["ben's"]
    assert _ask(graphql, cast.ada, deleted=True) == []
    assert _ask(graphql, cast.cleo, deleted=True) == []
    assert _ask(graphql, cast.eve, deleted=True) == []
    assert _ask(graphql, cast.dora, deleted=True) == ["ben's", "noise"]
    assert _ask(graphql, cast.dora) == ["kept"]
