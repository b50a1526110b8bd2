"""Listing bids: those on one's orders, and one's own."""

from typing import Any

import pytest

from tests.factories.cast import Cast
from tests.factories.orders import BidFactory
from tests.support.graphql import GraphQL, gid

LIST = """query($filter: BidFilter, $order: [BidOrder!]! = []) {
  bids(filter: $filter, order: $order) {
    totalCount edges { node { description amount { amount } } } } }"""
OF_ORDER = """query($id: ID!, $filter: BidFilter) { order(id: $id) { bidCount
  bids(filter: $filter, order: [{amount: ASC}]) {
    totalCount edges { node { description } } } } }"""


def _said(bids: dict[str, Any]) -> list[str]:
    return [edge["node"]["description"] for edge in bids["edges"]]


def _bids(cast: Cast) -> Any:
    """Ada's bid and a rival's on an order of Ben's, and another on somebody else's."""
    bid = cast.ada_bid(description="Ada's", amount=800_00)
    BidFactory(order=bid.order, description="rival's", amount=700_00, status="WITHDRAWN")
    BidFactory(description="noise")
    return bid


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("ben", ["Ada's", "rival's"]),
        ("ada", ["Ada's"]),
        ("cleo", []),
        ("dora", ["Ada's", "noise", "rival's"]),
    ],
)
def test_each_sees_what_concerns_them(graphql: GraphQL, cast: Cast, who: str, said: list[str]):
    _bids(cast)

    bids = graphql(LIST, by=getattr(cast, who)).data["bids"]

    assert sorted(_said(bids)) == said
    assert bids["totalCount"] == len(said)


@pytest.mark.parametrize(
    ("who", "said"), [("ben", ["rival's", "Ada's"]), ("ada", ["Ada's"]), ("cleo", [])]
)
def test_of_an_orders_bids_a_provider_sees_only_their_own(
    graphql: GraphQL, cast: Cast, who: str, said: list[str]
):
    bid = _bids(cast)

    order = graphql(OF_ORDER, {"id": gid(bid.order)}, by=getattr(cast, who)).data["order"]

    assert _said(order["bids"]) == said
    assert order["bids"]["totalCount"] == len(said)


def test_the_signed_out_are_refused(graphql: GraphQL, cast: Cast):
    _bids(cast)

    assert graphql(LIST).code == "not_signed_in"


def test_they_are_filtered_and_ordered(graphql: GraphQL, cast: Cast):
    bid = _bids(cast)

    pending = graphql(LIST, {"filter": {"status": "PENDING"}}, by=cast.ben).data["bids"]
    dear = graphql(LIST, {"order": [{"amount": "DESC"}]}, by=cast.ben).data["bids"]
    nested = {"id": gid(bid.order), "filter": {"NOT": {"status": "PENDING"}}}
    decided = graphql(OF_ORDER, nested, by=cast.ben).data["order"]["bids"]

    assert _said(pending) == ["Ada's"]
    assert _said(dear) == ["Ada's", "rival's"]
    assert (_said(decided), decided["totalCount"]) == (["rival's"], 1)


def test_deleted_ones_are_hidden(graphql: GraphQL, cast: Cast):
    _bids(cast).soft_delete()

    bids = graphql(LIST, by=cast.ben).data["bids"]

    assert _said(bids) == ["rival's"]
