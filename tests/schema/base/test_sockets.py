"""Operations and streams over a socket, on a real server."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from apps.accounts.models import Session
from apps.accounts.services.sessions import SignedIn, start_session
from apps.orders.events import OrderPublished
from apps.orders.models import Order
from kernel import clock, events
from tests.factories.accounts import ClientFactory
from tests.factories.orders import OrderFactory
from tests.support.backends import asleep, backends, drop_backends
from tests.support.followers import await_followers
from tests.support.graphql import gid
from tests.support.probe import SECRET
from tests.support.server import PROBE, Server, serving
from tests.support.sockets import Socket, all_connected, connected
from tests.support.threads import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

FOLLOW = "subscription($id: ID!) { orderEvents(orderId: $id) { type order { title } } }"
PUBLISHED = {"data": {"orderEvents": {"type": "OrderPublished", "order": {"title": "Tap"}}}}


@pytest.fixture
def order() -> Order:
    """An order to follow."""
    return OrderFactory(title="Tap", published=True)


@pytest.fixture
def signed_in(order: Order) -> SignedIn:
    """Its client, signed in."""
    return start_session(user=order.client_profile.user_profile.user)


def tell(order: Order, *, times: int = 1) -> None:
    """Publish facts of an order."""
    with transaction.atomic():
        for _ in range(times):
            events.publish(
                OrderPublished(
                    order_id=order.pk, client_user_id=order.client_profile.user_profile.user_id
                )
            )


def follow(socket: Socket, order: Order, id: str = "1") -> None:
    """Subscribe to an order, and wait until that is so."""
    socket.subscribe(id, FOLLOW, variables={"id": gid(order)})
    await_followers(order)
    assert socket.is_silent()


def test_four_queries_run_at_once_on_one_socket(server: Server):
    with connected(server.ws_url, init=True) as socket:
        for number in range(4):
            socket.subscribe(str(number), "{ sleep(seconds: 2) }")
        wait_until(lambda: asleep() == 4)
        frames = [socket.receive() for _ in range(8)]

    assert sorted(frame["type"] for frame in frames) == ["complete"] * 4 + ["next"] * 4


def test_a_socket_gives_its_connections_back(server: Server):
    with connected(server.ws_url, init=True) as socket:
        socket.subscribe("1", "{ sleep(seconds: 0) }")
        socket.receive()

        assert {backend.state for backend in backends()} <= {"idle"}


def test_an_idle_subscription_lives_for_longer_than_redis_is_waited_for(
    server: Server, order: Order, signed_in: SignedIn
):
    with connected(server.ws_url, token=signed_in.access_token) as socket:
        follow(socket, order)
        time.sleep(11)
        tell(order)

        assert socket.answer() == {"1": PUBLISHED}


def test_a_burst_reaches_every_socket_whole(server: Server, order: Order, signed_in: SignedIn):
    with all_connected(server.ws_url, *[signed_in.access_token] * 2) as sockets:
        for socket in sockets:
            follow(socket, order)
        tell(order, times=250)

        for socket in sockets:
            assert [socket.answer() for _ in range(250)] == [{"1": PUBLISHED}] * 250


@pytest.mark.parametrize("ended", ["expired", "deleted"])
def test_a_stream_ends_with_its_session(
    server: Server, order: Order, signed_in: SignedIn, ended: str
):
    end = {
        "expired": lambda: Session.objects.update(expires_at=clock.now() - timedelta(seconds=1)),
        "deleted": lambda: signed_in.user.soft_delete(),
    }[ended]
    with connected(server.ws_url, token=signed_in.access_token) as socket:
        follow(socket, order)
        end()
        tell(order)

        assert socket.error() == ("1", "invalid_token")
        assert socket.is_silent()


def test_a_stranger_may_not_follow_an_order(server: Server):
    draft, stranger = OrderFactory(), ClientFactory().user_profile.user
    token = start_session(user=stranger).access_token
    with connected(server.ws_url, token=token) as socket:
        socket.subscribe("1", FOLLOW, variables={"id": gid(draft)})

        assert socket.error() == ("1", "not_found")


def test_a_visitor_may_not_follow_an_order(server: Server, order: Order):
    with connected(server.ws_url, init=True) as socket:
        socket.subscribe("1", FOLLOW, variables={"id": gid(order)})

        assert socket.error() == ("1", "not_signed_in")


def test_an_unexpected_failure_within_a_stream_is_masked_and_logged(server: Server):
    with connected(server.ws_url, init=True) as socket:
        socket.subscribe("1", "subscription { failing }")
        first, (error,) = socket.answer(), socket.receive()["payload"]

    request_id = error["extensions"]["requestId"]
    assert first == {"1": {"data": {"failing": 1}}}
    assert error["message"] == "internal_error"
    assert error["extensions"] == {"code": "internal_error", "requestId": request_id}
    log = server.log.read_text()
    assert f"request_id={request_id}" in log
    assert SECRET in log


def test_an_unexpected_failure_of_a_query_over_a_socket_is_masked(server: Server):
    with connected(server.ws_url, init=True) as socket:
        socket.subscribe("1", "{ fail }")

        (error,) = socket.answer()["1"]["errors"]
        assert error["message"] == "internal_error"
        assert error["extensions"]["code"] == "internal_error"


def test_an_expected_failure_within_a_stream_keeps_its_code(server: Server):
    with connected(server.ws_url, init=True) as socket:
        socket.subscribe("1", "subscription { refusing }")

        assert socket.answer() == {"1": {"data": {"refusing": 1}}}
        assert socket.error() == ("1", "not_found")


@pytest.fixture
def crowded(tmp_path: Path) -> Iterator[Server]:
    """A server with one connection to the database, for which it waits 0.3 s."""
    env = {"DATABASE_POOL_MAX": "1", "DATABASE_POOL_WAIT": "0.3"}
    with serving(tmp_path, application=PROBE, env=env) as server:
        yield server


def test_without_a_free_connection_a_socket_is_told_to_come_again(
    crowded: Server, signed_in: SignedIn
):
    with connected(crowded.ws_url, init=True) as busy, connected(crowded.ws_url) as socket:
        busy.subscribe("1", "{ sleep(seconds: 3) }")
        wait_until(asleep)
        busy.subscribe("2", "{ sleep(seconds: 0) }")
        header = {"authorization": f"Bearer {signed_in.access_token}"}
        socket.send({"type": "connection_init", "payload": header})

        assert socket.closed() == (1013, "Try again later")
        refused = busy.answer()
        assert refused["2"]["errors"][0]["extensions"] == {"code": "overloaded"}


def test_a_stream_outlives_the_connections_that_the_database_drops(
    server: Server, order: Order, signed_in: SignedIn
):
    with connected(server.ws_url, token=signed_in.access_token) as socket:
        follow(socket, order)
        for _ in range(20):
            drop_backends()
            time.sleep(0.05)
        tell(order)

        assert socket.answer() == {"1": PUBLISHED}
