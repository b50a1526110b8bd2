"""What a server delivers to a crowd, and what that takes it."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.load.fanout.counting import Tally, percentile
from tests.load.fanout.servers import memory, running
from tests.load.fanout.spending import Spent
from tests.load.fanout.stage import LoadError, Stage
from tests.load.fanout.world import Room, World


@dataclass(frozen=True)
class Plan:
    """How long is measured, in seconds: while messages are said, and while none are."""

    seconds: float
    idle: float


@dataclass(frozen=True)
class Layout:
    """Rooms with listeners, and how many messages a second are said over all of them."""

    rooms: Sequence[Room]
    rates: Sequence[int]

    @property
    def sockets(self) -> int:
        """How many listen."""
        return sum(room.listeners for room in self.rooms)


@dataclass(frozen=True)
class Rest:
    """What sockets take that hear nothing: bytes of each, and the server's CPU for all of them, in
    seconds a minute.
    """

    memory: float
    cpu: float


@dataclass(frozen=True)
class Flow:
    """What came of messages that were said at a rate."""

    tally: Tally
    cpu: Spent
    seconds: float
    #: Messages a second, as they were said, and deliveries a second until the last one.
    said: float
    delivered: float

    def wait(self, share: float) -> float:
        """Milliseconds from the commit in which so many percent of the deliveries were made."""
        return 1000 * percentile(self.tally.waits, share)

    def micro(self, seconds: float) -> float:
        """Seconds of CPU as microseconds for each delivery."""
        return 1e6 * seconds / self.tally.delivered


@dataclass(frozen=True)
class Cell:
    """What was measured of a server under a layout, at one of its rates."""

    kind: str
    layout: Layout
    rate: int
    rest: Rest
    flow: Flow


def measure(kind: str, layout: Layout, world: World, plan: Plan, folder: Path) -> Iterator[Cell]:
    """Measure a server under a layout, at each of its rates."""
    with running(kind, folder) as server, Stage(kind, world, folder) as stage:
        pid = server.popen.pid
        # What it loads for the first listener is no matter of sockets.
        stage.connect(server.port, [Room(layout.rooms[0].pk, 0, 1)])
        stage.disconnect()
        empty = memory(kind, pid)
        stage.connect(server.port, layout.rooms)
        rest = _rest(stage, pid, (memory(kind, pid) - empty) / layout.sockets, plan)
        for rate in layout.rates:
            yield Cell(kind, layout, rate, rest, _flow(stage, pid, rate, plan))


def _rest(stage: Stage, pid: int, used: float, plan: Plan) -> Rest:
    before = stage.spent(pid)
    time.sleep(plan.idle)
    cpu = stage.spent(pid) - before
    return Rest(used, 60 * cpu.server / plan.idle)


def _flow(stage: Stage, pid: int, rate: int, plan: Plan) -> Flow:
    stage.begin()
    before, began = stage.spent(pid), time.monotonic()
    stage.say(round(rate * plan.seconds), rate=rate)
    sent = stage.said()
    receipts = stage.arrived(sent)
    cpu, seconds = stage.spent(pid) - before, time.monotonic() - began
    stage.require_calm()
    found = stage.tally(sent, receipts)
    if not found.delivered:
        raise LoadError("Nothing was delivered.")
    moments = [each.at for each in sent.values()]
    said = (len(sent) - 1) / (max(moments) - min(moments))
    return Flow(found, cpu, seconds, said, found.delivered / (max(receipts.times) - min(moments)))
