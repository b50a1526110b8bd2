"""The load: a process of its own with so many keep-alive connections, each always waiting.

It reads what to do as JSON from its standard input, prints one line when the warm-up is over, and
another with what it measured.
"""

import asyncio
import itertools
import sys
import time
from collections.abc import Iterator
from typing import Any

import httptools
import orjson
import uvloop

#: No answer may take longer.
PATIENCE = 30.0


class Load:
    """What all connections share: the next request, and the times that answers took."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.order = order
        asks: list[Any] = order["asks"]
        self._asks: Iterator[Any] = iter(asks) if order["once"] else itertools.cycle(asks)
        self.sent = 0
        self.took: list[float] = []
        self.stopped = False
        self.failure: str | None = None

    def next(self) -> bytes | None:
        """The bytes of the next request; None when there is no more to ask."""
        ask = None if self.stopped else next(self._asks, None)
        if ask is None:
            self.stopped = True
            return None
        self.sent += 1
        body = orjson.dumps(self.order["body"] | {"variables": ask["variables"]})
        head = (
            "POST /graphql/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            "Accept: application/json\r\n"
            f"Authorization: Bearer {ask['token']}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def note(self, seconds: float, status: int, body: bytes) -> None:
        """Note an answer; the first failure ends the load."""
        self.took.append(seconds)
        if status != 200 or b'"errors"' in body or b"OperationInfo" in body:
            self.failure = f"{status} {body[:300]!r}"
            self.stopped = True


class Connection(asyncio.Protocol):
    """One client: asks, waits for the answer, asks again."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.parser = httptools.HttpResponseParser(self)
        self.body: list[bytes] = []
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        self.transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Parse what came; the parser calls the methods named ``on_…``."""
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        """Keep a part of the answer."""
        self.body.append(body)

    def on_message_complete(self) -> None:
        """Note the answer, and go on."""
        seconds = time.perf_counter() - self.began
        self.load.note(seconds, self.parser.get_status_code(), b"".join(self.body))
        self.body.clear()
        self._ask()

    def connection_lost(self, _error: Exception | None) -> None:
        """The server closed it, or we did."""
        if not self.load.stopped:
            self.load.failure = "The server closed the connection."
        if not self.ended.done():
            self.ended.set_result(None)

    def _ask(self) -> None:
        request = self.load.next()
        if request is None:
            self.transport.close()
            return
        self.began = time.perf_counter()
        self.transport.write(request)


async def run(order: dict[str, Any]) -> None:
    """Load the server for the time of the warm-up, then for the time that counts."""
    load = Load(order)
    loop = asyncio.get_running_loop()
    clients = [
        (await loop.create_connection(lambda: Connection(load), "127.0.0.1", order["port"]))[1]
        for _ in range(order["clients"])
    ]
    everyone = asyncio.gather(*(client.ended for client in clients))
    await asyncio.wait([everyone], timeout=order["warm_up"])
    _say({"warm": True})
    load.took.clear()
    began = time.perf_counter()
    await asyncio.wait([everyone], timeout=order["seconds"])
    took, seconds = list(load.took), time.perf_counter() - began
    _say({"sent": load.sent, "seconds": seconds, "took": took, "failure": load.failure})
    load.stopped = True
    await asyncio.wait_for(everyone, PATIENCE)
    _say({"failure": load.failure, "sent": load.sent})


def _say(what: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(what) + b"\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(run(orjson.loads(sys.stdin.buffer.read())))
