"""Opening a draft to bids."""

from datetime import date
from uuid import uuid4

import pytest
from strawberry.relay import to_base64

from apps.accounts.models import ClientProfile
from apps.orders.events import OrderPublished
from apps.orders.models import Order, OrderTransition
from tests.factories.cast import Cast
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes


def test_a_draft_is_opened_to_bids(graphql: GraphQL, cast: Cast):
    order, noise = cast.ben_order(), cast.ben_order()

    with announced() as heard:
        answer = graphql.mutate(
            "publishOrder", {"orderId": gid(order)}, "... on Order { status }", by=cast.ben
        )

    assert answer.data["publishOrder"]["status"] == "PUBLISHED"
    order.refresh_from_db()
    step = OrderTransition.objects.get()
    assert (step.name, step.from_status, step.to_status) == ("publish", "DRAFT", "PUBLISHED")
    assert (step.order, step.actor) == (order, cast.ben)
    assert step.created_at == order.published_at
    assert ClientProfile.objects.get().total_orders == 1
    assert heard == [OrderPublished(order_id=order.pk, client_user_id=cast.ben.pk)]
    assert Order.objects.get(pk=noise.pk).status == "DRAFT"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_found"),
        ("cleo", "not_found"),
        ("dora", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_the_client_publishes_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    order, by = cast.ben_order(), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("publishOrder", {"orderId": gid(order)}, by=by)

    assert answer.code == code


def test_a_hidden_draft_and_a_missing_one_look_alike(graphql: GraphQL, cast: Cast):
    hidden, missing = gid(cast.ben_order()), to_base64("Order", uuid4())

    of_hidden = graphql.mutate("publishOrder", {"orderId": hidden}, by=cast.cleo)
    of_missing = graphql.mutate("publishOrder", {"orderId": missing}, by=cast.cleo)

    assert of_hidden.code == "not_found"
    assert of_hidden == of_missing


@pytest.mark.parametrize("status", [s for s in Order.Status if s != "DRAFT"])
def test_only_a_draft_is_published(graphql: GraphQL, cast: Cast, status: str):
    order = cast.ben_order(status=status)

    with nothing_changes():
        answer = graphql.mutate("publishOrder", {"orderId": gid(order)}, by=cast.ben)

    assert answer.code == "illegal_transition"


def test_a_draft_whose_day_went_by_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(service_date=date(2020, 2, 29))

    with nothing_changes():
        answer = graphql.mutate("publishOrder", {"orderId": gid(order)}, by=cast.ben)

    assert (answer.code, answer.refusal["field"]) == ("service_date_past", "serviceDate")


@pytest.mark.parametrize("rubbish", [to_base64("User", uuid4()), to_base64("Order", 7)])
def test_an_id_of_another_type_or_of_nothing_is_refused(graphql: GraphQL, cast: Cast, rubbish: str):
    by = cast.ben

    with nothing_changes():
        answer = graphql.mutate("publishOrder", {"orderId": rubbish}, by=by)

    assert (answer.code, answer.refusal["field"]) == ("invalid_id", "id")
