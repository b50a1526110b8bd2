"""Whatever breaks, a client that resumes has what a client that asks anew has: random writers,
random disconnects, a Redis that is stopped and comes back empty, and servers that are killed.
"""

import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from websockets.exceptions import WebSocketException

from apps.accounts.models import User
from apps.accounts.services.sessions import start_session
from apps.chat.models import ChatMessage, ChatRoom
from apps.chat.services.messages import Draft, delete_message, edit_message, send_message
from apps.core.selectors import Position, position_now
from kernel.errors import DomainError, NotFound
from server.valkey import Valkey
from tests.factories.accounts import UserFactory
from tests.factories.chat import ChatRoomFactory
from tests.support.graphql import gid
from tests.support.server import Server
from tests.support.sockets import connected
from tests.support.threads import in_background

pytestmark = pytest.mark.django_db(transaction=True)

EVENTS = (
    "subscription($room: ID!, $after: String) { chatEvents(roomId: $room, after: $after) {"
    " __typename ... on ChatHappening { cursor }"
    " ... on ChatMessageHappening { number message { content isDeleted } } } }"
)
WRITERS, CLIENTS = 4, 6


@dataclass
class House:
    """Two servers and a Redis, any of which may be down at any moment."""

    folder: Path
    valkey: Valkey
    servers: list[Server] = field(default_factory=list)

    def start(self) -> None:
        """Start everything."""
        self.valkey.start()
        for _ in range(2):
            self.servers.append(self._server(None))

    def replace(self, number: int) -> None:
        """Kill a server as a crash would, and start another one at its address."""
        old = self.servers[number]
        old.kill()
        self.servers[number] = self._server(old.port)

    def wipe(self) -> None:
        """Stop Redis, and start one that knows nothing."""
        self.valkey.kill()
        time.sleep(0.5)
        self.valkey.start()

    def _server(self, port: int | None) -> Server:
        log = self.folder / "server.log"
        return Server(log=log, port=port, env={"REDIS_URL": self.valkey.url})


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house that stands."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        Path(name).chmod(0o755)
        found = House(tmp_path, Valkey(Path(name) / "valkey", throwaway=True))
        stack.callback(found.valkey.kill)
        stack.callback(lambda: [server.kill() for server in found.servers])
        found.start()
        yield found


@dataclass
class Client:
    """One who follows a room, and keeps what they were told."""

    house: House
    room: ChatRoom
    token: str
    dice: random.Random
    cursor: str
    told: list[tuple[str, int, str]] = field(default_factory=list)
    state: dict[int, tuple[str, bool]] = field(default_factory=dict)
    connections: int = 0

    def follow(self, until: threading.Event) -> None:
        """Follow until then, breaking off at random, and resuming at any of the servers."""
        while not until.is_set():
            with suppress(WebSocketException, OSError, TimeoutError, AssertionError):
                self._listen(until, self.dice.randint(1, 60))

    def catch_up(self, goal: Position) -> None:
        """Resume for the last time, until everything was told."""
        deadline = time.monotonic() + 60
        while Position.parse(self.cursor) < goal:
            assert time.monotonic() < deadline, f"{self.cursor} is still before {goal}."
            with suppress(WebSocketException, OSError, TimeoutError):
                self._listen(threading.Event(), 1_000_000, goal)

    def _listen(self, until: threading.Event, most: int, goal: Position | None = None) -> None:
        server = self.dice.choice(self.house.servers)
        with connected(server.ws_url, token=self.token) as socket:
            self.connections += 1
            given = {"room": gid(self.room), "after": self.cursor}
            socket.subscribe("1", EVENTS, variables=given)
            for _ in range(most):
                if until.is_set() or (goal and Position.parse(self.cursor) >= goal):
                    return
                (payload,) = socket.answer().values()
                self._take(payload["data"]["chatEvents"])

    def _take(self, event: dict[str, Any]) -> None:
        self.cursor = event["cursor"]
        self.told.append((event["cursor"], event["number"], event["__typename"]))
        message = event["message"]
        self.state[event["number"]] = (message["content"], message["isDeleted"])


def write(room: ChatRoom, sender: User, dice: random.Random, until: threading.Event) -> None:
    """Say, change and delete things until then."""
    mine: list[ChatMessage] = []
    while not until.is_set():
        with suppress(OperationalError, DomainError, NotFound):
            deed = dice.random()
            if deed < 0.7 or not mine:
                draft = Draft(content=f"{sender.pk} {len(mine)}")
                mine.append(send_message(room=room, sender=sender, draft=draft))
            elif deed < 0.9:
                edit_message(message=dice.choice(mine), content=f"Changed {dice.random()}")
            else:
                delete_message(message=dice.choice(mine))
        time.sleep(dice.random() * 0.05)


def break_things(house: House, dice: random.Random, seconds: float) -> None:
    """Break one thing after the other for so long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        deed = dice.choice([house.wipe, lambda: house.replace(dice.randrange(2))])
        deed()
        time.sleep(dice.random() * 3)


@pytest.mark.parametrize(
    "seconds",
    [10, pytest.param(120, marks=[pytest.mark.soak, pytest.mark.timeout(600)])],
    ids=["short", "long"],
)
def test_who_resumes_has_what_who_asks_anew_has(house: House, seconds: float):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    users = [UserFactory() for _ in range(WRITERS + CLIENTS)]
    room = ChatRoomFactory(between=users)
    start, over = str(position_now()), threading.Event()
    clients = [
        Client(house, room, start_session(user=user).access_token, random.Random(n), start)
        for n, user in enumerate(users[WRITERS:])
    ]
    jobs = [lambda c=client: c.follow(over) for client in clients]
    jobs += [
        lambda u=user, n=n: write(room, u, random.Random(f"{seed}{n}"), over)
        for n, user in enumerate(users[:WRITERS])
    ]
    with in_background(*jobs) as working:
        break_things(house, dice, seconds)
        over.set()
    for each in working:
        each.result()
    for server in house.servers:
        assert server.popen.poll() is None
    goal = position_now()
    with in_background(*[lambda c=client: c.catch_up(goal) for client in clients]) as catching:
        pass
    for each in catching:
        each.result()

    truth = {
        message.number: ("" if message.is_deleted else message.content, message.is_deleted)
        for message in ChatMessage.objects.filter(room=room)
    }
    assert len(truth) > seconds
    for client in clients:
        positions = [Position.parse(cursor) for cursor, _, _ in client.told]
        sent = [number for _, number, kind in client.told if kind == "ChatMessageSent"]
        assert client.connections > 2
        assert positions == sorted(set(positions))
        assert sorted(sent) == sorted(truth)
        assert client.state == truth
