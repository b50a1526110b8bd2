"""Taking an offer back."""

import pytest

from apps.orders.events import BidWithdrawn
from apps.orders.models import Bid, Order
from tests.factories.cast import Cast
from tests.factories.orders import BidFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes


def test_a_pending_bid_stands_no_more(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid(order=cast.ben_order(published=True, bid_count=2))
    noise = BidFactory(order=bid.order)

    with announced() as heard:
        answer = graphql.mutate(
            "withdrawBid",
            {"bidId": gid(bid)},
            "... on Bid { status order { bidCount } }",
            by=cast.ada,
        )

    assert answer.data["withdrawBid"]["status"] == "WITHDRAWN"
    assert answer.data["withdrawBid"]["order"] == {"bidCount": 1}
    assert Bid.objects.get(pk=bid.pk).withdrawn_at is not None
    assert Bid.objects.get(pk=noise.pk).status == "PENDING"
    assert Order.objects.get().status == "PUBLISHED"
    told = BidWithdrawn(order_id=bid.order_id, bid_id=bid.pk, provider_id=bid.provider_id)
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
def test_only_the_bidder_withdraws_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    bid, by = cast.ada_bid(), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("withdrawBid", {"bidId": gid(bid)}, by=by)

    assert answer.code == code


@pytest.mark.parametrize("status", ["ACCEPTED", "REJECTED", "WITHDRAWN"])
def test_a_decided_bid_stays_as_it_is(graphql: GraphQL, cast: Cast, status: str):
    bid = cast.ada_bid(status=status)

    with nothing_changes():
        answer = graphql.mutate("withdrawBid", {"bidId": gid(bid)}, by=cast.ada)

    assert answer.code == "bid_not_pending"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ada_bid().order

    with nothing_changes():
        answer = graphql.mutate("withdrawBid", {"bidId": gid(order)}, by=cast.ada)

    assert answer.code == "invalid_id"
