"""Listing orders: one's own, and for verified providers the published ones."""

from datetime import date
from typing import Any

import pytest

from apps.orders.models import Bid, Order
from tests.factories.cast import Cast
from tests.factories.catalog import AreaFactory, SubcategoryFactory
from tests.factories.orders import BidFactory, OrderFactory
from tests.factories.providers import ProviderFactory
from tests.support.graphql import GraphQL, gid

LIST = """query($filter: OrderFilter, $order: [OrderOrder!]! = [], $first: Int, $after: String) {
  orders(filter: $filter, order: $order, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { id title } } } }"""


def _titles(answer: Any) -> list[str]:
    return [edge["node"]["title"] for edge in answer.data["orders"]["edges"]]


def test_a_client_sees_their_own_in_every_state(graphql: GraphQL, cast: Cast):
    for status in Order.Status:
        cast.ben_order(status=status, title=status)
        OrderFactory(status=status, title="noise")

    answer = graphql(LIST, by=cast.ben)

    assert sorted(_titles(answer)) == sorted(Order.Status)
    assert answer.data["orders"]["totalCount"] == len(Order.Status)


def test_a_verified_provider_sees_the_published_ones_and_those_bid_on(graphql: GraphQL, cast: Cast):
    for status in Order.Status:
        cast.ben_order(status=status, title=status)
    BidFactory(provider=cast.ada_business, order=OrderFactory(confirmed=True, title="bid on"))

    answer = graphql(LIST, by=cast.ada)

    assert sorted(_titles(answer)) == ["PUBLISHED", "bid on"]


def test_an_unverified_provider_sees_none_but_those_bid_on(graphql: GraphQL, cast: Cast):
    cast.ben_order(published=True)
    novice = ProviderFactory(is_verified_provider=False)
    BidFactory(provider=novice, order=OrderFactory(published=True, title="bid on"))

    answer = graphql(LIST, by=novice.user_profile.user)

    assert _titles(answer) == ["bid on"]


def test_staff_sees_all_and_nobody_sees_deleted_ones(graphql: GraphQL, cast: Cast):
    cast.ben_order(title="draft")
    cast.ben_order(title="gone").soft_delete()

    assert _titles(graphql(LIST, by=cast.dora)) == ["draft"]
    assert _titles(graphql(LIST, by=cast.ben)) == ["draft"]


def test_the_signed_out_are_refused(graphql: GraphQL, cast: Cast):
    cast.ben_order(published=True)

    answer = graphql(LIST)

    assert answer.code == "not_signed_in"
    assert answer.body["data"] is None


@pytest.mark.parametrize(
    ("filter", "titles"),
    [
        ({"status": "PUBLISHED"}, ["soon"]),
        ({"urgency": "URGENT"}, ["urgent"]),
        ({"city": {"exact": "Paarl"}}, ["urgent"]),
        ({"country": {"inList": ["KE"]}}, ["far"]),
        ({"serviceDate": {"lt": "2099-01-02"}}, ["soon"]),
        ({"isFeatured": {"exact": True}}, ["far"]),
        ({"area": {"city": {"exact": "Nairobi"}}}, ["far"]),
        ({"serviceSubcategory": {"slug": {"exact": "roof"}}}, ["urgent"]),
        ({"OR": {"urgency": "URGENT"}, "status": "PUBLISHED"}, ["soon", "urgent"]),
        ({"NOT": {"status": "PUBLISHED"}}, ["far", "urgent"]),
        ({"status": "DRAFT", "AND": {"isFeatured": {"exact": True}}}, ["far"]),
        ({"city": {"exact": "nowhere"}}, []),
    ],
)
def test_they_are_filtered(graphql: GraphQL, cast: Cast, filter: dict[str, Any], titles: list[str]):
    roof, nairobi = SubcategoryFactory(slug="roof"), AreaFactory(city="Nairobi", country="KE")
    cast.ben_order(title="soon", published=True, service_date=date(2099, 1, 1))
    cast.ben_order(title="urgent", urgency="URGENT", city="Paarl", service_subcategory=roof)
    cast.ben_order(title="far", area=nairobi, country="KE", is_featured=True)

    answer = graphql(LIST, {"filter": filter, "order": [{"createdAt": "ASC"}]}, by=cast.ben)

    assert sorted(_titles(answer)) == titles
    assert answer.data["orders"]["totalCount"] == len(titles)


def test_they_are_found_by_their_ids(graphql: GraphQL, cast: Cast):
    order, other, _noise = (cast.ben_order(title=title) for title in ("this", "that", "noise"))

    one = graphql(LIST, {"filter": {"id": {"exact": gid(order)}}}, by=cast.ben)
    both = {"filter": {"id": {"inList": [gid(order), gid(other)]}}}
    no_order = {"filter": {"id": {"exact": gid(cast.ben_client)}}}

    assert _titles(one) == ["this"]
    assert _titles(graphql(LIST, both, by=cast.ben)) == ["that", "this"]
    assert _titles(graphql(LIST, no_order, by=cast.ben)) == []


def test_they_are_ordered_as_asked_and_newest_first_when_not(graphql: GraphQL, cast: Cast):
    for title, day, bids in (("a", 3, 0), ("b", 1, 2), ("c", 2, 1)):
        cast.ben_order(title=title, service_date=date(2099, 1, day), bid_count=bids)

    by_day = graphql(LIST, {"order": [{"serviceDate": "ASC"}]}, by=cast.ben)
    by_bids = graphql(LIST, {"order": [{"bidCount": "DESC"}]}, by=cast.ben)
    unasked = graphql(LIST, by=cast.ben)

    assert _titles(by_day) == ["b", "c", "a"]
    assert _titles(by_bids) == ["b", "c", "a"]
    assert _titles(unasked) == ["c", "b", "a"]


def test_pages_follow_one_another(graphql: GraphQL, cast: Cast):
    for title in "abc":
        cast.ben_order(title=title)
    given = {"order": [{"createdAt": "ASC"}], "first": 2}

    first = graphql(LIST, given, by=cast.ben)
    page = first.data["orders"]["pageInfo"]
    second = graphql(LIST, given | {"after": page["endCursor"]}, by=cast.ben)

    assert (_titles(first), page["hasNextPage"]) == (["a", "b"], True)
    assert _titles(second) == ["c"]
    assert second.data["orders"]["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize(
    ("given", "code"),
    [({"first": 101}, "invalid_page"), ({"after": "rubbish"}, "invalid_cursor")],
)
def test_what_is_no_page_is_refused(graphql: GraphQL, cast: Cast, given: dict[str, Any], code: str):
    assert graphql(LIST, given, by=cast.ben).code == code


def test_an_order_with_many_bids_of_ones_own_is_listed_once(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(published=True, title="once")
    for status in (Bid.Status.WITHDRAWN, Bid.Status.REJECTED, Bid.Status.PENDING):
        BidFactory(order=order, provider=cast.ada_business, status=status)

    answer = graphql(LIST, by=cast.ada)

    assert _titles(answer) == ["once"]
    assert answer.data["orders"]["totalCount"] == 1
