"""Listing bids: those on one's orders, and one's own."""

from typing import Any

import pytest

from apps.orders.models import Bid
from tests.factories.cast import Cast
from tests.factories.orders import BidFactory, OrderFactory
from tests.support.graphql import GraphQL, gid

LIST = """query($filter: BidFilter, $order: [BidOrder!]! = []) {
  bids(filter: $filter, order: $order) {
    totalCount edges { node { description amount { amount } } } } }"""
OF_ORDER = """query($id: ID!, $filter: BidFilter) { order(id: $id) { bidCount
  bids(filter: $filter, order: [{amount: ASC}]) {
    totalCount edges { node { description } } } } }"""


def _rand(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "ZAR"}


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


@pytest.mark.parametrize(
    ("filter", "said"),
    [
        ({"amount": {"least": _rand("750")}}, ["Ada's", "noise"]),
        ({"amount": {"most": _rand("750")}}, ["rival's"]),
        ({"amount": {"least": _rand("700"), "most": _rand("700")}}, ["rival's"]),
        ({"amount": {"least": {"amount": "1", "currency": "USD"}}}, []),
        ({"amount": {}}, ["Ada's", "noise", "rival's"]),
        ({"NOT": {"amount": {"most": _rand("750")}}}, ["Ada's", "noise"]),
        ({"isNegotiable": {"exact": True}}, ["Ada's"]),
        ({"turn": "PROVIDER"}, ["Ada's"]),
        ({"status": "WITHDRAWN"}, ["rival's"]),
        ({"provider": {"businessName": {"exact": "Ada's pipes"}}}, ["Ada's"]),
        ({"order": {"city": {"exact": "Durban"}}}, ["noise"]),
    ],
)
def test_staff_find_them_by_what_they_are(
    graphql: GraphQL, cast: Cast, filter: dict[str, Any], said: list[str]
):
    bid, far = _bids(cast), OrderFactory(published=True, city="Durban")
    Bid.objects.filter(pk=bid.pk).update(is_negotiable=True, turn="PROVIDER")
    Bid.objects.filter(description="noise").update(order=far)
    type(cast.ada_business).objects.filter(pk=bid.provider_id).update(business_name="Ada's pipes")

    bids = graphql(LIST, {"filter": filter}, by=cast.dora).data["bids"]

    assert sorted(_said(bids)) == said


def test_staff_find_those_of_a_provider_and_on_an_order(graphql: GraphQL, cast: Cast):
    bid = _bids(cast)
    by_provider = {"provider": {"id": {"exact": gid(bid.provider)}}}
    by_order = {"order": {"id": {"exact": gid(bid.order)}}}

    of_ada = graphql(LIST, {"filter": by_provider}, by=cast.dora).data["bids"]
    on_order = graphql(LIST, {"filter": by_order}, by=cast.dora).data["bids"]

    assert _said(of_ada) == ["Ada's"]
    assert sorted(_said(on_order)) == ["Ada's", "rival's"]


@pytest.mark.parametrize(
    ("bounds", "code"),
    [
        (
            {"least": _rand("1"), "most": {"amount": "2", "currency": "USD"}},
            "currency_mismatch",
        ),
        ({"least": _rand("1.001")}, "invalid_amount"),
        ({"most": {"amount": "1", "currency": "XXQ"}}, "invalid_amount"),
    ],
)
def test_bounds_that_are_none_are_refused(
    graphql: GraphQL, cast: Cast, bounds: dict[str, Any], code: str
):
    assert graphql(LIST, {"filter": {"amount": bounds}}, by=cast.dora).code == code


def test_deleted_ones_are_hidden(graphql: GraphQL, cast: Cast):
    _bids(cast).soft_delete()

    bids = graphql(LIST, by=cast.ben).data["bids"]

    assert _said(bids) == ["rival's"]
