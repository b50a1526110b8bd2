"""The protocol graphql-transport-ws, frame by frame, on a real server."""

import json
import time

import psutil
import pytest
from django.conf import settings
from websockets.exceptions import ConnectionClosed, InvalidStatus

from apps.accounts.services.sessions import start_session
from tests.factories.accounts import UserFactory
from tests.support.backends import asleep
from tests.support.followers import held_by
from tests.support.server import Server
from tests.support.sockets import connected
from tests.support.threads import wait_until

# The server is on the tests' database, which is made for tests that say that they need it.
pytestmark = pytest.mark.django_db

HELLO = {"id": "1", "type": "subscribe", "payload": {"query": "{ __typename }"}}
DEEP = '{"type":"ping","payload":' + '{"a":' * 20_000 + "1" + "}" * 20_001


def test_an_init_is_confirmed(server: Server):
    with connected(server.ws_url) as socket:
        socket.send({"type": "connection_init"})

        assert socket.receive() == {"type": "connection_ack"}


@pytest.mark.parametrize("payload", [None, {}, {"Authorization": None}, {"other": [1]}])
def test_an_init_without_a_token_is_a_visitors(server: Server, payload: object):
    with connected(server.ws_url) as socket:
        socket.send({"type": "connection_init", "payload": payload})

        assert socket.receive() == {"type": "connection_ack"}


def test_an_operation_is_answered_and_completed(server: Server):
    with connected(server.ws_url, init=True) as socket:
        socket.send(HELLO)

        assert socket.answer()["1"]["data"] == {"__typename": "Query"}
        assert socket.receive() == {"id": "1", "type": "complete"}


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "x",
        "{",
        b"{}",
        b"",
        json.dumps({"type": "ping"}).encode(),
        DEEP,
        '{"type":"ping","payload":{"n":' + "9" * 5000 + "}}",
        '{"type":"ping","payload":{"n":"\\ud800"}}',
        [],
        None,
        1,
        "true",
        '"x"',
        {},
        {"type": None},
        {"type": ["ping"]},
        {"type": "start"},
        {"type": "next", "id": "1"},
        {"type": "ping", "payload": []},
        {"type": "pong", "payload": "x"},
        {"type": "connection_init", "payload": []},
        {"type": "connection_init", "payload": "x"},
        {"type": "complete"},
        {"type": "complete", "id": 1},
        {"type": "complete", "id": ""},
        {"type": "subscribe", "id": "1"},
        {"type": "subscribe", "payload": {"query": "{ __typename }"}},
        HELLO | {"payload": None},
        HELLO | {"payload": []},
        HELLO | {"payload": {}},
        HELLO | {"id": {}},
        HELLO | {"id": 1},
        HELLO | {"id": ""},
        HELLO | {"payload": {"query": 1}},
        HELLO | {"payload": {"query": None}},
        HELLO | {"payload": {"query": "{ __typename }", "variables": []}},
        HELLO | {"payload": {"query": "{ __typename }", "variables": "x"}},
        HELLO | {"payload": {"query": "{ __typename }", "operationName": 1}},
        HELLO | {"payload": {"query": "{ __typename }", "extensions": []}},
    ],
    ids=lambda frame: str(frame)[:60],
)
def test_a_malformed_frame_closes_with_4400(server: Server, frame: object):
    with connected(server.ws_url, init=True) as socket:
        socket.send(frame)

        assert socket.closed()[0] == 4400


def test_what_follows_a_malformed_frame_is_not_read(server: Server):
    before = server.log.read_text().count("Traceback")
    with connected(server.ws_url, init=True) as socket, socket.connection.protocol_mutex:
        protocol = socket.connection.protocol
        for text in (b"[]", b'{"type":"ping"}', b"null", json.dumps(HELLO).encode()):
            protocol.send_text(text)
        socket.connection.socket.sendall(b"".join(protocol.data_to_send()))

    time.sleep(0.2)
    assert server.log.read_text().count("Traceback") == before


def test_an_operation_before_the_init_closes_with_4401(server: Server):
    with connected(server.ws_url) as socket:
        socket.send(HELLO)

        assert socket.closed() == (4401, "Unauthorized")


@pytest.mark.parametrize("header", ["Bearer x.y.z", "Bearer", "Basic x", "x", "Bearer " + "é" * 9])
def test_a_token_that_is_none_of_ours_closes_with_4403(server: Server, header: str):
    with connected(server.ws_url) as socket:
        socket.send({"type": "connection_init", "payload": {"authorization": header}})

        assert socket.closed() == (4403, "Forbidden: invalid_token")


def test_a_socket_that_does_not_init_closes_with_4408(server: Server):
    with connected(server.ws_url) as socket:
        assert socket.closed() == (4408, "Connection initialisation timeout")


def test_an_id_in_use_closes_with_4409(server: Server):
    with connected(server.ws_url, init=True) as socket:
        socket.subscribe("1", "subscription { silent }")
        socket.send(HELLO)

        assert socket.closed() == (4409, "Subscriber for 1 already exists")


@pytest.mark.parametrize("payload", [{}, {"authorization": "Bearer x"}])
def test_a_second_init_closes_with_4429(server: Server, payload: dict[str, str]):
    with connected(server.ws_url, init=True) as socket:
        socket.send({"type": "connection_init", "payload": payload})

        assert socket.closed() == (4429, "Too many initialisation requests")


