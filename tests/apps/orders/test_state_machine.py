"""The life of an order as a table: what it says happens, and nothing else does, by services and in
the database. A status or a step that is new is covered as soon as it is there, or found missing.
"""

from itertools import product
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from apps.orders.events import OrderMoved
from apps.orders.models import (
    BID_TRANSITIONS,
    ORDER_TRANSITIONS,
    Bid,
    Order,
    OrderTransition,
)
from apps.orders.services.transitions import BEGINS
from tests.factories.orders import BidFactory, DisputeFactory, OrderFactory
from tests.support.announced import announced
from tests.support.steps import DECISIONS, TABLE, TAKEN, Scene
from tests.support.unchanged import nothing_changes

pytestmark = pytest.mark.django_db

STEPS = list(product(TABLE, Order.Status.values))
ALLOWED = [(step, status) for step, status in STEPS if status in TABLE[step]]
OUTCOMES = sorted({(outcome, share or 0) for outcome, _began, share in DECISIONS})

#: What is refused with another code: an order that is not open has bids that cannot be accepted.
CODES = {"assign": "order_not_open"}
#: What is no refusal: the task passes over what is not due, and what is open stays so for longer.
PASSED_OVER = [("expire", status) for status in Order.Status if status != "PUBLISHED"]
PASSED_OVER += [("extend", "PUBLISHED")]
REFUSED = [pair for pair in STEPS if pair not in (*ALLOWED, *PASSED_OVER)]


def test_every_step_is_in_the_table():
    assert {*TABLE, "resolve"} == {*TAKEN, "resolve"} == BEGINS.keys()


def test_the_database_lets_orders_go_just_where_some_step_leads():
    by_steps = {(start, end) for ends in TABLE.values() for start, end in ends.items()}
    by_decisions = {("DISPUTED", end) for end in DECISIONS.values()}

    assert by_steps | by_decisions == {*ORDER_TRANSITIONS}


@pytest.mark.parametrize(("step", "status"), ALLOWED)
def test_a_step_leads_where_the_table_says_and_is_noted_and_announced(step: str, status: str):
    scene = Scene.set(status)

    with announced() as heard:
        scene.take(step)

    taken = OrderTransition.objects.get()
    assert Order.objects.get().status == TABLE[step][status]
    assert (taken.name, taken.from_status, taken.to_status) == (step, status, TABLE[step][status])
    assert _told_of(scene.order, heard)


@pytest.mark.parametrize(("outcome", "began", "share"), DECISIONS)
def test_a_decision_leads_where_the_table_says(outcome: str, began: str, share: int | None):
    scene = Scene.set("DISPUTED")
    scene.order.disputes.update(from_status=began)

    with announced() as heard:
        scene.decide(outcome, share)

    taken, end = OrderTransition.objects.get(), DECISIONS[outcome, began, share]
    assert Order.objects.get().status == end
    assert (taken.name, taken.from_status, taken.to_status) == ("resolve", "DISPUTED", end)
    assert _told_of(scene.order, heard)


@pytest.mark.parametrize(("step", "status"), REFUSED)
def test_every_other_step_is_refused_and_changes_nothing(step: str, status: str):
    scene = Scene.set(status)

    with nothing_changes(), pytest.raises(ValidationError) as refused:
        scene.take(step)

    assert refused.value.code == CODES.get(step, "illegal_transition")


@pytest.mark.parametrize(("step", "status"), PASSED_OVER)
def test_what_is_no_step_leaves_the_order_where_it_is(step: str, status: str):
    scene = Scene.set(status)

    scene.take(step)

    assert Order.objects.get().status == status
    assert not OrderTransition.objects.exists()


@pytest.mark.parametrize("status", [s for s in Order.Status if s != "DISPUTED"])
@pytest.mark.parametrize(("outcome", "share"), OUTCOMES)
def test_a_decision_on_anything_else_is_refused(status: str, outcome: str, share: int):
    scene = Scene.set(status)
    DisputeFactory(order=scene.order)

    with nothing_changes(), pytest.raises(ValidationError) as refused:
        scene.decide(outcome, share or None)

    assert refused.value.code == "illegal_transition"


@pytest.mark.parametrize("status", Order.Status)
def test_nothing_leads_out_of_the_end(status: str):
    leads_on = any(start == status for start, _ in ORDER_TRANSITIONS)

    assert leads_on == (status not in ("CONFIRMED", "CANCELLED"))


def _others(statuses: type[Order.Status | Bid.Status], steps: object) -> list[tuple[str, str]]:
    pairs = product(statuses.values, repeat=2)
    return [pair for pair in pairs if pair not in steps and pair[0] != pair[1]]


@pytest.mark.parametrize(("start", "end"), _others(Order.Status, ORDER_TRANSITIONS))
def test_the_database_refuses_every_other_step_of_an_order(start: str, end: str):
    order = OrderFactory(status=start)

    with pytest.raises(DatabaseError, match="Invalid transition"):
        _write("orders_order", order.pk, end)

    assert Order.objects.get().status == start


@pytest.mark.parametrize(("start", "end"), ORDER_TRANSITIONS)
def test_the_database_lets_an_order_take_its_steps(start: str, end: str):
    order = OrderFactory(status=start)

    _write("orders_order", order.pk, end)

    assert Order.objects.get().status == end


@pytest.mark.parametrize(("start", "end"), _others(Bid.Status, BID_TRANSITIONS))
def test_the_database_refuses_every_other_step_of_a_bid(start: str, end: str):
    bid = BidFactory(status=start)

    with pytest.raises(DatabaseError, match="Invalid transition"):
        _write("orders_bid", bid.pk, end)

    assert Bid.objects.get().status == start


@pytest.mark.parametrize(("start", "end"), BID_TRANSITIONS)
def test_the_database_lets_a_bid_take_its_steps(start: str, end: str):
    bid = BidFactory(status=start)

    _write("orders_bid", bid.pk, end)

    assert Bid.objects.get().status == end


def _told_of(order: Order, heard: list[Any]) -> bool:
    """Whether who follows the order hears that it took a step."""
    topic = f"order:{order.pk}"
    return any(isinstance(fact, OrderMoved) and topic in fact.topics() for fact in heard)


def _write(table: str, pk: object, status: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET status = %s WHERE id = %s", [status, pk])
