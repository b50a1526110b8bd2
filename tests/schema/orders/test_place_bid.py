"""Offering to carry out a published order."""

from functools import partial
from typing import Any

import pytest

from apps.orders.events import BidPlaced
from apps.orders.models import Bid, Order
from tests.factories.cast import Cast
from tests.factories.orders import BidFactory
from tests.factories.providers import ProviderFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes


def _rand(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "ZAR"}


def test_a_verified_provider_bids(graphql: GraphQL, cast: Cast):
    order, business = cast.ben_order(published=True), cast.ada_business
    given = {"orderId": gid(order), "amount": _rand("850.5"), "estimatedDuration": 90}

    with announced() as heard:
        placed = graphql.mutate(
            "placeBid",
            given,
            "... on Bid { amount { amount currency } status estimatedDuration description"
            " provider { id } order { bidCount } }",
            by=cast.ada,
        ).data["placeBid"]

    bid = Bid.objects.get()
    assert placed == {
        "__typename": "Bid",
        "amount": {"amount": "850.50", "currency": "ZAR"},
        "status": "PENDING",
        "estimatedDuration": 90,
        "description": "",
        "provider": {"id": gid(business)},
        "order": {"bidCount": 1},
    }
    assert heard == [BidPlaced(order_id=order.pk, bid_id=bid.pk, provider_id=business.pk)]


def test_the_signed_out_are_refused(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(published=True)

    with nothing_changes():
        answer = graphql.mutate("placeBid", {"orderId": gid(order), "amount": _rand("850")})

    assert answer.code == "not_signed_in"


def test_without_a_verified_business_a_published_order_is_not_there(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(published=True)
    novice, staff = ProviderFactory(is_verified_provider=False).user_profile.user, cast.dora

    with nothing_changes():
        given = {"orderId": gid(order), "amount": _rand("850")}
        without = graphql.mutate("placeBid", given, by=staff)
        unverified = graphql.mutate("placeBid", given, by=novice)

    assert without.code == "no_provider_profile"
    assert unverified.code == "not_found"


def test_a_provider_who_lost_the_verification_is_refused(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid(status=Bid.Status.WITHDRAWN)
    cast.ada_business.is_verified_provider = False
    cast.ada_business.save()

    with nothing_changes():
        given = {"orderId": gid(bid.order), "amount": _rand("850")}
        answer = graphql.mutate("placeBid", given, by=cast.ada)

    assert answer.code == "provider_not_verified"


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"amount": _rand("0")}, "amount_not_positive", None),
        ({"amount": _rand("-1")}, "amount_not_positive", None),
        ({"amount": _rand("1.001")}, "invalid_amount", "amount"),
        ({"amount": _rand("")}, "invalid_amount", "amount"),
        ({"amount": _rand("Infinity")}, "invalid_amount", "amount"),
        ({"amount": {"amount": "80", "currency": "USD"}}, "currency_mismatch", "amount"),
        ({"amount": {"amount": "80", "currency": "XXQ"}}, "invalid_amount", "amount"),
        ({"estimatedDuration": -1}, "min_value", "estimatedDuration"),
        ({"isNegotiable": None}, "invalid", "isNegotiable"),
    ],
)
def test_a_bad_offer_is_refused(
    graphql: GraphQL, cast: Cast, given: dict[str, Any], code: str, field: str | None
):
    order, _ = cast.ben_order(published=True), cast.ada_business

    with nothing_changes():
        given = {"orderId": gid(order), "amount": _rand("850")} | given
        answer = graphql.mutate("placeBid", given, by=cast.ada)

    assert (answer.refusal["code"], answer.refusal["field"]) == (code, field)


def test_a_bid_on_ones_own_order_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(published=True)
    ProviderFactory(user_profile=cast.ben_client.user_profile)

    with nothing_changes():
        given = {"orderId": gid(order), "amount": _rand("850")}
        answer = graphql.mutate("placeBid", given, by=cast.ben)

    assert answer.code == "own_order"


def test_a_bid_on_ones_own_draft_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ben_order()
    ProviderFactory(user_profile=cast.ben_client.user_profile)

    with nothing_changes():
        given = {"orderId": gid(order), "amount": _rand("850")}
        answer = graphql.mutate("placeBid", given, by=cast.ben)

    assert answer.code == "order_not_open"


