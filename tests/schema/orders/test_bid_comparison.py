"""Weighing up the bids on one's order."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.services.sessions import start_session
from apps.orders.models import Bid, Order
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.catalog import AreaFactory
from tests.factories.orders import BidFactory
from tests.factories.providers import ProviderFactory
from tests.support.graphql import GraphQL, gid

COMPARE = """query($id: ID!, $order: [BidComparisonOrder!]! = [], $filter: BidFilter) {
  bidComparison(orderId: $id, order: $order, filter: $filter) { edges { node {
    amount { amount } termsConditions estimatedDuration expiresAt isNegotiable comparison {
      providerName averageRating totalReviews responseTimeMinutes completionRate distanceKm
      priceRank } } } } }"""


def _offer(order: Order, name: str, amount: int, **provider: Any) -> Bid:
    bidder = ProviderFactory(business_name=name, **provider)
    bid: Bid = BidFactory(order=order, provider=bidder, amount=amount * 100)
    return bid


@pytest.fixture
def order(cast: Cast) -> Order:
    """An order of Ben's in Cape Town with three open bids, and such as are out of the question."""
    order = cast.ben_order(published=True, latitude=-33.925, longitude=18.424)
    known = {"total_reviews": 9, "response_time_minutes": 12, "completion_rate": "97.50"}
    _offer(order, "Near", 900, latitude=-33.93, longitude=18.46, average_rating="4.50", **known)
    slow = {"average_rating": "3.00", "response_time_minutes": 300, "completion_rate": "50"}
    _offer(order, "Far", 700, latitude=-26.2, longitude=28.05, **slow)
    _offer(order, "Unknown", 700, latitude=None, longitude=None)
    for status in ("WITHDRAWN", "REJECTED", "EXPIRED"):
        BidFactory(order=order, status=status, amount=1)
    BidFactory(order=order, expires_at=clock.now() - timedelta(seconds=1), amount=1)
    BidFactory(order=order, amount=1).soft_delete()
    BidFactory(amount=1)
    return order


def _names(answer: Any) -> list[str]:
    rows = [edge["node"]["comparison"] for edge in answer.data["bidComparison"]["edges"]]
    return [row["providerName"] for row in rows]


def test_open_bids_are_compared_the_cheapest_first(graphql: GraphQL, cast: Cast, order: Order):
    answer = graphql(COMPARE, {"id": gid(order)}, by=cast.ben)

    *cheap, dear = [edge["node"] for edge in answer.data["bidComparison"]["edges"]]
    away = dear["comparison"].pop("distanceKm")
    assert [row["comparison"]["priceRank"] for row in cheap] == [1, 1]
    assert 3.6 < away < 3.8
    assert dear == {
        "amount": {"amount": "900.00"},
        "termsConditions": "",
        "estimatedDuration": None,
        "expiresAt": None,
        "isNegotiable": False,
        "comparison": {
            "providerName": "Near",
            "averageRating": "4.50",
            "totalReviews": 9,
            "responseTimeMinutes": 12,
            "completionRate": "97.50",
            "priceRank": 3,
        },
    }


def test_without_a_place_there_is_no_distance(graphql: GraphQL, cast: Cast, order: Order):
    bases = graphql(COMPARE, {"id": gid(order)}, by=cast.ben).data["bidComparison"]["edges"]
    Order.objects.update(latitude=None, longitude=None)
    places = graphql(COMPARE, {"id": gid(order)}, by=cast.ben).data["bidComparison"]["edges"]

    known = {row["node"]["comparison"]["providerName"] for row in bases
             if row["node"]["comparison"]["distanceKm"] is not None}  # fmt: skip
    assert known == {"Near", "Far"}
    assert [row["node"]["comparison"]["distanceKm"] for row in places] == [None] * 3


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ({"price": "DESC"}, ["Near"]),
        ({"rating": "DESC"}, ["Near", "Far", "Unknown"]),
        ({"rating": "ASC"}, ["Unknown", "Far", "Near"]),
        ({"distance": "ASC"}, ["Near", "Far", "Unknown"]),
        ({"distance": "DESC"}, ["Far", "Near", "Unknown"]),
        ({"distance": "ASC_NULLS_FIRST"}, ["Unknown", "Near", "Far"]),
        ({"response": "ASC"}, ["Near", "Far", "Unknown"]),
        ({"response": "DESC"}, ["Far", "Near", "Unknown"]),
        ({"completion": "DESC"}, ["Near", "Far", "Unknown"]),
    ],
)
def test_they_are_ordered_and_what_is_not_known_comes_last(
    graphql: GraphQL, cast: Cast, order: Order, by: dict[str, str], names: list[str]
):
    answer = graphql(COMPARE, {"id": gid(order), "order": [by]}, by=cast.ben)

    assert _names(answer)[: len(names)] == names


