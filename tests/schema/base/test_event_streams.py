"""Streams over HTTP: Server-Sent Events and multipart subscriptions, on a real server."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import transaction

from apps.accounts.services.sessions import SignedIn, revoke_sessions, start_session
from apps.core.selectors import position_now
from apps.orders.events import OrderPublished
from apps.orders.models import Order
from kernel import events
from tests.factories.accounts import ClientFactory
from tests.factories.orders import OrderFactory
from tests.support.followers import await_followers, followers, held_by
from tests.support.graphql import gid
from tests.support.server import PROBE, Server, serving
from tests.support.threads import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

FOLLOW = (
    "subscription($id: ID!, $after: String) "
    "{ orderEvents(orderId: $id, after: $after) { type order { title } } }"
)
PUBLISHED = {"data": {"orderEvents": {"type": "OrderPublished", "order": {"title": "Tap"}}}}
MULTIPART = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json"


@pytest.fixture
def order() -> Order:
    """An order to follow."""
    return OrderFactory(title="Tap", published=True)


@pytest.fixture
def signed_in(order: Order) -> SignedIn:
    """Its client, signed in."""
    return start_session(user=order.client_profile.user_profile.user)


def tell(order: Order) -> None:
    """Publish a fact of an order."""
    client = order.client_profile.user_profile.user_id
    with transaction.atomic():
        events.publish(OrderPublished(order_id=order.pk, client_user_id=client))


class Events:
    """A response that goes on."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.lines = response.iter_lines()

    def receive(self) -> tuple[str, Any]:
        """The next event's name and data; signs of life are passed over."""
        name = next(line for line in self.lines if line.startswith("event: "))
        data = next(self.lines).removeprefix("data: ")
        return name.removeprefix("event: "), json.loads(data) if data else None


@contextmanager
def streaming(
    server: Server, query: str, token: str | None = None, **variables: Any
) -> Iterator[Events]:
    """An operation whose answers are streamed, for a block."""
    headers = {"Accept": "text/event-stream"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    body = {"query": query, "variables": variables}
    with httpx.stream("POST", server.url, json=body, headers=headers, timeout=20) as response:
        yield Events(response)


def test_a_query_is_one_event_and_its_end(server: Server):
    with streaming(server, "{ __typename }") as events:
        assert events.response.headers["Content-Type"] == "text/event-stream"
        assert events.receive()[1]["data"] == {"__typename": "Query"}
        assert events.receive() == ("complete", None)
        assert "".join(events.lines) == ""


def test_headers_and_a_sign_of_life_come_before_any_event(server: Server, signed_in: SignedIn):
    start = time.monotonic()
    with streaming(server, "subscription { silent }", signed_in.access_token) as events:
        assert next(events.lines) == ": ping"
        assert time.monotonic() - start < 3


def test_what_happens_is_told(server: Server, order: Order, signed_in: SignedIn):
    with streaming(server, FOLLOW, signed_in.access_token, id=gid(order)) as events:
        await_followers(order)
        tell(order)

        assert events.receive() == ("next", PUBLISHED)


def test_what_was_missed_is_told_from_a_cursor_on(
    server: Server, order: Order, signed_in: SignedIn
):
    after = str(position_now())
    tell(order)
    given = {"id": gid(order), "after": after}
    with streaming(server, FOLLOW, signed_in.access_token, **given) as events:
        assert events.receive() == ("next", PUBLISHED)


def test_a_stranger_is_refused_by_an_event(server: Server):
    draft, stranger = OrderFactory(), ClientFactory().user_profile.user
    token = start_session(user=stranger).access_token
    with streaming(server, FOLLOW, token, id=gid(draft)) as events:
        name, answer = events.receive()
        ended, _ = events.receive()

    assert (name, ended) == ("next", "complete")
    assert answer["errors"][0]["extensions"]["code"] == "not_found"


@pytest.mark.parametrize(
    ("query", "code"),
    [("{", "syntax_error"), ("{ nothing }", "invalid_request"), ("", "query_missing")],
)
def test_a_document_that_cannot_run_says_why(server: Server, query: str, code: str):
    with streaming(server, query) as events:
        if events.response.status_code == 400:
            answer = json.loads(events.response.read())
        else:
            _, answer = events.receive()

    assert answer["errors"][0]["extensions"]["code"] == code


def test_a_token_that_is_none_of_ours_is_refused_as_ever(server: Server):
    with streaming(server, "{ __typename }", "x.y.z") as events:
        assert events.response.status_code == 401


def test_a_failure_is_masked(server: Server):
    with streaming(server, "subscription { failing }") as events:
        first, second = events.receive(), events.receive()

    assert first == ("next", {"data": {"failing": 1}})
    assert second[1]["errors"][0]["message"] == "internal_error"


def test_a_mutation_is_not_sent_by_get(server: Server):
    answer = httpx.get(
        server.url,
        params={"query": "mutation { signOut { __typename } }"},
        headers={"Accept": "text/event-stream"},
    )

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (
        405,
        "method_not_allowed",
    )


def test_it_ends_with_its_session(server: Server, order: Order, signed_in: SignedIn):
    with streaming(server, FOLLOW, signed_in.access_token, id=gid(order)) as events:
        await_followers(order)
        start = time.monotonic()
        revoke_sessions(user_id=signed_in.user.pk)
        name, answer = events.receive()

        assert time.monotonic() - start < 2.5
        assert (name, answer["errors"][0]["extensions"]["code"]) == ("next", "invalid_token")
        assert events.receive() == ("complete", None)


def test_one_that_nobody_reads_ends(tmp_path: Path, signed_in: SignedIn):
    body = json.dumps({"query": "subscription { flood(size: 50000) }"}).encode()
    head = (
        "POST /graphql/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Accept: text/event-stream\r\nAuthorization: Bearer {signed_in.access_token}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    env = {"SOCKET_STALL_SECONDS": "2"}
    with (
        serving(tmp_path, application=PROBE, env=env) as server,
        socket.create_connection(("127.0.0.1", server.port)) as connection,
    ):
        connection.sendall(head.encode() + body)
        wait_until(lambda: held_by(server)["streams"] == 1)

        wait_until(lambda: held_by(server) == dict.fromkeys(held_by(server), 0))


def test_who_goes_is_followed_no_more(server: Server, order: Order, signed_in: SignedIn):
    with streaming(server, FOLLOW, signed_in.access_token, id=gid(order)) as events:
        next(events.lines)
        await_followers(order)

    wait_until(lambda: followers(order) == 0)


def test_at_the_servers_end_the_response_ends_without_being_complete(
    tmp_path: Path, order: Order, signed_in: SignedIn
):
    with (
        serving(tmp_path) as server,
        streaming(server, FOLLOW, signed_in.access_token, id=gid(order)) as events,
    ):
        next(events.lines)
        await_followers(order)
        ending = threading.Thread(target=server.terminate)
        ending.start()
        rest = list(events.lines)
        ending.join()

    assert not any(line.startswith("event") for line in rest)


def test_apollos_multipart_protocol_is_spoken(server: Server, order: Order, signed_in: SignedIn):
    headers = {"Accept": MULTIPART, "Authorization": f"Bearer {signed_in.access_token}"}
    body = {"query": FOLLOW, "variables": {"id": gid(order)}}
    with httpx.stream("POST", server.url, json=body, headers=headers, timeout=20) as response:
        lines = response.iter_lines()
        await_followers(order)
        tell(order)
        answer = next(line for line in lines if "payload" in line)

    assert response.headers["Content-Type"].startswith("multipart/mixed;boundary=graphql")
    assert json.loads(answer) == {"payload": PUBLISHED}
