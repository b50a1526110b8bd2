"""Whoever changes what was changed in the meantime is shown what it is now."""

from typing import Any

import pytest

from tests.factories.cast import Cast
from tests.support.graphql import GraphQL, gid

CURRENT = "... on OperationInfo { current { __typename id %s } }"
ORDER = "... on Order { title version location client { name } bids { edges { node { id } } } }"


def refused(graphql: GraphQL, name: str, given: dict[str, Any], select: str, by: Any) -> Any:
    """What a refused mutation says."""
    return graphql.mutate(name, given, CURRENT % select, by=by).data[name]


def test_the_object_of_now_comes_with_what_was_asked_of_it(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(title="The tap drips")
    given = {"id": gid(order), "title": "Two taps drip", "version": order.version + 1}

    answer = refused(graphql, "updateOrder", given, ORDER, cast.ben)

    assert answer["messages"][0]["code"] == "version_conflict"
    assert answer["current"] == {
        "__typename": "Order",
        "id": gid(order),
        "title": "The tap drips",
        "version": order.version,
        "location": order.location,
        "client": {"name": cast.ben.name},
        "bids": {"edges": []},
    }


def test_a_repeat_under_a_key_shows_the_object_of_its_own_time(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid(is_negotiable=True)
    amount = {"amount": "600.00", "currency": bid.order.currency}
    given = {"bidId": gid(bid), "amount": amount, "version": 7, "idempotencyKey": "k-1"}

    first = refused(graphql, "counterBid", given, "... on Bid { version }", cast.ben)
    bid.save()
    repeat = refused(graphql, "counterBid", given, "... on Bid { version }", cast.ben)

    assert (first["current"]["version"], repeat["current"]["version"]) == (1, 2)
    assert repeat["current"]["id"] == gid(bid)


def test_what_the_viewer_may_not_read_of_it_stays_hidden(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid(order=cast.ben_order(published=True, location="1 Long Street"))
    given = {"bidId": gid(bid), "version": bid.version + 1}
    select = "... on Bid { order { location } }"

    by_bidder = refused(graphql, "withdrawBid", given, select, cast.ada)
    by_client = refused(graphql, "rejectBid", given, select, cast.ben)

    assert by_bidder["current"]["order"] == {"location": None}
    assert by_client["current"]["order"] == {"location": "1 Long Street"}


@pytest.mark.parametrize(("who", "code"), [("cleo", "not_found"), ("ben", "blank")])
def test_other_refusals_show_nothing(graphql: GraphQL, cast: Cast, who: str, code: str):
    order = cast.ben_order()
    given = {"id": gid(order), "title": "", "version": order.version}

    answer = refused(graphql, "updateOrder", given, ORDER, getattr(cast, who))

    assert [message["code"] for message in answer["messages"]] == [code]
    assert answer["current"] is None