def test_ranks_stay_when_a_filter_leaves_some_out(graphql: GraphQL, cast: Cast, order: Order):
    good = {"provider": {"averageRating": {"gte": "4"}}}

    answer = graphql(COMPARE, {"id": gid(order), "filter": good}, by=cast.ben)

    (row,) = answer.data["bidComparison"]["edges"]
    assert row["node"]["comparison"]["priceRank"] == 3


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_found"),
        ("cleo", "not_found"),
        ("dora", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_it_is_for_the_client_alone(
    graphql: GraphQL, cast: Cast, order: Order, who: str, code: str
):
    BidFactory(order=order, provider=cast.ada_business)

    assert graphql(COMPARE, {"id": gid(order)}, by=getattr(cast, who)).code == code


def test_an_order_that_is_missing_or_of_another_type_is_refused(
    graphql: GraphQL, cast: Cast, order: Order
):
    bid = gid(order.bids.first())
    order.soft_delete()

    assert graphql(COMPARE, {"id": gid(order)}, by=cast.ben).code == "not_found"
    assert graphql(COMPARE, {"id": bid}, by=cast.ben).code == "invalid_id"


@pytest.mark.parametrize("who", ["ada", "dora"])
def test_to_others_a_bid_does_not_tell_of_its_rivals(
    graphql: GraphQL, cast: Cast, order: Order, who: str
):
    bid = BidFactory(order=order, provider=cast.ada_business)
    node = "query($id: ID!) { node(id: $id) { ... on Bid { comparison { priceRank } } } }"

    answer = graphql(node, {"id": gid(bid)}, by=getattr(cast, who))

    assert answer.data["node"] == {"comparison": None}


def test_a_page_is_one_statement_however_many_bid(graphql: GraphQL, cast: Cast, order: Order):
    few = _statements(graphql, cast, order)
    for number in range(40):
        _offer(order, f"P{number}", 800 + number)
    many = _statements(graphql, cast, order)

    assert [len(few), len(many)] == [1, 1]


def _statements(graphql: GraphQL, cast: Cast, order: Order) -> list[str]:
    """The statements that read bids, for a page in an order that needs every part."""
    token = start_session(user=cast.ben).access_token
    variables = {"id": gid(order), "order": [{"distance": "ASC"}, {"rating": "DESC"}]}
    with CaptureQueriesContext(connection) as asked:
        graphql(COMPARE, variables, token=token)
    tables = ("orders_bid", "providers_")
    return [q["sql"] for q in asked if any(f'FROM "{table}' in q["sql"] for table in tables)]


def test_an_order_that_names_but_an_area_is_in_the_middle_of_it(graphql: GraphQL, cast: Cast):
    area = AreaFactory(latitude=-33.925, longitude=18.424)
    order = cast.ben_order(published=True, area=area, latitude=None, longitude=None)
    _offer(order, "Near", 900, latitude=-33.93, longitude=18.46)

    answer = graphql(COMPARE, {"id": gid(order)}, by=cast.ben)

    (edge,) = answer.data["bidComparison"]["edges"]
    assert 3.6 < edge["node"]["comparison"]["distanceKm"] < 3.8
