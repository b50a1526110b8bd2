"""The bids of the demo data: some expired, some bargained over, all as services would have left."""

from collections import Counter, defaultdict
from itertools import chain
from typing import Any

import pytest
from django.db import transaction

from apps.orders.models import Bid, CounterOffer, Order, Party
from kernel import clock
from server.management.commands.load_demo import plan

Planned = dict[type, list[Any]]


# So that there is a database to load it into.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def planned(django_db_setup: None, django_db_blocker: Any) -> Planned:
    """The rows of the demo data by their models, hardly any of them stored."""
    found = defaultdict(list)
    with django_db_blocker.unblock(), transaction.atomic():
        for row in chain.from_iterable(plan(2026)):
            found[type(row)].append(row)
        transaction.set_rollback(True)
    return found


def test_bids_expire_and_counter_offers_wait(planned: Planned):
    statuses = Counter(bid.status for bid in planned[Bid])
    waiting = [bid for bid in planned[Bid] if bid.turn == Party.PROVIDER]

    assert statuses["EXPIRED"] > 20
    assert len(waiting) > 20
    assert {bid.order.status for bid in waiting} <= {"PUBLISHED", "EXPIRED"}
    assert any(bid.status == "PENDING" and bid.expires_at for bid in planned[Bid])


def test_nobody_decided_an_expired_bid(planned: Planned):
    now = max(offer.created_at for offer in planned[CounterOffer])

    for bid in planned[Bid]:
        decided = bid.accepted_at or bid.rejected_at or bid.withdrawn_at
        assert bid.status != "PENDING" or bid.expires_at is None or bid.expires_at > now
        assert bid.status != "EXPIRED" or bid.expires_at <= clock.now()
        assert not (decided and bid.expires_at) or decided < bid.expires_at


def test_sides_bargain_in_turn_over_negotiable_bids_alone(planned: Planned):
    offers = defaultdict(list)
    for offer in planned[CounterOffer]:
        offers[offer.bid].append(offer)

    for bid, made in offers.items():
        times = [bid.created_at, *(offer.created_at for offer in made)]
        assert bid.is_negotiable
        assert times == sorted(times)
        assert [offer.party for offer in made] in (["CLIENT"], ["CLIENT", "PROVIDER"])
        assert all(offer.amount.minor > 0 for offer in made)
        assert made[-1].party == "CLIENT" or made[-1].amount == bid.amount


def test_orders_agree_with_their_bids(planned: Planned):
    standing = Counter(b.order.pk for b in planned[Bid] if b.status in ("PENDING", "ACCEPTED"))
    won = {bid.order.pk: bid for bid in planned[Bid] if bid.status == "ACCEPTED"}

    for order in planned[Order]:
        assert order.bid_count == standing[order.pk]
    for bid in won.values():
        assert (bid.order.final_price, bid.turn) == (bid.amount, "CLIENT")
