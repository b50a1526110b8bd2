"""Changing what an order asks for."""

from datetime import timedelta
from typing import Any

import pytest

from apps.orders.events import OrderUpdated
from apps.orders.models import Bid, Order
from kernel import clock
from tests.factories.cast import Cast
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

TOMORROW = str(clock.today() + timedelta(days=1))


def test_a_draft_is_changed_unheard(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(description="It drips.")
    given = {
        "id": gid(order),
        "title": "Two taps",
        "budgetMax": {"amount": "900", "currency": "ZAR"},
        "version": 1,
    }

    with announced() as heard:
        changed = graphql.mutate(
            "updateOrder",
            given,
            "... on Order { title description budgetMax { amount } version }",
            by=cast.ben,
        ).data["updateOrder"]

    assert changed == {
        "__typename": "Order",
        "title": "Two taps",
        "description": "It drips.",
        "budgetMax": {"amount": "900.00"},
        "version": 2,
    }
    assert heard == []


def test_a_change_of_a_published_order_is_announced(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(published=True)

    with announced() as heard:
        graphql.mutate("updateOrder", {"id": gid(order), "serviceDate": TOMORROW}, by=cast.ben)

    assert str(Order.objects.get().service_date) == TOMORROW
    assert heard == [OrderUpdated(order_id=order.pk)]


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("cleo", "not_allowed"),
        ("dora", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_the_client_changes_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    order, by = cast.ada_bid().order, getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("updateOrder", {"id": gid(order), "title": "Mine"}, by=by)

    assert answer.code == code


def test_to_a_stranger_a_draft_is_not_there(graphql: GraphQL, cast: Cast):
    order, by = cast.ben_order(), cast.cleo

    with nothing_changes():
        answer = graphql.mutate("updateOrder", {"id": gid(order), "title": "Mine"}, by=by)

    assert answer.code == "not_found"


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"title": ""}, "blank", "title"),
        ({"serviceDate": "2020-02-29"}, "service_date_past", "serviceDate"),
        ({"budgetMin": {"amount": "100.01", "currency": "ZAR"}}, "invalid_budget", None),
        ({"budgetMin": {"amount": "1", "currency": "KES"}}, "currency_mismatch", "amount"),
        ({"budgetMin": {"amount": "1.001", "currency": "ZAR"}}, "invalid_amount", "amount"),
        ({"title": "Later", "version": 2}, "version_conflict", "version"),
    ],
)
def test_bad_changes_are_refused(
    graphql: GraphQL, cast: Cast, given: dict[str, Any], code: str, field: str | None
):
    order = cast.ben_order(budget_max=100_00)

    with nothing_changes():
        answer = graphql.mutate("updateOrder", {"id": gid(order)} | given, by=cast.ben)

    assert (answer.refusal["code"], answer.refusal["field"]) == (code, field)


def test_what_bids_were_made_on_stays(graphql: GraphQL, cast: Cast):
    order = cast.ada_bid().order

    with nothing_changes():
        fixed = {"id": gid(order), "serviceDate": TOMORROW}
        answer = graphql.mutate("updateOrder", fixed, by=cast.ben)
    other = graphql.mutate("updateOrder", {"id": gid(order), "title": "Two taps"}, by=cast.ben)

    assert answer.code == "order_has_bids"
    assert other.data["updateOrder"]["__typename"] == "Order"


def test_a_bid_that_was_withdrawn_binds_nobody(graphql: GraphQL, cast: Cast):
    order = cast.ada_bid(status=Bid.Status.WITHDRAWN).order

    graphql.mutate("updateOrder", {"id": gid(order), "serviceDate": TOMORROW}, by=cast.ben)

    assert str(Order.objects.get().service_date) == TOMORROW


@pytest.mark.parametrize(
    "status", ["ASSIGNED", "IN_PROGRESS", "COMPLETED", "CONFIRMED", "CANCELLED", "DISPUTED"]
)
def test_an_order_that_went_on_is_not_changed(graphql: GraphQL, cast: Cast, status: str):
    order = cast.ben_order(status=status)

    with nothing_changes():
        answer = graphql.mutate("updateOrder", {"id": gid(order), "title": "Late"}, by=cast.ben)

    assert answer.code == "illegal_transition"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid()

    with nothing_changes():
        answer = graphql.mutate("updateOrder", {"id": gid(bid), "title": "Late"}, by=cast.ben)

    assert answer.code == "invalid_id"
