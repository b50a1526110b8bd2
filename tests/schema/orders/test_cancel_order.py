"""Calling an order off."""

import pytest

from apps.accounts.models import ClientProfile
from apps.orders.events import OrderCancelled
from apps.orders.models import Bid, Order, OrderTransition
from tests.factories.cast import Cast
from tests.factories.orders import BidFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes


def test_a_published_order_is_cancelled_and_its_bids_are_rejected(graphql: GraphQL, cast: Cast):
    bid, noise = cast.ada_bid(), BidFactory()
    withdrawn = BidFactory(order=bid.order, status=Bid.Status.WITHDRAWN)

    with announced() as heard:
        cancelled = graphql.mutate(
            "cancelOrder",
            {"orderId": gid(bid.order), "reason": "Found a friend."},
            "... on Order { status cancellationReason bidCount }",
            by=cast.ben,
        ).data["cancelOrder"]

    assert cancelled == {
        "__typename": "Order",
        "status": "CANCELLED",
        "cancellationReason": "Found a friend.",
        "bidCount": 0,
    }
    stand = dict(Bid.objects.values_list("pk", "status"))
    assert stand == {bid.pk: "REJECTED", withdrawn.pk: "WITHDRAWN", noise.pk: "PENDING"}
    assert Bid.objects.get(pk=bid.pk).rejected_at is not None
    assert heard == [OrderCancelled(order_id=bid.order_id, client_user_id=cast.ben.pk)]


def test_the_step_is_noted_with_its_actor_time_and_reason(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(published=True)

    graphql.mutate("cancelOrder", {"orderId": gid(order), "reason": "Too dear."}, by=cast.ben)

    step, order = OrderTransition.objects.get(), Order.objects.get()
    assert (step.name, step.from_status, step.to_status) == ("cancel", "PUBLISHED", "CANCELLED")
    assert (step.actor, step.note) == (cast.ben, "Too dear.")
    assert step.created_at == order.cancelled_at


@pytest.mark.parametrize(("status", "counted"), [("DRAFT", 0), ("PUBLISHED", 1), ("ASSIGNED", 1)])
def test_only_what_others_saw_counts_as_cancelled(
    graphql: GraphQL, cast: Cast, status: str, counted: int
):
    order = cast.ben_order(status=status)

    graphql.mutate("cancelOrder", {"orderId": gid(order)}, by=cast.ben)

    assert Order.objects.get().status == "CANCELLED"
    assert ClientProfile.objects.get().cancelled_orders == counted


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("cleo", "not_found"),
        ("dora", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_the_client_cancels_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    order, by = cast.ada_work(assigned=True), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("cancelOrder", {"orderId": gid(order)}, by=by)

    assert answer.code == code


@pytest.mark.parametrize(
    "status", ["IN_PROGRESS", "COMPLETED", "CONFIRMED", "CANCELLED", "DISPUTED"]
)
def test_work_that_began_is_not_called_off(graphql: GraphQL, cast: Cast, status: str):
    order = cast.ben_order(status=status)

    with nothing_changes():
        answer = graphql.mutate("cancelOrder", {"orderId": gid(order)}, by=cast.ben)

    assert answer.code == "illegal_transition"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid()

    with nothing_changes():
        answer = graphql.mutate("cancelOrder", {"orderId": gid(bid)}, by=cast.ben)

    assert answer.code == "invalid_id"
