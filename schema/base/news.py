"""What happens, as this process hears of it: signals that ring bells, and the log, read in order.

Signals of the channel layer say that a topic has news, and may be lost. The log is what is true: it
is read whenever a topic that is followed here was signalled, and once a second besides.
"""

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any

import structlog
from channels.layers import get_channel_layer
from django.db import Error as DatabaseError
from redis.exceptions import RedisError

from apps.core.models import EventRecord
from apps.core.selectors import Position, position_now, position_of, records_after
from schema.base.execution import in_thread
from schema.base.loops import per_loop, process_task
from schema.base.signals import group_of

log = structlog.get_logger(__name__)

#: Seconds between looks at the log for signals that were lost.
SWEEP_INTERVAL = 1.0
#: Seconds between attempts to read while the database is away.
RETRY_INTERVAL = 0.5
#: A fact is readable once no older transaction still writes. When a topic was signalled before
#: that, the log is asked again after these seconds; past them, at the next sweep.
RETRIES = (0.005, 0.01, 0.03, 0.1, 0.3)
#: The most facts that are read at once.
BATCH = 500

Bell = Callable[[], None]
Follower = Callable[[EventRecord], None]


class News:
    """The ears of this process: one subscription at the channel layer for each topic, and one
    reading of the log for all who follow topics here.

    While Redis is away the log alone is listened to, once a second.
    """

    def __init__(self) -> None:
        #: Up to where followers were told of everything; None until the log was looked at.
        self.position: Position | None = None
        self._bells: dict[str, set[Bell]] = defaultdict(set)
        self._followers: dict[str, set[Follower]] = defaultdict(set)
        self._uses: Counter[str] = Counter()
        #: Topics that Redis could not be asked for yet.
        self._unheard: set[str] = set()
        #: The keys of facts that were signalled to followers and have not been read yet, and of
        #: those that were told of lately: the signals of their other topics come behind.
        self._awaited: set[int] = set()
        self._told: deque[int] = deque(maxlen=BATCH)
        self._delays: Iterator[float] = iter(())
        self._tasks: list[asyncio.Task[None]] = []
        self._channel = ""
        self._joining, self._opened = asyncio.Lock(), asyncio.Event()
        self._begun, self._stirred = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def bell(self, topic: str) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever the topic may have news."""
        event = asyncio.Event()
        await self.ring(topic, event.set)
        try:
            yield event
        finally:
            await self.hush(topic, event.set)

    async def ring(self, topic: str, bell: Bell) -> None:
        """Have a function called whenever the topic may have news: at once, by its signal."""
        self._bells[topic].add(bell)
        await self._hear([topic])

    async def hush(self, topic: str, bell: Bell) -> None:
        """Undo ``ring``."""
        _drop(self._bells, topic, bell)
        await self._forget([topic])

    async def follow(self, topics: Iterable[str], follower: Follower) -> Position:
        """Have a function called with each fact of topics behind the position that is answered, in
        order, and with what passes there without being kept.
        """
        topics = list(topics)
        for topic in topics:
            self._followers[topic].add(follower)
        await self._hear(topics)
        await self._begun.wait()
        assert self.position is not None
        return self.position

    async def unfollow(self, topics: Iterable[str], follower: Follower) -> None:
        """Undo ``follow``."""
        topics = list(topics)
        for topic in topics:
            _drop(self._followers, topic, follower)
        await self._forget(topics)

    async def close(self) -> None:
        """Leave all topics, as a process that ends does."""
        for task in self._tasks:
            task.cancel()
        topics = list(self._uses)
        self._uses.clear()
        for topic in topics:
            await self._leave(topic)

    async def _hear(self, topics: list[str]) -> None:
        if not self._tasks:
            loops = (self._receive(), self._read(), self._mend())
            self._tasks = [process_task(loop) for loop in loops]
        for topic in topics:
            self._uses[topic] += 1
            if self._uses[topic] == 1:
                await self._join(topic)

    async def _forget(self, topics: list[str]) -> None:
        for topic in topics:
            self._uses[topic] -= 1
            if not self._uses[topic]:
                del self._uses[topic]
                await self._leave(topic)

    async def _join(self, topic: str) -> bool:
        """Ask Redis for a topic's signals; whether that worked, for else it is tried again."""
        layer = get_channel_layer()
        self._unheard.add(topic)
        try:
            async with self._joining:
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
            async with self._joining:
                # Somebody may have come back to it meanwhile.
                if topic not in self._uses:
                    await get_channel_layer().group_discard(group_of(topic), self._channel)
        except (RedisError, OSError):
            log.warning("channel_layer_unreachable", method="group_discard")

    async def _mend(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_INTERVAL)
            for topic in list(self._unheard):
                if topic in self._uses and not await self._join(topic):
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
                self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        topic = message["topic"]
        if "fact" in message:
            self._tell(_passing(topic, message["fact"]))
            return
        # Signals of the version before this one do not say which fact they are of.
        event_id: int = message.get("event_id", 0)
        if event_id in self._told:
            return
        self._ring({topic})
        if topic in self._followers:
            self._awaited.add(event_id)
            self._delays = iter(RETRIES)
            self._stirred.set()

    async def _read(self) -> None:
        while True:
            try:
                count = await self._look()
            except DatabaseError:
                # Away, or crowded: nothing is lost by waiting.
                log.warning("log_not_read", exc_info=True)
                await asyncio.sleep(RETRY_INTERVAL)
                continue
            if count < BATCH:
                await self._rest()

    async def _look(self) -> int:
        """Tell of the facts after the position; how many there were."""
        position = self.position
        if position is None:
            self.position = await in_thread(position_now)
            self._begun.set()
            return 0
        records = await in_thread(lambda: records_after(position, limit=BATCH))
        self._ring({topic for record in records for topic in record.topics})
        for record in records:
            self._tell(record)
            self._awaited.discard(record.pk)
            self._told.append(record.pk)
            self.position = position_of(record)
        return len(records)

    async def _rest(self) -> None:
        """Wait for a signal: not long where one came whose fact could not be read yet."""
        delay = next(self._delays, None) if self._awaited else None
        if delay is None:
            self._awaited.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(delay or SWEEP_INTERVAL):
                await self._stirred.wait()
        self._stirred.clear()

    def _ring(self, topics: set[str]) -> None:
        for topic in topics & self._bells.keys():
            for bell in list(self._bells[topic]):
                bell()

    def _tell(self, record: EventRecord) -> None:
        told = {follower for topic in record.topics for follower in self._followers.get(topic, ())}
        for follower in told:
            follower(record)


def _passing(topic: str, fact: dict[str, Any]) -> EventRecord:
    """What is kept nowhere, as a fact without a key and a place in the log."""
    at = datetime.fromisoformat(fact["occurred_at"])
    return EventRecord(type=fact["type"], payload=fact["payload"], topics=[topic], occurred_at=at)


def _drop(places: dict[str, set[Any]], topic: str, what: Any) -> None:
    places[topic].discard(what)
    if not places[topic]:
        del places[topic]


news = per_loop(News)
