"""Hearing in this process that topics have news, and waking those who read them."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

import structlog
from channels.layers import get_channel_layer
from django.db import Error as DatabaseError
from redis.exceptions import RedisError

from apps.core.selectors import Position, position_now, topics_after
from schema.base.execution import in_thread, process_task
from schema.base.signals import group_of

log = structlog.get_logger(__name__)

#: Seconds between looks at the log for signals that were lost.
SWEEP_INTERVAL = 1.0


class News:
    """The bells of this process: one subscription at the channel layer for each topic read here.

    A signal that Redis loses is made up for by a sweep, which asks the log itself for topics with
    news: one statement for the whole process. While Redis is away, the sweep alone rings.
    """

    def __init__(self) -> None:
        self._bells: dict[str, set[asyncio.Event]] = defaultdict(set)
        #: Topics that Redis could not be asked for yet.
        self._unheard: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._channel = ""
        self._opening, self._opened = asyncio.Lock(), asyncio.Event()

    @asynccontextmanager
    async def bell(self, topic: str) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever the topic may have news."""
        bell = asyncio.Event()
        self._start()
        first = not self._bells[topic]
        self._bells[topic].add(bell)
        try:
            if first:
                await self._join(topic)
            yield bell
        finally:
            self._bells[topic].discard(bell)
            if not self._bells[topic]:
                del self._bells[topic]
                await self._leave(topic)

    async def close(self) -> None:
        """Leave all topics, as a process that ends does."""
        for task in self._tasks:
            task.cancel()
        for topic in list(self._bells):
            await self._leave(topic)

    def _start(self) -> None:
        if not self._tasks:
            loops = (self._receive(), self._sweep(), self._mend())
            self._tasks = [process_task(loop) for loop in loops]

    async def _join(self, topic: str) -> bool:
        """Ask Redis for a topic's signals; whether that worked, for else it is tried again."""
        layer = get_channel_layer()
        self._unheard.add(topic)
        try:
            async with self._opening:
                self._channel = self._channel or await layer.new_channel()
                self._opened.set()
            await layer.group_add(group_of(topic), self._channel)
        except (RedisError, OSError):
            log.warning("channel_layer_unreachable", method="group_add")
            return False
        self._unheard.discard(topic)
        return True

    async def _leave(self, topic: str) -> None:
        self._unheard.discard(topic)
        try:
            await get_channel_layer().group_discard(group_of(topic), self._channel)
        except (RedisError, OSError):
            log.warning("channel_layer_unreachable", method="group_discard")

    async def _mend(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_INTERVAL)
            for topic in list(self._unheard):
                if topic in self._bells and not await self._join(topic):
                    break

    async def _receive(self) -> None:
        layer = get_channel_layer()
        await self._opened.wait()
        while True:
            try:
                message = await layer.receive(self._channel)
            except (RedisError, OSError):
                log.warning("channel_layer_unreachable", method="receive")
                await asyncio.sleep(1)
            else:
                self._ring({message["topic"]})

    async def _sweep(self) -> None:
        position: Position | None = None
        while True:
            try:
                position = await self._look(position)
            except DatabaseError:
                log.warning("sweep_failed", exc_info=True)
            await asyncio.sleep(SWEEP_INTERVAL)

    async def _look(self, position: Position | None) -> Position:
        if position is None:
            found: Position = await in_thread(position_now)
            return found
        topics, found = await in_thread(lambda: topics_after(position))
        self._ring(topics)
        return found

    def _ring(self, topics: set[str]) -> None:
        for topic in topics & self._bells.keys():
            for bell in self._bells[topic]:
                bell.set()


_by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, News] = WeakKeyDictionary()


def news() -> News:
    """The bells of the running event loop, which a server process has one of."""
    return _by_loop.setdefault(asyncio.get_running_loop(), News())
