"""Disputes as lists: the staff's queue, and one's own."""

from typing import Any

import pytest

from apps.orders.models import OrderDispute
from tests.factories.cast import Cast
from tests.factories.orders import DisputeFactory
from tests.support.graphql import GraphQL, gid

DISPUTES = """query($filter: DisputeFilter, $order: [DisputeOrder!]! = [], $after: String) {
  disputes(filter: $filter, order: $order, first: 4, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { id outcome } } } }"""
OF_ORDER = """query($id: ID!) { order(id: $id) {
  disputes(filter: {status: RESOLVED}) { totalCount edges { node { id } } } } }"""


def _disputes(cast: Cast) -> list[OrderDispute]:
    """A dispute of Ben's in each status, and one of strangers."""
    return [
        *(
            DisputeFactory(order=cast.ada_work(disputed=True), status=s)
            for s in OrderDispute.Status
        ),
        DisputeFactory(dispute_type="DAMAGE", opened_by=cast.cleo),
    ]


def _ids(found: Any) -> list[str]:
    return [edge["node"]["id"] for edge in found["edges"]]


def test_staff_see_what_waits_the_oldest_first(graphql: GraphQL, cast: Cast):
    opened, taken, _resolved, _dismissed, other = _disputes(cast)
    waiting = {"isWaiting": True}

    answer = graphql(DISPUTES, {"filter": waiting, "order": [{"createdAt": "ASC"}]}, by=cast.dora)

    found = answer.data["disputes"]
    assert _ids(found) == [gid(opened), gid(taken), gid(other)]
    assert found["totalCount"] == 3


def test_staff_turn_the_pages_of_the_queue(graphql: GraphQL, cast: Cast):
    disputes = _disputes(cast)
    newest_first = {"order": [{"createdAt": "DESC"}]}

    first = graphql(DISPUTES, newest_first, by=cast.dora).data["disputes"]
    behind = newest_first | {"after": first["pageInfo"]["endCursor"]}
    second = graphql(DISPUTES, behind, by=cast.dora).data["disputes"]

    assert [*_ids(first), *_ids(second)] == [gid(dispute) for dispute in reversed(disputes)]
    pages = [page["pageInfo"]["hasNextPage"] for page in (first, second)]
    assert (pages, first["totalCount"], len(_ids(second))) == ([True, False], 5, 1)


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ({"disputeType": "DAMAGE"}, [4]),
        ({"createdAt": {"lt": "2020-01-01T00:00:00Z"}}, []),
        ({"status": "DISMISSED"}, [3]),
        ({"isWaiting": False, "order": {"city": {"exact": "Cape Town"}}}, [3, 2]),
    ],
)
def test_staff_filter_them(graphql: GraphQL, cast: Cast, wanted: Any, places: list[int]):
    disputes = _disputes(cast)

    answer = graphql(DISPUTES, {"filter": wanted}, by=cast.dora)

    assert _ids(answer.data["disputes"]) == [gid(disputes[place]) for place in places]


def test_staff_find_those_of_an_order(graphql: GraphQL, cast: Cast):
    disputes = _disputes(cast)
    of_order = {"order": {"id": {"exact": gid(disputes[1].order)}}}

    answer = graphql(DISPUTES, {"filter": of_order}, by=cast.dora)

    assert _ids(answer.data["disputes"]) == [gid(disputes[1])]


@pytest.mark.parametrize(("who", "count"), [("ada", 4), ("ben", 4), ("cleo", 0), ("eve", 0)])
def test_parties_see_their_own(graphql: GraphQL, cast: Cast, who: str, count: int):
    _disputes(cast)

    answer = graphql(DISPUTES, by=getattr(cast, who))

    assert answer.data["disputes"]["totalCount"] == count


def test_the_signed_out_see_none(graphql: GraphQL):
    assert graphql(DISPUTES).code == "not_signed_in"


def test_an_order_has_its_own(graphql: GraphQL, cast: Cast):
    _opened, _taken, resolved, *_ = _disputes(cast)

    answer = graphql(OF_ORDER, {"id": gid(resolved.order)}, by=cast.ben)

    assert _ids(answer.data["order"]["disputes"]) == [gid(resolved)]
