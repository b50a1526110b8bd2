"""Agreeing to the price that the client proposed."""

from typing import Any

import pytest

from apps.orders.events import CounterOfferAccepted
from apps.orders.models import Bid, Party
from apps.orders.services.negotiation import counter_bid
from kernel import clock
from kernel.money import Money
from tests.factories.cast import Cast
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes


def _countered(cast: Cast, **traits: Any) -> Bid:
    """Ada's bid for 800, for which Ben proposed 600, in its third version."""
    bid = cast.ada_bid(amount=800_00, is_negotiable=True)
    counter_bid(bid=bid, by=Party.CLIENT, amount=Money(600_00, "ZAR"))
    Bid.objects.filter(pk=bid.pk).update(**traits)
    return bid


def test_the_bid_takes_the_clients_price_and_waits_for_the_client(graphql: GraphQL, cast: Cast):
    bid = _countered(cast)

    with announced() as heard:
        agreed = graphql.mutate(
            "acceptCounterOffer",
            {"bidId": gid(bid)},
            "... on Bid { amount { amount } turn status }",
            by=cast.ada,
        ).data["acceptCounterOffer"]
    graphql.mutate("acceptBid", {"bidId": gid(bid)}, by=cast.ben)

    told = CounterOfferAccepted(order_id=bid.order_id, bid_id=bid.pk, provider_id=bid.provider_id)
    assert (agreed["amount"], agreed["turn"]) == ({"amount": "600.00"}, "CLIENT")
    assert (agreed["status"], heard) == ("PENDING", [told])
    assert Bid.objects.get().order.final_price == Money(600_00, "ZAR")


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ben", "not_found"),
        ("cleo", "not_found"),
        ("dora", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_the_bidder_agrees(graphql: GraphQL, cast: Cast, who: str, code: str):
    bid, by = _countered(cast), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("acceptCounterOffer", {"bidId": gid(bid)}, by=by)

    assert answer.code == code


@pytest.mark.parametrize(
    ("traits", "code"),
    [
        ({"version": 7}, "version_conflict"),
        ({"turn": "CLIENT"}, "not_your_turn"),
        ({"is_negotiable": False}, "not_negotiable"),
        ({"status": "WITHDRAWN"}, "bid_not_pending"),
        ({"status": "EXPIRED"}, "bid_expired"),
        ({"expires_at": clock.now()}, "bid_expired"),
    ],
)
def test_there_is_nothing_to_agree_to(
    graphql: GraphQL, cast: Cast, traits: dict[str, Any], code: str
):
    bid = _countered(cast, **traits)

    with nothing_changes():
        given = {"bidId": gid(bid), "version": 3}
        answer = graphql.mutate("acceptCounterOffer", given, by=cast.ada)

    assert answer.code == code


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    order = _countered(cast).order

    with nothing_changes():
        answer = graphql.mutate("acceptCounterOffer", {"bidId": gid(order)}, by=cast.ada)

    assert answer.code == "invalid_id"
