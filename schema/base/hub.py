"""Fan-out: one reading of the log for a process, one execution for all who get the same answer.

Listeners of the same stream by the same document and variables are a group. A fact that reaches it
is judged for each of them: whose session goes on, who may still follow, who is told of it. The
document is executed for each, or once where each field that it selects is the same for all. Who
falls behind, or begins at a cursor, reads the log alone until they have caught up.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

import orjson
import structlog
from django.db import InterfaceError, OperationalError
from strawberry import Schema
from strawberry.types.execution import ExecutionResult

from apps.accounts.access import lasting, viewer_of
from apps.accounts.errors import InvalidAccessToken
from apps.accounts.tokens import AccessToken
from apps.core.models import EventRecord
from apps.core.selectors import Position, events_after, position_now, position_of, refuse_gap
from kernel.errors import EXPECTED, NotFound
from kernel.viewer import SYSTEM, Viewer, acting_as
from schema.base.context import Context
from schema.base.execution import Prepared, execute, in_thread, process_task
from schema.base.news import news
from schema.base.sharing import is_shared
from schema.base.streams import Stream

log = structlog.get_logger(__name__)

#: Seconds between attempts to read while the database is away.
RETRY_INTERVAL = 0.5
#: Facts that are judged together, and listeners who are answered in one hop where each is answered
#: for themselves.
FACTS, LISTENERS = 50, 25
#: Facts that may wait for a group; past them its listeners read the log, each at their own pace.
MOST_WAITING = 1000

T = TypeVar("T")


class Outlet(Protocol):
    """Where a listener's answers go: an operation of a socket, or a response that goes on."""

    @property
    def has_room(self) -> bool:
        """Whether it takes another answer."""

    async def room(self) -> None:
        """Wait until it does. Raises Stalled."""

    def next(self, payload: str) -> None:
        """Send an answer, as JSON."""

    def fail(self, error: BaseException) -> None:
        """End it, with the reason."""


@dataclass(eq=False, slots=True)
class Listener:
    """One who follows a stream: who they are, what they want to know, and where to tell it."""

    schema: Schema
    prepared: Prepared
    variables: dict[str, Any] | None
    stream: Stream
    claims: AccessToken | None
    request_id: str
    ip_address: str | None
    outlet: Outlet
    #: Up to where everything was told.
    position: Position | None = None
    mark: Any = None
    group: "Group | None" = None
    catching_up: asyncio.Task[None] | None = None

    def viewer(self) -> Viewer:
        """Who listens, looked up anew. Raises InvalidAccessToken."""
        return viewer_of(self.claims, request_id=self.request_id, ip_address=self.ip_address)

    def is_new(self, record: EventRecord) -> bool:
        """Whether a fact was not told yet; what is kept nowhere always is new."""
        return record.pk is None or self.position is None or position_of(record) > self.position


@dataclass(slots=True)
class Verdict:
    """What a listener is told of some facts, or why no more."""

    listener: Listener
    answers: list[tuple[EventRecord, str]] = field(default_factory=list)
    error: Exception | None = None


class Group:
    """The listeners who follow the same topics by the same document and variables."""

    def __init__(self, key: Any, topics: tuple[str, ...]) -> None:
        self.key, self.topics = key, topics
        #: The last fact that came, told or waiting: who is behind it reads the log.
        self.newest = Position(0, 0)
        self.listeners: set[Listener] = set()
        #: Those too who are still catching up.
        self.members: set[Listener] = set()
        self._waiting: deque[EventRecord] = deque()
        self._work: asyncio.Task[None] | None = None
        self.opening = process_task(self._open())

    async def _open(self) -> None:
        told = await news().follow(self.topics, self.tell)
        self.newest = max(self.newest, told)

    async def close(self) -> None:
        """Hear of the topics no more."""
        await self.opening
        await news().unfollow(self.topics, self.tell)

    def tell(self, record: EventRecord) -> None:
        """Take in a fact of a topic."""
        if record.pk is not None:
            self.newest = position_of(record)
        if not self.listeners:
            return
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.clear()
            for listener in list(self.listeners):
                hub().fall_back(listener)
            return
        self._waiting.append(record)
        if self._work is None:
            self._work = process_task(self._deliver())
            self._work.add_done_callback(self._worked)

    def take(self, listener: Listener) -> bool:
        """Tell a listener from now on, unless they are behind."""
        assert listener.position is not None
        if listener.position < self.newest:
            return False
        self.listeners.add(listener)
        return True

    def _worked(self, work: asyncio.Task[None]) -> None:
        if not work.cancelled() and (failure := work.exception()):
            self._work = None
            self._waiting.clear()
            for listener in list(self.listeners):
                hub().leave(listener)
                listener.outlet.fail(failure)

    async def _deliver(self) -> None:
        while self._waiting:
            records = [self._waiting.popleft() for _ in range(min(FACTS, len(self._waiting)))]
            listeners = list(self.listeners)
            for some in _parts(listeners):
                for verdict in await patiently(partial(judge, some, records)):
                    if verdict.listener in self.listeners:
                        carry_out(verdict, records)
        self._work = None


