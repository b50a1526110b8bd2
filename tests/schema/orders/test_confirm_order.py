"""Agreeing that the work is done."""

import pytest

from apps.orders.events import OrderConfirmed
from apps.orders.models import Order, OrderTransition
from tests.factories.cast import Cast
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes


def test_the_client_agrees_that_it_is_done(graphql: GraphQL, cast: Cast):
    order, noise = cast.ada_work(completed=True), cast.ada_work(completed=True)

    with announced() as heard:
        answer = graphql.mutate(
            "confirmOrder", {"orderId": gid(order)}, "... on Order { status }", by=cast.ben
        )

    assert answer.data["confirmOrder"]["status"] == "CONFIRMED"
    order.refresh_from_db()
    step = OrderTransition.objects.get()
    assert (step.name, step.from_status, step.to_status) == ("confirm", "COMPLETED", "CONFIRMED")
    assert (step.order, step.actor, step.created_at) == (order, cast.ben, order.confirmed_at)
    assert heard == [OrderConfirmed(order_id=order.pk, client_user_id=cast.ben.pk)]
    assert Order.objects.get(pk=noise.pk).status == "COMPLETED"
    assert order.client_profile.completed_orders == 1
    cast.ada_business.refresh_from_db()
    figures = cast.ada_business
    assert (figures.jobs_taken, figures.jobs_completed, figures.completion_rate) == (2, 1, 50)


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("cleo", "not_found"),
        ("dora", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_its_client_does_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    order, by = cast.ada_work(completed=True), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("confirmOrder", {"orderId": gid(order)}, by=by)

    assert answer.code == code


@pytest.mark.parametrize("status", [s for s in Order.Status if s != "COMPLETED"])
def test_it_is_done_from_completed_alone(graphql: GraphQL, cast: Cast, status: str):
    order = cast.ada_work(status=status)

    with nothing_changes():
        answer = graphql.mutate("confirmOrder", {"orderId": gid(order)}, by=cast.ben)

    assert answer.code == "illegal_transition"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(completed=True)

    with nothing_changes():
        answer = graphql.mutate("confirmOrder", {"orderId": gid(order.assignment.bid)}, by=cast.ben)

    assert answer.code == "invalid_id"
