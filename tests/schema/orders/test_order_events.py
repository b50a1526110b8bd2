"""Who follows an order hears of its steps; of what is about a bid, those who see the bid."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from apps.accounts.models import User
from apps.orders.models import Bid, Order, Party
from apps.orders.services.bids import (
    accept_bid,
    place_bid,
    reject_bid,
    update_bid,
    withdraw_bid,
)
from apps.orders.services.negotiation import accept_counter_offer, counter_bid
from kernel.money import Money
from tests.factories.cast import Cast
from tests.factories.orders import BidFactory
from tests.factories.providers import ProviderFactory
from tests.support.followers import await_followers, following
from tests.support.graphql import gid
from tests.support.server import serving
from tests.support.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)

FOLLOW = "subscription($id: ID!) { orderEvents(orderId: $id) { type bid { id } } }"


@contextmanager
def _following(folder: Path, order: Order, *users: User) -> Iterator[list[Socket]]:
    """The sockets of users who follow an order."""
    with serving(folder) as server, following(server, FOLLOW, *users, id=gid(order)) as sockets:
        await_followers(order)
        assert all(socket.is_silent() for socket in sockets)
        yield sockets


def _heard(socket: Socket, *, until: str) -> list[tuple[str, bool]]:
    """What a socket hears up to a fact, and whether it is shown the bid."""
    heard: list[tuple[str, bool]] = []
    while not heard or heard[-1][0] != until:
        event = socket.answer()["1"]["data"]["orderEvents"]
        heard.append((event["type"], event["bid"] is not None))
    return heard


def _bargain(order: Order, cast: Cast) -> Bid:
    """All that can happen to bids, up to one that wins the order."""
    price, ada = Money(800_00, "ZAR"), cast.ada_business
    withdraw_bid(bid=place_bid(order=order, provider=ada, amount=price))
    reject_bid(bid=place_bid(order=order, provider=ada, amount=price))
    details = {"is_negotiable": True}
    bid = place_bid(order=order, provider=ada, amount=price, details=details)
    update_bid(bid=bid, changes={"description": "Tomorrow."})
    counter_bid(bid=bid, by=Party.CLIENT, amount=Money(700_00, "ZAR"))
    accept_counter_offer(bid=bid)
    return accept_bid(bid=bid)


def test_rivals_hear_that_an_order_was_bid_on_and_given_away_and_they_turned_down(
    tmp_path: Path, cast: Cast
):
    order, rival = cast.ben_order(published=True, bid_count=1), ProviderFactory()
    BidFactory(order=order, provider=rival)
    people = (cast.ben, cast.ada, rival.user_profile.user)
    assert cast.ada_business

    with _following(tmp_path, order, *people) as sockets:
        _bargain(order, cast)
        ben, ada, other = [_heard(socket, until="OrderAssigned") for socket in sockets]

    told = ["BidPlaced", "BidWithdrawn", "BidPlaced", "BidRejected", "BidPlaced", "BidUpdated"]
    told += ["CounterOffered", "CounterOfferAccepted"]
    turned_down, assigned = ("BidRejected", True), ("OrderAssigned", True)
    assert ada == [*((fact, True) for fact in told), assigned]
    assert ben == [*ada[:-1], turned_down, assigned]
    assert other == [("BidPlaced", False)] * 3 + [turned_down, ("OrderAssigned", False)]
