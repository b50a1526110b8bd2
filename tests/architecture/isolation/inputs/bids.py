"""Mutations of bids that are bargained over."""

from typing import Any

from apps.orders.models import CounterOffer
from tests.architecture.isolation.actors import PARTY
from tests.architecture.isolation.calling import Input, gid, valid
from tests.architecture.isolation.world import Person, Side
from tests.factories.orders import BidFactory, OrderFactory

AMOUNT = {"amount": "500.00", "currency": "ZAR"}


def _negotiable(client: Person, bidder: Person, **traits: Any) -> Any:
    order = OrderFactory(client_profile=client.client, published=True, bid_count=1)
    return BidFactory(order=order, provider=bidder.provider, is_negotiable=True, **traits)


@valid("counterBid", open_to={"bidId": frozenset({PARTY})})
def _counter_bid(side: Side) -> Input:
    return {"bidId": gid(_negotiable(side.me, side.other)), "amount": AMOUNT}


@valid("acceptCounterOffer")
def _accept_counter_offer(side: Side) -> Input:
    bid = _negotiable(side.other, side.me, turn="PROVIDER")
    CounterOffer.objects.create(bid=bid, party="CLIENT", currency="ZAR", amount=5)
    return {"bidId": gid(bid)}