def test_to_a_provider_a_draft_is_not_there(graphql: GraphQL, cast: Cast):
    order, by = cast.ben_order(), cast.cleo

    with nothing_changes():
        answer = graphql.mutate("placeBid", {"orderId": gid(order), "amount": _rand("8")}, by=by)

    assert answer.code == "not_found"


@pytest.mark.parametrize("status", [s for s in Order.Status if s not in ("DRAFT", "PUBLISHED")])
def test_an_order_that_went_on_takes_no_bids(graphql: GraphQL, cast: Cast, status: str):
    order = cast.ben_order(status=status)
    BidFactory(order=order, provider=cast.ada_business, status=Bid.Status.REJECTED)

    with nothing_changes():
        given = {"orderId": gid(order), "amount": _rand("850")}
        answer = graphql.mutate("placeBid", given, by=cast.ada)

    assert answer.code == "order_not_open"


def test_a_second_bid_is_refused_until_the_first_is_withdrawn(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid()
    given = {"orderId": gid(bid.order), "amount": _rand("850")}

    with nothing_changes():
        second = graphql.mutate("placeBid", given, by=cast.ada)
    graphql.mutate("withdrawBid", {"bidId": gid(bid)}, by=cast.ada)
    third = graphql.mutate("placeBid", given, "... on Bid { order { bidCount } }", by=cast.ada)

    assert second.code == "already_bid"
    assert third.data["placeBid"]["order"] == {"bidCount": 1}


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid()

    with nothing_changes():
        given = {"orderId": gid(bid), "amount": _rand("850")}
        answer = graphql.mutate("placeBid", given, by=cast.ada)

    assert answer.code == "invalid_id"


def test_a_repeat_under_the_same_key_answers_the_same_bid(graphql: GraphQL, cast: Cast):
    order, _ = cast.ben_order(published=True), cast.ada_business
    given = {"orderId": gid(order), "amount": _rand("850"), "idempotencyKey": "bid-1"}
    select = "... on Bid { id order { bidCount } }"

    with announced() as heard:
        first = graphql.mutate("placeBid", given, select, by=cast.ada)
        again = graphql.mutate("placeBid", given, select, by=cast.ada)

    assert first.data["placeBid"]["order"] == {"bidCount": 1}
    assert again.data == first.data
    assert (Bid.objects.count(), len(heard)) == (1, 1)


def test_another_input_under_the_same_key_is_refused(graphql: GraphQL, cast: Cast):
    order, _ = cast.ben_order(published=True), cast.ada_business
    given = {"orderId": gid(order), "amount": _rand("850"), "idempotencyKey": "bid-1"}
    graphql.mutate("placeBid", given, by=cast.ada)

    with nothing_changes():
        answer = graphql.mutate("placeBid", given | {"amount": _rand("849")}, by=cast.ada)

    assert answer.code == "idempotency_mismatch"


def test_a_refusal_is_answered_again_also_when_its_cause_is_gone(graphql: GraphQL, cast: Cast):
    order, _ = cast.ben_order(), cast.ada_business
    given = {"orderId": gid(order), "amount": _rand("850"), "idempotencyKey": "bid-1"}
    first = graphql.mutate("placeBid", given, by=cast.ada)
    graphql.mutate("publishOrder", {"orderId": gid(order)}, by=cast.ben)

    with nothing_changes():
        again = graphql.mutate("placeBid", given, by=cast.ada)

    assert first.code == "not_found"
    assert again.refusal == first.refusal


@pytest.mark.django_db(transaction=True)
def test_repeats_at_once_under_the_same_key_answer_the_same_bid(cast: Cast):
    order, _ = cast.ben_order(published=True), cast.ada_business
    given = {"orderId": gid(order), "amount": _rand("850"), "idempotencyKey": "bid-1"}
    place = partial(GraphQL().mutate, "placeBid", given, "... on Bid { id }", by=cast.ada)

    answers = race(*[place] * 8)

    ids = {answer.data["placeBid"]["id"] for answer in answers}
    assert ids == {gid(Bid.objects.get())}
    assert Order.objects.get().bid_count == 1
