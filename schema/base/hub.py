"""Fan-out: one reading of the log for a process, one execution for all who get the same answer.

Listeners of the same stream by the same document and variables are a group. A fact that reaches it
is judged for each of them: whose session goes on, who may still follow, who is told of it. The
document is executed for each, or once where each field that it selects is the same for all. Who
falls behind, or begins at a cursor, reads the log alone until they have caught up.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import structlog
from django.db import InterfaceError, OperationalError

from apps.core.errors import ResyncRequired
from apps.core.models import EventRecord
from apps.core.selectors import (
    Position,
    events_after,
    horizon,
    position_now,
    position_of,
    refuse_gap,
)
from kernel.viewer import acting_as
from schema.base.execution import in_thread
from schema.base.judging import Answers, News, Verdict, judge, let_in
from schema.base.listeners import BEGINNING, Listener
from schema.base.loops import own_task, per_loop, process_task
from schema.base.news import news
from schema.base.reading import note_told
from schema.base.sharing import cursor_variable, is_shared

log = structlog.get_logger(__name__)

#: Seconds between attempts to read while the database is away.
RETRY_INTERVAL = 0.5
#: Facts that are judged together, and listeners who are answered in one hop where each is answered
#: for themselves.
FACTS, LISTENERS = 50, 25
#: Facts that may wait for a group; past them its listeners read the log, each at their own pace.
MOST_WAITING = 1000

T = TypeVar("T")


class Group:
    """The listeners who follow the same topics by the same document and variables."""

    def __init__(self, key: Any, topics: tuple[str, ...], first: Listener) -> None:
        self.key, self.topics = key, topics
        self.is_shared = is_shared(first.schema, first.prepared) and not first.is_noted
        #: Whether all are judged by one statement, and get one answer.
        self.is_together = self.is_shared and first.stream.still is not None
        #: The last fact that came, told or waiting: who is before it is behind.
        self.newest = Position(0, 0)
        self.listeners: set[Listener] = set()
        self.behind: set[Listener] = set()
        self._waiting: deque[EventRecord] = deque()
        self._work: asyncio.Task[None] | None = None
        self._answers = Answers() if self.is_shared else None
        self._first = first.stream, first.variables
        self._opening = process_task(self._open())

    @property
    def is_empty(self) -> bool:
        """Whether nobody is left."""
        return not self.listeners and not self.behind

    def take(self, listener: Listener) -> None:
        """Tell a listener what is behind their position, and then all that happens."""
        if self.is_together:
            # The same for all, so that one is enough.
            listener.stream, listener.variables = self._first
        self.behind.add(listener)
        self._begin()

    def drop(self, listener: Listener) -> None:
        """Tell a listener nothing more."""
        self.listeners.discard(listener)
        self.behind.discard(listener)

    def _has(self, listener: Listener) -> bool:
        return listener in self.listeners or listener in self.behind

    def tell(self, record: EventRecord) -> None:
        """Take in a fact of a topic."""
        if record.pk is not None:
            self.newest = position_of(record)
            # What was answered so far may say what this fact has changed.
            self._answers = Answers() if self.is_shared else None
        if self.listeners:
            self._waiting.append(record)
        if len(self._waiting) > MOST_WAITING:
            # They read the log instead, where all of it stands.
            self._waiting.clear()
            self.behind |= self.listeners
            self.listeners.clear()
        self._begin()

    async def close(self) -> None:
        """Hear of the topics no more."""
        await self._opening
        await news().unfollow(self.topics, self.tell)

    async def _open(self) -> None:
        told = await news().follow(self.topics, self.tell)
        self.newest = max(self.newest, told)

    def _begin(self) -> None:
        if self._work is None and (self._waiting or self.behind):
            self._work = process_task(self._go_on())
            self._work.add_done_callback(self._ended)

    def _ended(self, work: asyncio.Task[None]) -> None:
        self._work = None
        if not work.cancelled() and (failure := work.exception()):
            self._waiting.clear()
            for listener in [*self.listeners, *self.behind]:
                hub().leave(listener)
                listener.outlet.fail(failure)
        self._begin()

    async def _go_on(self) -> None:
        await asyncio.shield(self._opening)
        while self._waiting or self.behind:
            if self._waiting:
                records = [self._waiting.popleft() for _ in range(min(FACTS, len(self._waiting)))]
                await self._tell_all(self.listeners, records)
            if self.behind:
                await self._bring_up()

    async def _bring_up(self) -> None:
        """Tell those who are behind the next facts of the log; who has caught up is told of what
        happens from then on.
        """
        goal, start = self.newest, min(each.position for each in self.behind)
        if start < goal:
            some = set(self.behind)
            records, removed = await patiently(partial(_read_on, self.topics, start, goal))
            if gone := [each for each in some if each.position < removed]:
                for listener in gone:
                    hub().leave(listener)
                    listener.outlet.fail(ResyncRequired())
                # What was read for them may have been removed in part.
                return
            told = await self._tell_all(self.behind & some, records)
            end = goal if len(records) < FACTS else position_of(records[-1])
            for listener in self.behind & told:
                listener.position = max(listener.position, end)
        caught_up = {each for each in self.behind if each.position >= self.newest}
        self.behind -= caught_up
        self.listeners |= caught_up

    async def _tell_all(self, those: set[Listener], records: list[EventRecord]) -> set[Listener]:
        """Tell listeners of facts; those who were told of all of them, for the others may be back
        by now, as far behind as they were.
        """
        listeners = list(those)
        if not records:
            return those
        told: set[Listener] = set()
        size = len(listeners) if self.is_together else LISTENERS
        for start in range(0, len(listeners), size or 1):
            some = listeners[start : start + size]
            for verdict in await patiently(partial(self._judge, some, records)):
                if self._has(verdict.listener) and carry_out(verdict, records):
                    told.add(verdict.listener)
        return told

    def _judge(
        self, listeners: Sequence[Listener], records: Sequence[EventRecord]
    ) -> list[Verdict]:
        news_ = News(listeners[0].stream, records, self._answers)
        verdicts = judge(listeners, news_, together=self.is_together)
        note_told(each.listener.goes_by for each in verdicts if each.is_lasting)
        return verdicts


def _read_on(
    topics: tuple[str, ...], start: Position, goal: Position
) -> tuple[list[EventRecord], Position]:
    """The next facts of topics, and the end of those that retention removed."""
    records = events_after(topics, start, until=goal, limit=FACTS)
    # Asked after the reading, which retention may have overtaken.
    return records, horizon()


async def patiently(function: Callable[[], T]) -> T:
    """Run a function in a thread, waiting for a database that is away or crowded."""
    while True:
        try:
            result: T = await in_thread(function)
        except (OperationalError, InterfaceError):
            log.warning("stream_waits", exc_info=True)
            await asyncio.sleep(RETRY_INTERVAL)
        else:
            return result


def carry_out(verdict: Verdict, records: Sequence[EventRecord]) -> bool:
    """Tell a listener what they are to be told. Who reads slowly is left to catch up; so is who
    follows other topics from a fact on, where the next one could be of those. Returns whether they
    were told of all of them.
    """
    listener = verdict.listener
    for record, answer in verdict.answers:
        if not listener.outlet.has_room:
            hub().fall_back(listener)
            return False
        listener.outlet.next(answer)
        _move(listener, record)
        if record.type in listener.stream.renews:
            hub().fall_back(listener)
            return False
    if verdict.error is not None:
        hub().leave(listener)
        listener.outlet.fail(verdict.error)
        return False
    for record in records:
        _move(listener, record)
    return True


def _move(listener: Listener, record: EventRecord) -> None:
    if record.pk is not None and listener.is_new(record):
        listener.position = position_of(record)


class Hub:
    """The groups of this process."""

    def __init__(self) -> None:
        self._groups: dict[Any, Group] = {}
        self._group_of: dict[Listener, Group] = {}

    @property
    def listeners(self) -> int:
        """How many are told of what happens at this moment."""
        return sum(len(group.listeners) for group in self._groups.values())

    async def listen(self, listener: Listener) -> None:
        """Have a listener told of everything behind their cursor, or from now on, until they
        leave. Raises what gate and access raise, BadCursor and ResyncRequired.
        """
        topics = await in_thread(lambda: _enter(listener))
        self._join(listener, tuple(topics))

    def leave(self, listener: Listener) -> None:
        """Tell a listener nothing more."""
        if listener.coming_back is not None:
            listener.coming_back.cancel()
        group = self._group_of.pop(listener, None)
        if group is not None:
            group.drop(listener)
            if group.is_empty:
                del self._groups[group.key]
                process_task(group.close())

    def fall_back(self, listener: Listener) -> None:
        """Have a listener enter anew once their outlet has room, and go on from their position."""
        self.leave(listener)
        listener.coming_back = own_task(self._return(listener))
        listener.coming_back.add_done_callback(lambda task: self._returned(listener, task))

    async def _return(self, listener: Listener) -> None:
        await listener.outlet.room()
        topics = await patiently(lambda: _enter(listener))
        self._join(listener, tuple(topics))

    def _returned(self, listener: Listener, task: asyncio.Task[None]) -> None:
        listener.coming_back = None
        if not task.cancelled() and (failure := task.exception()):
            listener.outlet.fail(failure)

    def _join(self, listener: Listener, topics: tuple[str, ...]) -> None:
        prepared = listener.prepared
        declared = prepared.variables - {cursor_variable(listener.schema, prepared)}
        given = {k: v for k, v in (listener.variables or {}).items() if k in declared}
        said = json.dumps(given, sort_keys=True)
        key = (listener.schema, prepared, topics, said, listener.is_noted)
        if key not in self._groups:
            self._groups[key] = Group(key, topics, listener)
        self._group_of[listener] = self._groups[key]
        self._groups[key].take(listener)


def _enter(listener: Listener) -> Sequence[str]:
    """The topics that a listener follows, who is let in, or in again."""
    stream = listener.stream
    viewer = listener.viewer()
    listener.is_noted = viewer.is_staff
    stream.gate.check(viewer)
    with acting_as(viewer):
        let_in(listener, viewer)
        if listener.position == BEGINNING:
            listener.position = _place_of(stream.after)
        return stream.topics(viewer)


def _place_of(cursor: str | None) -> Position:
    """Where a listener begins. Raises BadCursor, ResyncRequired."""
    if not cursor:
        return position_now()
    position = Position.parse(cursor)
    refuse_gap(position)
    return position


hub = per_loop(Hub)
