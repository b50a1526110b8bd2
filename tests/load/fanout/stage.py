"""A crowd of listeners and those who speak, in processes of their own, before a server."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from tests.load.fanout.child import Child
from tests.load.fanout.counting import Receipts, Sent, Tally, tally
from tests.load.fanout.servers import CHANNEL
from tests.load.fanout.spending import Spent, spent
from tests.load.fanout.world import DOCUMENT, Room, World

#: Seconds without any delivery after which what did not come is lost.
PATIENCE = 5.0
#: Rounds of messages after which who has heard none never will.
ROUNDS = 20
#: One alone would not manage 80 messages a second. A room's come from the same one.
WRITERS = 2
#: Messages a second while it is only to be seen that all are there.
WARM_UP_RATE = 50


class LoadError(Exception):
    """Something failed that is not for measuring."""


class Stage:
    """All of them, ended after the block."""

    def __init__(self, kind: str, world: World, folder: Path) -> None:
        self.world, self._receipts = world, folder / "receipts"
        way = "redis" if kind == "node" else "service"
        self.client = Child("client")
        speaker = str(world.speaker.pk)
        self.writers = [Child("writer", way, speaker, CHANNEL=CHANNEL) for _ in range(WRITERS)]
        self.rooms: Sequence[Room] = ()
        self._said = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.client.close()
        for writer in self.writers:
            writer.close()

    def connect(self, port: int, rooms: Sequence[Room]) -> None:
        """Have all who listen to some rooms subscribe, and each hear something."""
        listeners = self.world.listeners(rooms)
        self.rooms = rooms
        self.client.ask("connect", port=port, document=DOCUMENT, listeners=listeners)
        for _ in range(ROUNDS):
            self.say(len(rooms), rate=WARM_UP_RATE)
            self.said()
            if self._quiet()["heard"] == len(listeners):
                return
        raise LoadError(f"Not everybody is told of messages: {self.client.ask('state')}")

    def disconnect(self) -> None:
        """Have everybody leave."""
        self.client.ask("disconnect")

    def begin(self) -> None:
        """Forget what came so far."""
        self.client.ask("begin")

    def say(self, messages: int, *, rate: float) -> None:
        """Begin to say so many messages, in the rooms in turn."""
        numbers, rooms = self._next(messages), [room.pk for room in self.rooms]
        speaking = self.writers[: len(rooms)]
        for place, writer in enumerate(speaking):
            own = slice(place, None, len(speaking))
            pace = {"delay": place / rate, "rate": rate / len(speaking)}
            writer.tell("say", rooms=rooms[own], messages=numbers[own], **pace)

    def said(self) -> dict[int, Sent]:
        """What was said, once all of it was."""
        speaking = self.writers[: len(self.rooms)]
        return {
            number: Sent(place + room * len(speaking), at)
            for place, writer in enumerate(speaking)
            for number, room, at in writer.answer()
        }

    def arrived(self, sent: dict[int, Sent]) -> Receipts:
        """What came to the listeners since ``begin``, once it is all that they are to have."""
        expected = sum(self.rooms[each.room].listeners for each in sent.values())
        self._quiet(expected)
        self.client.ask("give", path=str(self._receipts))
        return Receipts.load(self._receipts)

    def refusals(self) -> list[str]:
        """What the server refused any listener, and why it closed any socket."""
        found: list[str] = self.client.ask("state")["failures"]
        return found

    def require_calm(self) -> None:
        """Raise LoadError where a socket was closed, or refused anything."""
        state = self.client.ask("state")
        if state["failures"] or state["open"] < sum(room.listeners for room in self.rooms):
            raise LoadError(f"{state['open']} sockets are open; {state['failures'][:3]}")

    def tally(self, sent: dict[int, Sent], receipts: Receipts) -> Tally:
        """The one held against the other."""
        rooms = [place for place, room in enumerate(self.rooms) for _ in range(room.listeners)]
        return tally(receipts, sent, rooms)

    def spent(self, server: int) -> Spent:
        """What all who take part have spent so far."""
        return spent(server=server, client=self.client.popen.pid)

    def _next(self, messages: int) -> list[int]:
        self._said += messages
        return list(range(self._said - messages, self._said))

    def _quiet(self, expected: int | None = None) -> Any:
        """What the client has once so many messages came, or no more do."""
        state, since = self.client.ask("state"), time.monotonic()
        patience = PATIENCE if expected else 0.5
        while state["receipts"] != expected and time.monotonic() - since < patience:
            time.sleep(0.1)
            before, state = state, self.client.ask("state")
            if state["receipts"] != before["receipts"]:
                since = time.monotonic()
        return state
