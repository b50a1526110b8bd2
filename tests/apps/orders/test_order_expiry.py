"""Orders whose time is over: closed by a task, in batches, once each, also at the same moment."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from apps.core.models import EventRecord
from apps.orders.errors import BidNotPending, IllegalTransition, OrderNotOpen
from apps.orders.events import OrderExpired
from apps.orders.models import Bid, Order, OrderTransition
from apps.orders.services.bids import accept_bid
from apps.orders.services.expiry import expire_orders, extend_order
from apps.orders.tasks import expire_orders as task
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.orders import BidFactory, OrderFactory
from tests.support.announced import announced
from tests.support.races import race

rounds = pytest.mark.parametrize("round", range(5))


def _due(**traits: Any) -> Order:
    past = clock.now() - timedelta(minutes=1)
    return OrderFactory(**{"published": True, "expires_at": past} | traits)


def test_what_is_due_expires_and_the_rest_stays(cast: Cast):
    order = cast.ben_order(published=True, expires_at=clock.now() - timedelta(minutes=1))
    bid = cast.ada_bid(order=order)
    ahead, never = _due(expires_at=clock.now() + timedelta(hours=1)), _due(expires_at=None)
    others = [_due(status=status) for status in Order.Status if status != "PUBLISHED"]

    with announced() as heard:
        gone = expire_orders()

    assert gone == 1
    assert Order.objects.get(pk=order.pk).status == "EXPIRED"
    step = OrderTransition.objects.get()
    assert (step.name, step.from_status, step.to_status) == ("expire", "PUBLISHED", "EXPIRED")
    assert step.actor is None
    assert Bid.objects.get(pk=bid.pk).status == "PENDING"
    assert heard == [OrderExpired(order_id=order.pk, client_user_id=cast.ben.pk)]
    for other in (ahead, never, *others):
        assert Order.objects.get(pk=other.pk).status == other.status


@pytest.mark.django_db
def test_a_second_run_does_nothing_more():
    _due()

    assert (expire_orders(), expire_orders()) == (1, 0)


@pytest.mark.django_db
def test_the_task_goes_on_until_all_are_done(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(expire_orders, "__kwdefaults__", {"batch": 2})
    for _ in range(5):
        _due()

    assert task() == 5
    assert not Order.objects.exclude(status="EXPIRED").exists()


@pytest.mark.django_db
def test_a_deleted_order_is_left_alone():
    order = _due(status="DRAFT")
    Order.objects.filter(pk=order.pk).update(status="PUBLISHED")
    order.soft_delete()

    assert expire_orders() == 0


@pytest.mark.django_db(transaction=True)
@rounds
def test_two_workers_at_once_close_each_order_once(round: int):
    for _ in range(6):
        _due()

    counts = race(*[partial(expire_orders, batch=4)] * 4)

    assert sum(counts) <= 6
    while expire_orders():
        pass
    assert Counter(Order.objects.values_list("status", flat=True)) == {"EXPIRED": 6}
    assert OrderTransition.objects.count() == 6
    assert EventRecord.objects.filter(type="OrderExpired").count() == 6


@pytest.mark.django_db(transaction=True)
@rounds
def test_an_order_is_extended_while_it_expires(round: int):
    order, until = _due(), clock.now() + timedelta(days=3)

    _count, extended = race(expire_orders, partial(extend_order, order=order, until=until))

    # Whichever came first, the client's word holds.
    assert isinstance(extended, Order)
    found = Order.objects.get()
    assert (found.status, found.expires_at) == ("PUBLISHED", until)
    assert OrderTransition.objects.count() in (0, 2)


@pytest.mark.django_db(transaction=True)
@rounds
def test_a_bid_is_accepted_while_its_order_expires_and_never_afterwards(round: int):
    soon = clock.now() + timedelta(milliseconds=20)
    order = OrderFactory(published=True, expires_at=soon, bid_count=1)
    bid = BidFactory(order=order)

    accepted, _count = race(partial(accept_bid, bid=bid), expire_orders)
    while clock.now() <= soon:
        pass
    expire_orders()

    kind = type(accepted)
    assert kind in (Bid, OrderNotOpen, BidNotPending, IllegalTransition)
    assert Order.objects.get().status == ("ASSIGNED" if kind is Bid else "EXPIRED")
