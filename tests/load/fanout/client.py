"""The listeners: thousands of sockets in a process of its own, which looks at as little of what it
receives as it can. It takes orders as lines of JSON, see ``Orders``.
"""

import asyncio
import gc
import re
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

import orjson
import uvloop

from tests.load.fanout.counting import Receipts
from tests.load.fanout.frames import CLOSE, PING, PONG, TEXT, frame, frames
from tests.load.fanout.marks import DIGITS, MARK

HELLO = (
    b"GET /graphql/ HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
HEAD_END = b"\r\n\r\n"
CURSOR = re.compile(rb'"cursor":"([^"]+)"')
#: Seconds in which all sockets must be open.
PATIENCE = 300.0
#: Seconds between looks at a server that is away, and before one who was refused tries again.
RETRY_INTERVAL = 0.05
REFUSED_INTERVAL = 0.5


class Listener(asyncio.Protocol):
    """One socket: signs in, subscribes, and notes when each message came."""

    transport: asyncio.WriteTransport

    def __init__(self, crowd: "Crowd", number: int, token: str, room: str) -> None:
        self.crowd, self.number, self.token, self.room = crowd, number, token, room
        self.has_heard = False
        #: The last frame with a message, where the cursor to go on from stands.
        self.last = b""
        self._reset()

    def _reset(self) -> None:
        self.rest, self.is_upgraded = b"", False
        self.subscribed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def open(self) -> None:
        """Connect, sign in and subscribe behind the last message that came, until that works."""
        loop = asyncio.get_running_loop()
        while True:
            self._reset()
            try:
                await loop.create_connection(lambda: self, "127.0.0.1", self.crowd.port)
                return await self.subscribed
            except OSError as error:
                self.crowd.failures.append(str(error))
                await asyncio.sleep(REFUSED_INTERVAL)

    def connection_made(self, transport: Any) -> None:
        """Ask to speak WebSocket."""
        self.crowd.count(1)
        self.transport = transport
        transport.write(HELLO)

    def data_received(self, data: bytes) -> None:
        """Take in what came."""
        now = monotonic()
        if self.rest:
            data = self.rest + data
        end = 0 if self.is_upgraded else self._upgrade(data)
        for kind, start, stop in frames(data, end) if self.is_upgraded else ():
            end = stop
            place = data.find(MARK, start, stop) if kind == TEXT else -1
            if place >= 0:
                message = int(data[place + 1 : place + 1 + DIGITS])
                self.crowd.receipts.note(self.number, message, now)
                self.last = data[start:stop]
                if not self.has_heard:
                    self.has_heard = True
                    self.crowd.heard += 1
            else:
                self._answer(kind, data[start:stop])
        self.rest = data[end:]

    def connection_lost(self, _error: Exception | None) -> None:
        """Note that the server, or we, closed it."""
        self.crowd.count(-1)
        if not self.subscribed.done():
            self.subscribed.set_exception(ConnectionError("The socket was closed."))
        elif self.crowd.comes_back:
            self.returning = asyncio.create_task(self.open())

    def subscribe(self) -> None:
        """Ask for the room's events, behind the last one that came."""
        after = CURSOR.search(self.last)
        variables = {"room": self.room, **({"after": after[1].decode()} if after else {})}
        payload = {"query": self.crowd.document, "variables": variables}
        self._send({"id": "1", "type": "subscribe", "payload": payload})

    def _upgrade(self, data: bytes) -> int:
        """Sign in once the answer to the greeting is there; where that ends."""
        head, end, _ = data.partition(HEAD_END)
        if not end:
            return 0
        if not head.startswith(b"HTTP/1.1 101"):
            raise ConnectionError(head.decode())
        self.is_upgraded = True
        payload = {"authorization": f"Bearer {self.token}"}
        self._send({"type": "connection_init", "payload": payload})
        return len(head) + len(end)

    def _answer(self, kind: int, payload: bytes) -> None:
        if kind == PING:
            self.transport.write(frame(PONG, payload))
        elif kind == TEXT:
            self._told(orjson.loads(payload))
        elif kind == CLOSE:
            self.crowd.failures.append(f"closed: {payload[2:].decode()}")
            self.transport.close()

    def _told(self, message: dict[str, Any]) -> None:
        if message["type"] == "connection_ack":
            self.subscribe()
            self.subscribed.set_result(None)
        elif message["type"] == "ping":
            self._send({"type": "pong"})
        elif message["type"] == "error":
            self.crowd.failures.append(str(message["payload"]))
            asyncio.get_running_loop().call_later(REFUSED_INTERVAL, self.subscribe)
        elif message["type"] == "complete" or "errors" in message["payload"]:
            self.crowd.failures.append(str(message))

    def _send(self, message: dict[str, Any]) -> None:
        self.transport.write(frame(TEXT, orjson.dumps(message)))


class Crowd:
    """All listeners, and what they received."""

    def __init__(self) -> None:
        self.port, self.document = 0, ""
        self.listeners: list[Listener] = []
        self.receipts = Receipts()
        self.failures: list[str] = []
        #: Sockets that are open, and listeners to whom any message ever came.
        self.open = self.heard = 0
        #: Whether who loses their socket opens another one.
        self.comes_back = False
        self.all_gone = asyncio.Event()

    def count(self, more: int) -> None:
        """Note that a socket was opened, or closed."""
        self.open += more
        if self.open:
            self.all_gone.clear()
        else:
            self.all_gone.set()

    async def gather(self, *, at_once: int) -> None:
        """Have all listeners subscribe, so many at a time."""
        turns = asyncio.Semaphore(at_once)

        async def open_one(listener: Listener) -> None:
            async with turns:
                await listener.open()

        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*map(open_one, self.listeners))
        except TimeoutError as error:
            raise TimeoutError(f"Not all could subscribe: {self.failures[:3]}") from error