def _parts(listeners: list[Listener]) -> Iterator[list[Listener]]:
    """Those who can be judged together, or a few at a time."""
    size = len(listeners) if listeners and is_together(listeners[0]) else LISTENERS
    for start in range(0, len(listeners), size):
        yield listeners[start : start + size]


def is_together(listener: Listener) -> bool:
    """Whether the listeners of a group are judged by one statement, and get one answer."""
    return listener.stream.still is not None and is_shared(listener.schema, listener.prepared)


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


def judge(listeners: Sequence[Listener], records: Sequence[EventRecord]) -> list[Verdict]:
    """What each listener of a group is told of some facts, in the thread that runs the SQL."""
    answers = _Answers(listeners[0].stream, records)
    if is_together(listeners[0]):
        return list(_judge_together(listeners, answers))
    return [_judge_one(listener, answers) for listener in listeners]


class _Answers:
    """The facts that a group is told of, with the answers that are the same for all."""

    def __init__(self, stream: Stream, records: Sequence[EventRecord]) -> None:
        self.stream = stream
        self.records = [(record, self._concerned(record)) for record in records]
        self._shared: dict[int, str | None] = {}

    def _concerned(self, record: EventRecord) -> Any:
        return None if self.stream.concerns is None else self.stream.concerns(record)

    def for_listener(self, listener: Listener) -> Iterator[EventRecord]:
        """The facts that are new to a listener and concern them."""
        for record, marks in self.records:
            if listener.is_new(record) and (marks is None or listener.mark in marks):
                yield record

    def answer(self, listener: Listener, viewer: Callable[[], Viewer], record: EventRecord) -> str:
        """A fact as a listener reads it."""
        if not is_shared(listener.schema, listener.prepared):
            return _json(_executed(listener, viewer(), record))
        if id(record) not in self._shared:
            result = _executed(listener, viewer(), record)
            self._shared[id(record)] = None if result.errors else _json(result)
        return self._shared[id(record)] or _json(_executed(listener, viewer(), record))


def _judge_together(listeners: Sequence[Listener], answers: _Answers) -> Iterator[Verdict]:
    assert answers.stream.still is not None
    claims = {listener.claims for listener in listeners if listener.claims is not None}
    with acting_as(SYSTEM):
        lasts = lasting(claims)
        stay = {*answers.stream.still({each.user_id for each in lasts})}
    for listener in listeners:
        if listener.claims not in lasts:
            yield Verdict(listener, error=InvalidAccessToken())
        elif listener.claims.user_id not in stay:
            yield Verdict(listener, error=NotFound())
        else:
            told = answers.for_listener(listener)
            yield Verdict(
                listener, [(each, answers.answer(listener, listener.viewer, each)) for each in told]
            )


def _judge_one(listener: Listener, answers: _Answers) -> Verdict:
    stream, news_to_them = listener.stream, list(answers.for_listener(listener))
    if not news_to_them:
        return Verdict(listener)
    try:
        viewer = listener.viewer()
        with acting_as(viewer):
            listener.mark = stream.access(viewer)
            told = [
                record
                for record in news_to_them
                if stream.admits is None or stream.admits(viewer, record)
            ]
    except EXPECTED as error:
        return Verdict(listener, error=error)
    return Verdict(
        listener, [(each, answers.answer(listener, lambda: viewer, each)) for each in told]
    )


def _executed(listener: Listener, viewer: Viewer, record: EventRecord) -> ExecutionResult:
    context = Context(request_id=listener.request_id, ip_address=listener.ip_address)
    root = listener.stream.shape(record)
    return execute(
        listener.schema, listener.prepared, listener.variables, context, root, viewer=viewer
    )


def _json(result: ExecutionResult) -> str:
    return payload_of(result).decode()


