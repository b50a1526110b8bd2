"""Changing an offer."""

from datetime import timedelta
from typing import Any

import pytest

from apps.orders.events import BidUpdated
from apps.orders.models import Bid
from kernel import clock
from tests.factories.cast import Cast
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes


def test_a_pending_bid_is_changed(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid(description="Tomorrow.")
    given = {"bidId": gid(bid), "amount": {"amount": "700", "currency": "ZAR"}, "version": 1}

    with announced() as heard:
        changed = graphql.mutate(
            "updateBid",
            given,
            "... on Bid { amount { amount } description version order { bidCount } }",
            by=cast.ada,
        ).data["updateBid"]

    assert changed == {
        "__typename": "Bid",
        "amount": {"amount": "700.00"},
        "description": "Tomorrow.",
        "version": 2,
        "order": {"bidCount": 1},
    }
    told = BidUpdated(order_id=bid.order_id, bid_id=bid.pk, provider_id=bid.provider_id)
    assert heard == [told]


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ben", "not_found"),
        ("cleo", "not_found"),
        ("dora", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_the_bidder_changes_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    bid, by = cast.ada_bid(), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("updateBid", {"bidId": gid(bid), "description": "Ha"}, by=by)

    assert answer.code == code


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"amount": {"amount": "0", "currency": "ZAR"}}, "amount_not_positive", None),
        ({"amount": {"amount": "-5", "currency": "ZAR"}}, "amount_not_positive", None),
        ({"amount": {"amount": "5.001", "currency": "ZAR"}}, "invalid_amount", "amount"),
        ({"amount": {"amount": "5", "currency": "USD"}}, "currency_mismatch", "amount"),
        ({"amount": None}, "null", "amount"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "invalid_expiry", "expiresAt"),
        ({"expiresAt": "2999-01-01T00:00:00Z"}, "invalid_expiry", "expiresAt"),
        ({"estimatedDuration": 43_201}, "invalid_duration", "estimatedDuration"),
        ({"termsConditions": "x" * 5_001}, "max_length", "termsConditions"),
        ({"description": "Later", "version": 7}, "version_conflict", "version"),
    ],
)
def test_a_bad_change_is_refused(
    graphql: GraphQL, cast: Cast, given: dict[str, Any], code: str, field: str | None
):
    bid = cast.ada_bid()

    with nothing_changes():
        answer = graphql.mutate("updateBid", {"bidId": gid(bid)} | given, by=cast.ada)

    assert (answer.refusal["code"], answer.refusal["field"]) == (code, field)


@pytest.mark.parametrize("status", ["ACCEPTED", "REJECTED", "WITHDRAWN"])
def test_a_decided_bid_is_not_changed(graphql: GraphQL, cast: Cast, status: str):
    bid = cast.ada_bid(status=status)

    with nothing_changes():
        given = {"bidId": gid(bid), "description": "Late"}
        answer = graphql.mutate("updateBid", given, by=cast.ada)

    assert answer.code == "bid_not_pending"


@pytest.mark.parametrize(
    ("traits", "code"),
    [
        ({"turn": "PROVIDER"}, "not_your_turn"),
        ({"status": "EXPIRED"}, "bid_expired"),
        ({"expires_at": clock.now()}, "bid_expired"),
    ],
)
def test_a_bid_is_changed_while_it_is_the_clients_to_answer(
    graphql: GraphQL, cast: Cast, traits: dict[str, Any], code: str
):
    bid = cast.ada_bid(**traits)

    with nothing_changes():
        given = {"bidId": gid(bid), "description": "Late"}
        answer = graphql.mutate("updateBid", given, by=cast.ada)

    assert answer.code == code


def test_how_long_it_stands_is_changed_and_left_open(graphql: GraphQL, cast: Cast):
    bid, until = cast.ada_bid(), clock.now() + timedelta(days=3)

    given = {"bidId": gid(bid), "termsConditions": "Paid in cash."}
    select = "... on Bid { expiresAt termsConditions }"
    bounded = graphql.mutate(
        "updateBid", given | {"expiresAt": until.isoformat()}, select, by=cast.ada
    ).data["updateBid"]
    opened = graphql.mutate("updateBid", given | {"expiresAt": None}, select, by=cast.ada)

    assert bounded["expiresAt"] == until.isoformat(timespec="microseconds")
    assert bounded["termsConditions"] == "Paid in cash."
    assert opened.data["updateBid"]["expiresAt"] is None


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ada_bid().order

    with nothing_changes():
        given = {"bidId": gid(order), "description": "Ha"}
        answer = graphql.mutate("updateBid", given, by=cast.ada)

    assert answer.code == "invalid_id"
    assert Bid.objects.get().description == ""