@pytest.mark.parametrize("protocol", ["graphql-ws", "soap", None])
def test_another_protocol_closes_with_4406(server: Server, protocol: str | None):
    with connected(server.ws_url, protocol=protocol) as socket:
        assert socket.closed() == (4406, "Subprotocol not acceptable")


def test_another_address_is_refused(server: Server):
    with pytest.raises(InvalidStatus, match="HTTP 403"), connected(server.ws_url + "other/"):
        pass


def test_a_ping_is_answered_before_and_after_the_init(server: Server):
    with connected(server.ws_url) as socket:
        socket.send({"type": "ping", "payload": {"a": 1}})
        assert socket.receive() == {"type": "pong"}

        socket.init().send({"type": "ping"})
        assert socket.receive() == {"type": "pong"}


def test_a_pong_and_a_complete_of_nothing_are_taken(server: Server):
    with connected(server.ws_url, init=True) as socket:
        socket.send({"type": "pong", "payload": {"a": 1}})
        socket.complete("none")

        assert socket.is_silent()


def test_a_complete_stops_a_subscription_and_frees_its_id(server: Server):
    with connected(server.ws_url, init=True) as socket:
        socket.subscribe("1", "subscription { silent }")
        socket.complete("1")
        socket.send(HELLO)

        assert socket.answer()["1"]["data"] == {"__typename": "Query"}
        assert socket.receive() == {"id": "1", "type": "complete"}


def test_a_completed_query_sends_nothing_more(server: Server):
    with connected(server.ws_url, init=True) as socket:
        socket.subscribe("1", "{ sleep(seconds: 0.2) }")
        socket.complete("1")

        assert socket.is_silent(seconds=0.5)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{"}, "syntax_error"),
        ({"query": ""}, "query_missing"),
        ({"query": "{ nothing }"}, "invalid_request"),
        ({"query": "subscription { nothing }"}, "invalid_request"),
        ({"query": "{ __typename }", "operationName": "A"}, "operation_not_found"),
        ({"query": "query A { a: me { id } } query B { me { id } }"}, "operation_not_found"),
        ({"query": "subscription { a: silent b: silent }"}, "invalid_request"),
        ({"query": "subscription { silent } subscription B { silent }"}, "invalid_request"),
        ({"query": "{a" * 20_000}, "too_many_tokens"),
    ],
)
def test_a_document_that_cannot_run_is_an_error_of_its_id_alone(
    server: Server, payload: dict[str, str], code: str
):
    with connected(server.ws_url, init=True) as socket:
        socket.send({"id": "7", "type": "subscribe", "payload": payload})

        assert socket.error() == ("7", code)
        socket.send(HELLO)
        assert socket.answer()["1"]["data"] == {"__typename": "Query"}


def test_variables_that_do_not_fit_are_an_error(server: Server):
    document = "subscription($id: ID!) { orderEvents(orderId: $id) { type } }"
    with connected(server.ws_url, init=True) as socket:
        socket.subscribe("1", document, variables={"id": None})

        assert socket.error() == ("1", "invalid_request")


def test_the_21st_operation_at_once_is_refused(server: Server):
    with connected(server.ws_url, init=True) as socket:
        for number in range(21):
            socket.subscribe(str(number), "subscription { silent }")

        assert socket.error() == ("20", "too_many_operations")
        socket.complete("0")
        socket.send(HELLO | {"id": "20"})
        assert socket.answer()["20"]["data"] == {"__typename": "Query"}


def test_operations_that_were_stopped_end(server: Server):
    before = psutil.Process(server.popen.pid).num_threads()
    with connected(server.ws_url, init=True) as socket:
        for number in range(200):
            socket.subscribe(str(number), "{ sleep(seconds: 9) }")
            socket.complete(str(number))
        threads = psutil.Process(server.popen.pid).num_threads()
        wait_until(lambda: asleep() == 0, seconds=5)

    assert threads < before + 100


def test_what_is_longer_than_a_request_may_be_is_refused(server: Server):
    with connected(server.ws_url, init=True) as socket:
        socket.subscribe("1", "#" * settings.BODY_MAX_BYTES)

        assert socket.closed() == (4400, "The message is too large")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_known", [True, False], ids=["signed in", "signing in"])
def test_who_breaks_the_protocol_leaves_nothing_behind(server: Server, is_known: bool):
    token = start_session(user=UserFactory()).access_token
    init = {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}
    wait_until(lambda: not any(held_by(server).values()))
    for _ in range(10):
        with connected(server.ws_url) as socket:
            socket.send(init)
            if is_known:
                socket.receive()
                socket.subscribe("1", "subscription { silent }")
                socket.send("[]")
            # Without a mask, which no client may leave out.
            socket.connection.socket.sendall(b"\x81\x02[]")
            socket.connection.socket.shutdown(2)

    wait_until(lambda: not any(held_by(server).values()))


def test_a_client_that_breaks_off_leaves_no_trace_in_the_log(server: Server):
    before = server.log.read_text()
    with pytest.raises(ConnectionClosed), connected(server.ws_url, init=True) as socket:
        socket.subscribe("1", "subscription { silent }")
        socket.subscribe("2", "{ sleep(seconds: 0.3) }")
        time.sleep(0.1)
        socket.connection.socket.shutdown(2)
        socket.receive()

    time.sleep(0.5)
    added = server.log.read_text()[len(before) :]
    assert "Traceback" not in added
    assert "operation_failed" not in added