def payload_of(result: ExecutionResult) -> bytes:
    """An answer as JSON."""
    payload: dict[str, Any] = {"data": result.data}
    if result.errors:
        payload["errors"] = [error.formatted for error in result.errors]
    if result.extensions:
        payload["extensions"] = result.extensions
    return orjson.dumps(payload)


def carry_out(verdict: Verdict, records: Sequence[EventRecord]) -> None:
    """Tell a listener what they are to be told; whoever reads slowly is left to catch up."""
    listener = verdict.listener
    for record, answer in verdict.answers:
        if not listener.outlet.has_room:
            hub().fall_back(listener)
            return
        listener.outlet.next(answer)
        _move(listener, record)
    if verdict.error is not None:
        hub().leave(listener)
        listener.outlet.fail(verdict.error)
        return
    for record in records:
        _move(listener, record)
    if any(record.type in listener.stream.renews for record, _ in verdict.answers):
        hub().fall_back(listener)


def _move(listener: Listener, record: EventRecord) -> None:
    if record.pk is not None and listener.is_new(record):
        listener.position = position_of(record)


class Hub:
    """The groups of this process."""

    def __init__(self) -> None:
        self._groups: dict[Any, Group] = {}

    async def listen(self, listener: Listener) -> None:
        """Have a listener told of everything behind their cursor, or from now on; returns when
        they have caught up. Raises what gate and access raise, BadCursor, ResyncRequired, Stalled.
        """
        topics = await in_thread(lambda: _enter(listener))
        await self._catch_up(listener, tuple(topics))

    def leave(self, listener: Listener) -> None:
        """Tell a listener nothing more."""
        if listener.catching_up is not None:
            listener.catching_up.cancel()
        self._part(listener)

    def fall_back(self, listener: Listener) -> None:
        """Have a listener enter anew, and read the log alone until they have caught up."""
        self._part(listener)
        listener.catching_up = process_task(self._return(listener))
        listener.catching_up.add_done_callback(lambda task: self._returned(listener, task))

    def _part(self, listener: Listener) -> None:
        group, listener.group = listener.group, None
        if group is None:
            return
        group.listeners.discard(listener)
        group.members.discard(listener)
        if not group.members:
            del self._groups[group.key]
            process_task(group.close())

    async def _return(self, listener: Listener) -> None:
        await listener.outlet.room()
        topics = await patiently(lambda: _enter(listener))
        await self._catch_up(listener, tuple(topics))

    def _returned(self, listener: Listener, task: asyncio.Task[None]) -> None:
        listener.catching_up = None
        if not task.cancelled() and (failure := task.exception()):
            listener.outlet.fail(failure)

    async def _catch_up(self, listener: Listener, topics: tuple[str, ...]) -> None:
        group = self._join(listener, topics)
        try:
            await asyncio.shield(group.opening)
            while not group.take(listener):
                await listener.outlet.room()
                await self._replay(listener, group)
        except BaseException:
            self._part(listener)
            raise

    async def _replay(self, listener: Listener, group: Group) -> None:
        goal, start = group.newest, listener.position
        assert start is not None

        def read() -> tuple[list[EventRecord], list[Verdict]]:
            records = events_after(group.topics, start, until=goal, limit=FACTS)
            # Asked after the reading, which retention may have overtaken.
            refuse_gap(start)
            return records, judge([listener], records) if records else []

        records, verdicts = await patiently(read)
        for verdict in verdicts:
            if verdict.error is not None:
                raise verdict.error
            for record, answer in verdict.answers:
                await listener.outlet.room()
                listener.outlet.next(answer)
                _move(listener, record)
        listener.position = goal if len(records) < FACTS else position_of(records[-1])

    def _join(self, listener: Listener, topics: tuple[str, ...]) -> Group:
        key = (
            *(listener.schema, listener.prepared.text, listener.prepared.name, topics),
            json.dumps(listener.variables, sort_keys=True),
        )
        if key not in self._groups:
            self._groups[key] = Group(key, topics)
        listener.group = self._groups[key]
        listener.group.members.add(listener)
        return listener.group


def _enter(listener: Listener) -> Sequence[str]:
    """The topics that a listener follows, who is let in, or in again."""
    stream = listener.stream
    viewer = listener.viewer()
    stream.gate.check(viewer)
    with acting_as(viewer):
        listener.mark = stream.access(viewer)
        if listener.position is None:
            listener.position = Position.parse(stream.after) if stream.after else position_now()
        return stream.topics(viewer)


_by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop, which a server process has one of."""
    return _by_loop.setdefault(asyncio.get_running_loop(), Hub())
