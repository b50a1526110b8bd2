"""A server that is killed while people talk: how soon all of them know again what was said."""

import time
from dataclasses import dataclass
from pathlib import Path

from tests.load.fanout.counting import Tally
from tests.load.fanout.servers import start
from tests.load.fanout.stage import Stage
from tests.load.fanout.world import Room, World

RATE = 8
#: Seconds that are talked before the server is killed, and altogether.
BEFORE, ALTOGETHER = 3.0, 20.0


@dataclass(frozen=True)
class Resumed:
    """What a crowd was told by two servers, one after the other."""

    kind: str
    listeners: int
    tally: Tally
    #: Messages of the time without a server, and the seconds from the moment when the second one
    #: accepted its first connection to that when the last of them had reached everybody.
    missed: int
    took: float
    #: Why the second one refused anybody, who asked again.
    refusals: list[str]


def resume(kind: str, room: Room, world: World, folder: Path) -> Resumed:
    """Kill a server before the listeners to a room, and start it anew."""
    server = start(kind, folder)
    with Stage(kind, world, folder) as stage:
        try:
            stage.connect(server.port, [room])
            stage.begin()
            stage.say(round(RATE * ALTOGETHER), rate=RATE)
            time.sleep(BEFORE)
            killed_at = time.monotonic()
            server.kill()
            stage.client.tell("come_back")
            server = start(kind, folder, port=server.port)
            accepted_at = stage.client.answer()["accepted_at"]
            sent = stage.said()
            receipts, refusals = stage.arrived(sent), stage.refusals()
        finally:
            server.kill()
        away = {number for number, each in sent.items() if killed_at < each.at < accepted_at}
        told = max((at for _, number, at in receipts if number in away), default=accepted_at)
        found, took = stage.tally(sent, receipts), told - accepted_at
        return Resumed(kind, room.listeners, found, len(away), took, refusals)
