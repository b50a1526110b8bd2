"""Bringing back a deleted order."""

import pytest

from apps.orders.models import Bid, Order
from tests.factories.cast import Cast
from tests.factories.orders import BidFactory
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes


def test_an_order_comes_back_with_what_its_deletion_took_and_nothing_else(
    graphql: GraphQL, cast: Cast
):
    order = cast.ben_order(cancelled=True)
    earlier, taken = BidFactory(order=order), BidFactory(order=order)
    noise = cast.ben_order()
    for gone in (earlier, noise, order):
        gone.soft_delete()

    restored = graphql.mutate(
        "restoreOrder", {"orderId": gid(order)}, "... on Order { id isDeleted }", by=cast.ben
    ).data["restoreOrder"]

    assert (restored["id"], restored["isDeleted"]) == (gid(order), False)
    assert [*Order.objects.all()] == [order]
    assert [*Bid.objects.all()] == [taken]
    assert Order.objects.get().restored_at is not None


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_found"),
        ("cleo", "not_found"),
        ("dora", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_the_client_restores_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    order, by = cast.ada_work(confirmed=True), getattr(cast, who)
    order.soft_delete()

    with nothing_changes():
        answer = graphql.mutate("restoreOrder", {"orderId": gid(order)}, by=by)

    assert answer.code == code


def test_an_order_that_was_not_deleted_is_not_found(graphql: GraphQL, cast: Cast):
    order = cast.ben_order()

    with nothing_changes():
        answer = graphql.mutate("restoreOrder", {"orderId": gid(order)}, by=cast.ben)

    assert answer.code == "not_found"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid()

    with nothing_changes():
        answer = graphql.mutate("restoreOrder", {"orderId": gid(bid)}, by=cast.ben)

    assert answer.code == "invalid_id"
