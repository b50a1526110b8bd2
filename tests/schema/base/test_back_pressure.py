"""Who does not read what they asked for costs little, and is closed in the end."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from websockets.exceptions import ConnectionClosed

from apps.accounts.services.sessions import start_session
from apps.chat.models import ChatRoom
from apps.chat.services.messages import Draft, send_message
from tests.factories.accounts import UserFactory
from tests.factories.chat import ChatRoomFactory
from tests.support.followers import await_listeners
from tests.support.graphql import gid
from tests.support.server import EITHER, PROBE, Server, serving
from tests.support.sockets import Socket, connected

pytestmark = pytest.mark.django_db(transaction=True)

EVENTS = (
    "subscription($room: ID!) { chatEvents(roomId: $room) "
    "{ ... on ChatMessageSent { message { content } } } }"
)
#: What one who does not read may cost, in bytes, and what the process grows by on its own.
MOST, NOISE = 1_500_000, 6_000_000
SLOW: dict[str, Any] = {"max_queue": 1, "max_size": None}


@pytest.fixture(params=EITHER)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server of each kind, which waits for some seconds for who does not read."""
    env = {"SOCKET_STALL_SECONDS": getattr(request.function, "patience", "2")}
    with serving(tmp_path, application=PROBE, daphne=request.param, env=env) as server:
        yield server


def patient(test: Any) -> Any:
    """Have the server wait longer."""
    test.patience = "60"
    return test


def memory(server: Server) -> int:
    """What a server holds, in bytes."""
    return int(psutil.Process(server.popen.pid).memory_info().rss)


def end_of(socket: Socket) -> tuple[int, int | None]:
    """How many frames were still to be read, and the code of the close behind them; None where the
    connection broke off, as daphne breaks it off when its close is not answered within a second.
    """
    frames = 0
    while True:
        try:
            socket.receive(within=30)
        except ConnectionClosed as closed:
            return frames, closed.rcvd.code if closed.rcvd else None
        frames += 1


def test_who_does_not_read_is_closed(server: Server):
    with connected(server.ws_url, init=True, **SLOW) as socket:
        before = memory(server)
        socket.subscribe("1", "subscription { flood(size: 50000) }")
        time.sleep(4)
        grown = memory(server) - before
        frames, code = end_of(socket)

    assert code in ((4429,) if "uvicorn" in server.popen.args else (4429, None))
    assert grown < MOST + NOISE
    assert frames * 50_000 < 12_000_000


def test_who_asks_on_and_does_not_read_is_closed(server: Server):
    long_id = "x" * 100_000
    with connected(server.ws_url, init=True, **SLOW) as socket:
        before = memory(server)
        with suppress(ConnectionClosed):
            for number in range(600):
                socket.subscribe(f"{number}{long_id}", "{ nothing }")
        grown = memory(server) - before
        _, code = end_of(socket)

    # Of the 60 MB that were asked for; daphne keeps the questions too.
    most, codes = (20e6, (4429,)) if "uvicorn" in server.popen.args else (50e6, (4429, None))
    assert code in codes
    assert grown < most


@patient
def test_who_falls_behind_a_room_and_reads_on_misses_nothing(server: Server):
    room: ChatRoom = ChatRoomFactory(between=[UserFactory(), UserFactory()])
    sender, reader = [part.user for part in room.participations.order_by("pk")]
    token = start_session(user=reader).access_token
    count = 400
    with connected(server.ws_url, token=token, **SLOW) as socket:
        socket.subscribe("1", EVENTS, variables={"room": gid(room)})
        await_listeners(server, 1)
        before = memory(server)
        for number in range(count):
            words = f"{number} " + "x" * 19_000
            send_message(room=room, sender=sender, draft=Draft(content=words))
        grown = memory(server) - before
        told = [socket.answer()["1"]["data"]["chatEvents"]["message"] for _ in range(count)]

    assert [int(each["content"].split()[0]) for each in told] == list(range(count))
    assert grown < MOST + NOISE


def test_a_reader_that_reads_is_never_closed(server: Server):
    with connected(server.ws_url, init=True, max_size=None) as socket:
        socket.subscribe("1", "subscription { flood(size: 50000) }")
        read = pings = 0
        while read < 400:
            frame = socket.receive()
            if frame["type"] == "ping":
                socket.send({"type": "pong"})
                pings += 1
            else:
                read += 1

    assert pings >= 50
