"""Bids that nobody decided in time: they count as expired at once, and are marked so in batches."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from apps.accounts.services.deletion import delete_account
from apps.orders import errors
from apps.orders.events import BidExpired, BidPlaced
from apps.orders.models import Bid, Order
from apps.orders.services.bid_expiry import expire_bids
from apps.orders.services.bids import (
    accept_bid,
    place_bid,
    reject_bid,
    update_bid,
    withdraw_bid,
)
from apps.orders.services.departures import end_orders_of
from apps.orders.tasks import expire_bids as task
from kernel import clock
from kernel.money import Money
from tests.factories.cast import Cast
from tests.factories.orders import BidFactory, OrderFactory
from tests.support.announced import announced
from tests.support.races import race

GONE, AHEAD = timedelta(seconds=-1), timedelta(hours=1)


def _bid(left: timedelta = GONE, **traits) -> Bid:
    """The only bid on an order, with that much time left."""
    order = traits.pop("order", None) or OrderFactory(published=True, bid_count=1)
    return BidFactory(order=order, expires_at=clock.now() + left, **traits)


def _told(bid: Bid) -> BidExpired:
    return BidExpired(order_id=bid.order_id, bid_id=bid.pk, provider_id=bid.provider_id)


def test_expired_bids_are_marked_and_no_longer_counted(db: None):
    order = OrderFactory(published=True, bid_count=3)
    gone, ahead, unbounded = _bid(order=order), _bid(AHEAD, order=order), BidFactory(order=order)

    with announced() as heard:
        count = expire_bids()

    order.refresh_from_db()
    assert (count, order.bid_count) == (1, 2)
    assert Bid.objects.get(pk=gone.pk).status == "EXPIRED"
    assert {*Bid.objects.filter(status="PENDING")} == {ahead, unbounded}
    assert heard == [_told(gone)]


def test_what_was_decided_stays_decided(db: None):
    for status in ("ACCEPTED", "REJECTED", "WITHDRAWN", "EXPIRED"):
        _bid(status=status)

    with announced() as heard:
        count = expire_bids()

    assert (count, heard) == (0, [])
    assert set(Order.objects.values_list("bid_count", flat=True)) == {1}


def test_the_task_marks_all_of_them_batch_by_batch_and_only_once(db: None):
    bids = [_bid() for _ in range(3)]

    with announced() as heard:
        counts = [expire_bids(batch=2), task(), task()]

    assert counts == [2, 1, 0]
    assert {fact.bid_id for fact in heard} == {bid.pk for bid in bids}
    assert set(Order.objects.values_list("bid_count", flat=True)) == {0}


@pytest.mark.parametrize("decide", [accept_bid, reject_bid, withdraw_bid, "update"])
def test_an_expired_bid_is_not_decided_also_before_it_is_marked(db: None, decide):
    bid = _bid()
    run = partial(update_bid, changes={"description": "x"}) if decide == "update" else decide

    with pytest.raises(errors.BidExpired):
        run(bid=bid)
    expire_bids()
    with pytest.raises(errors.BidExpired):
        run(bid=bid)


def test_its_provider_may_bid_again_before_it_is_marked(db: None):
    bid = _bid()

    with announced() as heard:
        fresh = place_bid(order=bid.order, provider=bid.provider, amount=Money(700_00, "ZAR"))

    bid.refresh_from_db()
    told = BidPlaced(order_id=bid.order_id, bid_id=fresh.pk, provider_id=bid.provider_id)
    assert (bid.status, Order.objects.get().bid_count) == ("EXPIRED", 1)
    assert heard == [_told(bid), told]


def test_those_that_expired_are_not_said_to_be_rejected_when_another_wins(db: None):
    order = OrderFactory(published=True, bid_count=3)
    gone, rival = _bid(order=order), BidFactory(order=order)

    won = accept_bid(bid=BidFactory(order=order))

    assert Bid.objects.get(pk=gone.pk).status == "EXPIRED"
    assert Bid.objects.get(pk=rival.pk).status == "REJECTED"
    assert Bid.objects.get(pk=won.pk).status == "ACCEPTED"
    assert Bid.objects.exclude(rejected_at=None).get() == rival
    assert Order.objects.get().bid_count == 1


def test_who_closes_an_account_has_no_expired_bid_in_the_way(cast: Cast):
    gone, ahead = cast.ada_bid(expires_at=clock.now() + GONE), cast.ada_bid()

    delete_account(user=cast.ada)
    end_orders_of(user_id=cast.ada.pk)

    assert Bid.objects.get(pk=ahead.pk).status == "WITHDRAWN"
    assert Bid.objects.get(pk=gone.pk).status == "PENDING"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round", range(3))
def test_many_workers_mark_each_bid_once(round: int):
    orders = [OrderFactory(published=True, bid_count=3) for _ in range(4)]
    for order in orders:
        for _ in range(3):
            _bid(order=order)

    with announced() as heard:
        counts = race(*[partial(expire_bids, batch=2)] * 8)
        counts.append(task())

    assert sum(counts) == 12
    assert set(Counter(fact.bid_id for fact in heard).values()) == {1}
    assert set(Order.objects.values_list("bid_count", flat=True)) == {0}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round", range(5))
def test_a_bid_expires_while_it_is_being_accepted(round: int):
    bid = _bid(timedelta(milliseconds=150))
    around = [bid.expires_at + timedelta(milliseconds=ms) for ms in range(-8, 8, 2)]
    calls = [expire_bids, partial(accept_bid, bid=bid)] * 4

    with announced() as heard:
        race(*(partial(_at, at, call) for at, call in zip(around, calls, strict=True)))
        expire_bids()

    state = Bid.objects.get().status, Order.objects.get().status, Order.objects.get().bid_count
    facts = [type(fact).__name__ for fact in heard]
    assert (*state, facts) in [
        ("ACCEPTED", "ASSIGNED", 1, ["OrderAssigned"]),
        ("EXPIRED", "PUBLISHED", 0, ["BidExpired"]),
    ]


def _at(moment, call):
    """Call at a moment, and not before."""
    while clock.now() < moment:
        pass
    return call()
