"""Saying that the work is done."""

import pytest

from apps.orders.events import OrderCompleted
from apps.orders.models import Order, OrderTransition
from tests.factories.cast import Cast
from tests.factories.orders import BidFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes


def test_the_work_is_done(graphql: GraphQL, cast: Cast):
    order, noise = cast.ada_work(in_progress=True), cast.ada_work(in_progress=True)

    with announced() as heard:
        answer = graphql.mutate(
            "completeOrder",
            {"orderId": gid(order), "notes": "New washer."},
            "... on Order { status }",
            by=cast.ada,
        )

    assert answer.data["completeOrder"]["status"] == "COMPLETED"
    order.refresh_from_db()
    step = OrderTransition.objects.get()
    assert (step.name, step.from_status, step.to_status) == ("complete", "IN_PROGRESS", "COMPLETED")
    assert (step.order, step.actor, step.created_at) == (order, cast.ada, order.completed_at)
    assert heard == [OrderCompleted(order_id=order.pk, client_user_id=cast.ben.pk)]
    assert Order.objects.get(pk=noise.pk).status == "IN_PROGRESS"
    assert (step.note, order.assignment.completion_notes) == ("New washer.", "New washer.")
    assert noise.assignment.completion_notes == ""


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ben", "not_allowed"),
        ("cleo", "not_found"),
        ("dora", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_its_provider_does_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    order, by = cast.ada_work(in_progress=True), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("completeOrder", {"orderId": gid(order)}, by=by)

    assert answer.code == code


def test_a_bidder_who_lost_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(in_progress=True)
    loser = BidFactory(order=order, status="REJECTED").provider.user_profile.user

    with nothing_changes():
        answer = graphql.mutate("completeOrder", {"orderId": gid(order)}, by=loser)

    assert answer.code == "not_allowed"


@pytest.mark.parametrize("status", [s for s in Order.Status if s != "IN_PROGRESS"])
def test_it_is_done_from_in_progress_alone(graphql: GraphQL, cast: Cast, status: str):
    order = cast.ada_work(status=status)

    with nothing_changes():
        answer = graphql.mutate("completeOrder", {"orderId": gid(order)}, by=cast.ada)

    assert answer.code == "illegal_transition"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(in_progress=True)

    with nothing_changes():
        answer = graphql.mutate(
            "completeOrder", {"orderId": gid(order.assignment.bid)}, by=cast.ada
        )

    assert answer.code == "invalid_id"
