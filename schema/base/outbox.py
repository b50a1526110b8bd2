"""What a connection has yet to be sent: bounded, and sent only as fast as it is read."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

from django.conf import settings

#: What may wait to be sent to one connection.
MOST_FRAMES = 256
MOST_BYTES = 1_000_000
#: After so many bytes the client is asked whether it has read them, and after as many again
#: nothing more is sent until it answers: some servers buffer without end what is sent to them.
ASK_AFTER = 200_000


class Stalled(Exception):
    """The other side has not read what it was sent for too long."""


class Outbox:
    """The frames that wait to be sent to one connection.

    ``send`` sends one, waiting while the connection takes no more. ``ask`` asks the other side for
    a sign that it has read what came before, which it gives by calling ``heard``.
    """

    __slots__ = ("_ask", "_asked", "_bytes", "_frames", "_roomy", "_send", "_since", "_writer")

    def __init__(
        self,
        send: Callable[[str], Awaitable[None]],
        ask: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._send, self._ask = send, ask
        #: Made when something has to wait, which it mostly has not.
        self._frames: deque[str] | None = None
        self._bytes = self._since = 0
        self._writer: asyncio.Task[None] | None = None
        #: Set by ``heard``; None while nothing was asked.
        self._asked: asyncio.Event | None = None
        self._roomy: asyncio.Event | None = None

    @property
    def has_room(self) -> bool:
        """Whether another frame may be put in."""
        return len(self._frames or ()) < MOST_FRAMES and self._bytes < MOST_BYTES

    @property
    def is_overfull(self) -> bool:
        """Whether twice as much waits as may: such as answers to pings that nobody reads."""
        return len(self._frames or ()) >= 2 * MOST_FRAMES or self._bytes >= 2 * MOST_BYTES

    def put(self, frame: str) -> None:
        """Send a frame after those that wait; at once where none does."""
        if self._writer is None or self._writer.done():
            self._writer = begin(self._write(frame))
            return
        if self._frames is None:
            self._frames = deque()
        self._frames.append(frame)
        self._bytes += len(frame)

    async def room(self) -> None:
        """Wait until there is room. Raises Stalled when that takes too long."""
        while not self.has_room:
            self._roomy = self._roomy or asyncio.Event()
            try:
                async with asyncio.timeout(settings.SOCKET_STALL_SECONDS):
                    await self._roomy.wait()
            except TimeoutError as error:
                raise Stalled from error

    def heard(self) -> None:
        """The other side has read what came before it was asked."""
        if self._asked is not None:
            self._asked.set()

    def close(self) -> None:
        """Forget what waits."""
        if self._writer is not None:
            self._writer.cancel()
        self._frames, self._bytes = None, 0

    async def _write(self, frame: str) -> None:
        """Send a frame, and those that wait by then."""
        # Who has gone is not sent to: the server tells of it in a moment. By a RuntimeError uvicorn
        # says that it has closed the connection itself, as it does where no pong comes.
        with suppress(OSError, RuntimeError):
            while True:
                if self._ask is not None and self._since >= ASK_AFTER:
                    await self._await_reader(self._ask)
                self._since += len(frame)
                await self._send(frame)
                if not self._frames:
                    return
                frame = self._frames.popleft()
                self._bytes -= len(frame)
                if self._roomy is not None and self.has_room:
                    self._roomy.set()
                    self._roomy = None

    async def _await_reader(self, ask: Callable[[], Awaitable[None]]) -> None:
        """Wait for the answer to the last question, and ask the next one."""
        if self._asked is not None:
            await self._asked.wait()
        self._asked, self._since = asyncio.Event(), 0
        await ask()


def begin(work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
    """Run work up to where it first waits; what is left of it goes on as a task.

    Most frames are sent without waiting: a task for each would cost as much as the sending.
    """
    try:
        waits_for = work.send(None)
    except StopIteration:
        return None
    return asyncio.create_task(_finish(_Rest(work, waits_for)))


class _Rest:
    """What is left of work that waits for something."""

    def __init__(self, work: Coroutine[Any, Any, None], waits_for: Any) -> None:
        self._work, self._waits_for = work, [waits_for]
        self.throw = work.throw

    def __await__(self) -> Any:
        return self

    def __iter__(self) -> "_Rest":
        return self

    def __next__(self) -> Any:
        return self._waits_for.pop() if self._waits_for else self._work.send(None)


async def _finish(rest: _Rest) -> None:
    await rest
