"""The steps of orders and bids: which there are, who took them, and what refuses others."""

from itertools import product

import pytest
from django.db import DatabaseError, connection, transaction

from apps.orders.models import (
    BID_TRANSITIONS,
    ORDER_TRANSITIONS,
    Bid,
    Order,
    OrderTransition,
)
from apps.orders.services.orders import publish_order
from kernel import clock
from kernel.viewer import SYSTEM, Viewer, acting_as
from tests.factories.cast import Cast
from tests.factories.orders import BidFactory, OrderFactory


def _others(statuses: type[Order.Status | Bid.Status], steps: object) -> list[tuple[str, str]]:
    pairs = product(statuses.values, repeat=2)
    return [pair for pair in pairs if pair not in steps and pair[0] != pair[1]]


def _write(table: str, pk: object, status: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET status = %s WHERE id = %s", [status, pk])


@pytest.mark.django_db
@pytest.mark.parametrize(("start", "end"), _others(Order.Status, ORDER_TRANSITIONS))
def test_the_database_refuses_every_other_step_of_an_order(start: str, end: str):
    order = OrderFactory(status=start)

    with pytest.raises(DatabaseError, match="Invalid transition"):
        _write("orders_order", order.pk, end)

    assert Order.objects.get().status == start


@pytest.mark.django_db
@pytest.mark.parametrize(("start", "end"), ORDER_TRANSITIONS)
def test_the_database_lets_an_order_take_its_steps(start: str, end: str):
    order = OrderFactory(status=start)

    _write("orders_order", order.pk, end)

    assert Order.objects.get().status == end


@pytest.mark.django_db
@pytest.mark.parametrize(("start", "end"), _others(Bid.Status, BID_TRANSITIONS))
def test_the_database_refuses_every_other_step_of_a_bid(start: str, end: str):
    bid = BidFactory(status=start)

    with pytest.raises(DatabaseError, match="Invalid transition"):
        _write("orders_bid", bid.pk, end)

    assert Bid.objects.get().status == start


def test_a_step_notes_who_acts_and_when(cast: Cast):
    order, before = cast.ben_order(), clock.now()

    with acting_as(Viewer(user=cast.ben)):
        publish_order(order=order)

    step = OrderTransition.objects.get()
    assert step.actor == cast.ben
    assert before < step.created_at < clock.now()


def test_a_step_of_the_systems_has_no_actor(cast: Cast):
    with acting_as(SYSTEM):
        publish_order(order=cast.ben_order())

    assert OrderTransition.objects.get().actor is None
