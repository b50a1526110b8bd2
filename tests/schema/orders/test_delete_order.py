"""Hiding an order that nobody counts on."""

import pytest

from apps.orders.models import Bid, Order, OrderAddon
from tests.factories.cast import Cast
from tests.factories.catalog import AddonFactory
from tests.factories.orders import BidFactory
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

SEE = "query($id: ID!) { order(id: $id) { id } }"


@pytest.mark.parametrize("status", ["DRAFT", "CANCELLED", "CONFIRMED"])
def test_an_order_is_hidden_with_what_hangs_on_it(graphql: GraphQL, cast: Cast, status: str):
    order, noise = cast.ada_work(status=status), BidFactory()
    OrderAddon.objects.create(order=order, addon=AddonFactory(), currency="ZAR", price=1)

    deleted = graphql.mutate(
        "deleteOrder", {"orderId": gid(order)}, "... on Order { id isDeleted }", by=cast.ben
    ).data["deleteOrder"]

    assert (deleted["id"], deleted["isDeleted"]) == (gid(order), True)
    assert graphql(SEE, {"id": gid(order)}, by=cast.ben).code == "not_found"
    assert [*Order.objects.all()] == [noise.order]
    assert [*Bid.objects.all()] == [noise]
    assert not OrderAddon.objects.exists()
    batches = {
        row.deletion_batch for row in (*Order.objects.deleted_only(), *Bid.objects.deleted_only())
    }
    assert len(batches) == 1


@pytest.mark.parametrize(
    "status", ["PUBLISHED", "ASSIGNED", "IN_PROGRESS", "COMPLETED", "DISPUTED"]
)
def test_an_order_that_providers_count_on_stays(graphql: GraphQL, cast: Cast, status: str):
    order = cast.ben_order(status=status)

    with nothing_changes():
        answer = graphql.mutate("deleteOrder", {"orderId": gid(order)}, by=cast.ben)

    assert answer.code == "illegal_transition"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("cleo", "not_found"),
        ("dora", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_the_client_deletes_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    order, by = cast.ada_work(confirmed=True), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("deleteOrder", {"orderId": gid(order)}, by=by)

    assert answer.code == code


def test_a_deleted_order_is_not_there_any_more(graphql: GraphQL, cast: Cast):
    order = cast.ben_order()
    graphql.mutate("deleteOrder", {"orderId": gid(order)}, by=cast.ben)

    with nothing_changes():
        again = graphql.mutate("deleteOrder", {"orderId": gid(order)}, by=cast.ben)
        published = graphql.mutate("publishOrder", {"orderId": gid(order)}, by=cast.ben)

    assert (again.code, published.code) == ("not_found", "not_found")


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid()

    with nothing_changes():
        answer = graphql.mutate("deleteOrder", {"orderId": gid(bid)}, by=cast.ben)

    assert answer.code == "invalid_id"
