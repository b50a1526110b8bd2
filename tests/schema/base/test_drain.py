"""How a web process ends: what runs may finish, sockets are told to go, nothing is left behind."""

import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from apps.accounts.services.sessions import start_session
from tests.factories.orders import OrderFactory
from tests.support.backends import asleep
from tests.support.followers import await_followers, followers
from tests.support.graphql import gid
from tests.support.server import BOTH, EITHER, PROBE, Server, serving
from tests.support.sockets import connected
from tests.support.threads import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

FOLLOW = "subscription($id: ID!) { orderEvents(orderId: $id) { type } }"


class Background(threading.Thread):
    """A request that is sent while the test does something else."""

    def __init__(self, server: Server, query: str) -> None:
        super().__init__()
        self.url, self.query, self.answer = server.url, query, {}
        self.start()

    def run(self) -> None:
        """Send it."""
        response = httpx.post(self.url, json={"query": self.query}, timeout=20)
        self.answer: Any = response.json()

    def result(self) -> Any:
        """What it was answered."""
        self.join()
        return self.answer


@pytest.mark.parametrize("daphne", BOTH)
def test_at_sigterm_what_runs_finishes_and_sockets_are_told_to_go(tmp_path: Path, daphne: bool):
    order = OrderFactory(published=True)
    token = start_session(user=order.client_profile.user_profile.user).access_token
    with serving(tmp_path, application=PROBE, daphne=daphne) as server:
        with connected(server.ws_url, token=token) as socket:
            socket.subscribe("1", FOLLOW, variables={"id": gid(order)})
            await_followers(order)
            heard = followers(order)
            request = Background(server, "{ sleep(seconds: 3) }")
            wait_until(asleep)
            start = time.monotonic()
            status = server.terminate(within=10)
            closed = socket.closed()

        assert "sleep" in request.result()["data"]
    assert (heard, followers(order)) == (1, 0)
    # daphne drops the reason of every close, and refuses to send 1001.
    assert closed == ((4001, "") if daphne else (1001, "Going away"))
    assert status == 0
    assert 2 < time.monotonic() - start < 10
    assert "Traceback" not in server.log.read_text()


def test_a_client_that_does_not_read_does_not_hold_the_end_up(tmp_path: Path):
    everything = " ".join(
        f"_{n}: __schema {{ types {{ description fields {{ name description }} }} }}"
        for n in range(10)
    )
    with (
        serving(tmp_path, application=PROBE) as server,
        connected(server.ws_url, init=True, max_size=None, max_queue=1) as socket,
    ):
        for number in range(20):
            socket.subscribe(str(number), f"{{ {everything} }}")
        time.sleep(3)
        start = time.monotonic()
        status = server.terminate(within=15)

    assert status == 0
    assert time.monotonic() - start < 8


@pytest.mark.parametrize("daphne", EITHER)
def test_it_ends_while_people_go_on_asking(tmp_path: Path, daphne: bool):
    with serving(tmp_path, application=PROBE, daphne=daphne) as server:
        asking = [Background(server, "{ sleep(seconds: 0.2) }") for _ in range(3)]
        wait_until(asleep)
        server.popen.terminate()
        while server.popen.poll() is None:
            with suppress(httpx.TransportError):
                httpx.post(server.url, json={"query": "{ __typename }"}, timeout=10)

    assert all("sleep" in each.result()["data"] for each in asking)
    assert server.popen.returncode == 0


@pytest.mark.parametrize("daphne", EITHER)
def test_who_would_stay_is_sent_to_another_process(tmp_path: Path, daphne: bool):
    stream = {"Accept": "text/event-stream"}
    body = {"query": "{ __typename }"}
    with serving(tmp_path, application=PROBE, daphne=daphne) as server:
        assert httpx.post(server.url, json=body, headers=stream).status_code == 200
        request = Background(server, "{ sleep(seconds: 4) }")
        wait_until(asleep)
        server.popen.terminate()
        wait_until(lambda: httpx.post(server.url, json=body, headers=stream).status_code == 503)
        refused = httpx.post(server.url, json=body, headers=stream)
        with pytest.raises(InvalidStatus) as socket, connected(server.ws_url):
            pass
        asked = httpx.post(server.url, json=body)
        status = server.popen.wait(15)

    assert status == 0
    assert (refused.headers["Retry-After"], socket.value.response.status_code) == ("1", 403)
    assert asked.status_code == 200
    assert "sleep" in request.result()["data"]


def test_a_second_sigterm_changes_nothing(tmp_path: Path):
    with serving(tmp_path, application=PROBE) as server:
        request = Background(server, "{ sleep(seconds: 2) }")
        wait_until(asleep)
        server.popen.terminate()
        time.sleep(0.3)
        status = server.terminate(within=10)

    assert "sleep" in request.result()["data"]
    assert status == 0


def test_a_process_that_did_nothing_ends_at_once(tmp_path: Path):
    with serving(tmp_path) as server:
        start = time.monotonic()
        status = server.terminate(within=10)

    assert status == 0
    assert time.monotonic() - start < 2
