"""Proposing another price for a bid."""

from typing import Any

import pytest

from apps.orders.events import CounterOffered
from apps.orders.models import Bid, CounterOffer
from kernel import clock
from tests.factories.cast import Cast
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

SELECT = """... on Bid { amount { amount } turn status viewerCan
  counterOffers { edges { node { party message amount { amount currency } } } } }"""


def _rand(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "ZAR"}


def _bid(cast: Cast, **traits: Any) -> Bid:
    return cast.ada_bid(amount=800_00, **{"is_negotiable": True} | traits)


def _given(bid: Bid, **given: Any) -> dict[str, Any]:
    return {"bidId": gid(bid), "amount": _rand("600")} | given


def test_the_client_proposes_and_the_bidder_answers(graphql: GraphQL, cast: Cast):
    bid = _bid(cast)

    with announced() as heard:
        lower = graphql.mutate(
            "counterBid", _given(bid, message="It is small."), SELECT, by=cast.ben
        ).data["counterBid"]
        higher = graphql.mutate(
            "counterBid", _given(bid, amount=_rand("700")), SELECT, by=cast.ada
        ).data["counterBid"]

    offers = [edge["node"] for edge in higher["counterOffers"]["edges"]]
    told = {"order_id": bid.order_id, "bid_id": bid.pk, "provider_id": bid.provider_id}
    assert (lower["amount"], lower["turn"]) == ({"amount": "800.00"}, "PROVIDER")
    assert (higher["amount"], higher["turn"]) == ({"amount": "700.00"}, "CLIENT")
    assert offers == [
        {"party": "PROVIDER", "message": "", "amount": _rand("700.00")},
        {"party": "CLIENT", "message": "It is small.", "amount": _rand("600.00")},
    ]
    assert heard == [
        CounterOffered(party="CLIENT", **told),
        CounterOffered(party="PROVIDER", **told),
    ]


@pytest.mark.parametrize(
    ("who", "code"), [("cleo", "not_found"), ("dora", "not_found"), ("nobody", "not_signed_in")]
)
def test_others_have_no_say(graphql: GraphQL, cast: Cast, who: str, code: str):
    bid, by = _bid(cast), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("counterBid", _given(bid), by=by)

    assert answer.code == code


@pytest.mark.parametrize(
    ("traits", "given", "code", "field"),
    [
        ({}, {"amount": _rand("0")}, "amount_not_positive", None),
        ({}, {"amount": _rand("-1")}, "amount_not_positive", None),
        ({}, {"amount": _rand("1.001")}, "invalid_amount", "amount"),
        ({}, {"amount": {"amount": "6", "currency": "USD"}}, "currency_mismatch", "amount"),
        ({}, {"message": "x" * 2_001}, "max_length", "message"),
        ({"is_negotiable": False}, {}, "not_negotiable", None),
        ({"turn": "PROVIDER"}, {}, "not_your_turn", None),
        ({"status": "REJECTED"}, {}, "bid_not_pending", None),
        ({"status": "EXPIRED"}, {}, "bid_expired", None),
        ({"expires_at": clock.now()}, {}, "bid_expired", None),
    ],
)
def test_a_bad_counter_offer_is_refused(
    graphql: GraphQL,
    cast: Cast,
    traits: dict[str, Any],
    given: dict[str, Any],
    code: str,
    field: str | None,
):
    bid = _bid(cast, **traits)

    with nothing_changes():
        answer = graphql.mutate("counterBid", _given(bid, **given), by=cast.ben)

    assert (answer.refusal["code"], answer.refusal["field"]) == (code, field)


def test_the_bidder_is_not_to_answer_their_own_offer(graphql: GraphQL, cast: Cast):
    bid = _bid(cast)

    with nothing_changes():
        answer = graphql.mutate("counterBid", _given(bid), by=cast.ada)

    assert answer.code == "not_your_turn"


def test_an_order_that_takes_no_bids_is_not_bargained_over(graphql: GraphQL, cast: Cast):
    bid = _bid(cast, order=cast.ben_order(published=True, expires_at=clock.now()))

    with nothing_changes():
        answer = graphql.mutate("counterBid", _given(bid), by=cast.ben)

    assert answer.code == "order_not_open"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    order = _bid(cast).order

    with nothing_changes():
        answer = graphql.mutate("counterBid", _given(order), by=cast.ben)

    assert answer.code == "invalid_id"


def test_a_repeat_under_the_same_key_proposes_once(graphql: GraphQL, cast: Cast):
    bid = _bid(cast)
    given = _given(bid, idempotencyKey="counter-1")

    answers = [graphql.mutate("counterBid", given, SELECT, by=cast.ben) for _ in range(2)]

    assert answers[0].data == answers[1].data
    assert CounterOffer.objects.count() == 1


def test_rivals_see_nothing_of_it(graphql: GraphQL, cast: Cast):
    bid = _bid(cast)
    graphql.mutate("counterBid", _given(bid, message="It is small."), by=cast.ben)
    offer = gid(CounterOffer.objects.get())
    node = "query($id: ID!) { node(id: $id) { ... on CounterOffer { message bid { id } } } }"

    seen = {who: graphql(node, {"id": offer}, by=getattr(cast, who)).body for who in ("ben", "ada")}
    hidden = graphql(node, {"id": offer}, by=cast.cleo)

    shown = {"message": "It is small.", "bid": {"id": gid(bid)}}
    assert [body["data"]["node"] for body in seen.values()] == [shown] * 2
    assert hidden.code == "not_found"