class Orders:
    """What can be asked of this process, a method for each."""

    def __init__(self) -> None:
        self.crowd = Crowd()

    async def connect(self, *, port: int, document: str, listeners: list[Any]) -> Any:
        """Open a socket for each of the listeners, all of whose rooms and tokens are given."""
        crowd = self.crowd = Crowd()
        crowd.port, crowd.document = port, document
        crowd.listeners = [Listener(crowd, number, *each) for number, each in enumerate(listeners)]
        await crowd.gather(at_once=50)
        gc.collect()
        gc.freeze()
        return await self.state()

    async def state(self) -> Any:
        """What came so far."""
        crowd = self.crowd
        found = {"open": crowd.open, "heard": crowd.heard, "receipts": len(crowd.receipts)}
        return {**found, "failures": crowd.failures}

    async def begin(self) -> Any:
        """Forget what came so far."""
        self.crowd.receipts = Receipts()
        return await self.state()

    async def give(self, *, path: str) -> Any:
        """Write all that came into a file."""
        self.crowd.receipts.save(Path(path))
        return await self.state()

    async def come_back(self) -> Any:
        """Wait until the server that went is there again, and have all subscribe anew at once,
        each behind the last message that came; when the first was accepted.
        """
        crowd = self.crowd
        await crowd.all_gone.wait()
        accepted_at, crowd.comes_back = await self._accepted(), True
        await crowd.gather(at_once=len(crowd.listeners))
        return {**await self.state(), "accepted_at": accepted_at}

    async def disconnect(self) -> Any:
        """Close all sockets."""
        self.crowd.comes_back = False
        for listener in self.crowd.listeners:
            listener.transport.close()
        await self.crowd.all_gone.wait()
        return await self.state()

    async def _accepted(self) -> float:
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", self.crowd.port)
                    writer.close()
                    return monotonic()
                await asyncio.sleep(RETRY_INTERVAL)


async def main() -> None:
    """Carry out orders until there are no more."""
    gc.disable()
    orders, loop = Orders(), asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.buffer.readline):
        order = orjson.loads(line)
        found = await getattr(orders, order.pop("do"))(**order)
        sys.stdout.buffer.write(orjson.dumps(found) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    uvloop.run(main())
