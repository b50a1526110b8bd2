"""Fan-out: one reading of the log for a process, one execution for all who get the same answer.

Listeners of the same stream by the same document and variables are a group. A fact that reaches it
is judged for each of them: whose session goes on, who may still follow, who is told of it. The
document is executed for each, or once where each field that it selects is the same for all. Who
falls behind, or begins at a cursor, reads the log alone until they have caught up.
"""

import asyncio
import json
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar
from uuid import UUID

import orjson
import structlog
from django.db import InterfaceError, OperationalError
from strawberry import Schema
from strawberry.types.execution import ExecutionResult

from apps.accounts.access import lasting, viewer_of
from apps.accounts.errors import InvalidAccessToken
from apps.accounts.tokens import AccessToken
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
from kernel.errors import EXPECTED, NotFound
from kernel.viewer import SYSTEM, Viewer, acting_as
from schema.base.context import Context
from schema.base.execution import Prepared, execute, in_thread
from schema.base.loops import own_task, per_loop, process_task
from schema.base.news import news
from schema.base.reading import note_told
from schema.base.sharing import cursor_variable, is_shared
from schema.base.streams import Stream

log = structlog.get_logger(__name__)

#: Seconds between attempts to read while the database is away.
RETRY_INTERVAL = 0.5
#: Facts that are judged together, and listeners who are answered in one hop where each is answered
#: for themselves.
FACTS, LISTENERS = 50, 25
#: Facts that may wait for a group; past them its listeners read the log, each at their own pace.
MOST_WAITING = 1000
#: How many answers that are the same for all a group keeps, of what length, for how many seconds:
#: after a restart everybody comes back for the same ones.
MOST_KEPT, MOST_KEPT_LENGTH, KEPT_FOR = 200, 20_000, 30.0
BEGINNING, FOREVER = Position(-1, -1), Position(2**63, 0)

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
    position: Position = BEGINNING
    mark: Any = None
    group: "Group | None" = None
    coming_back: asyncio.Task[None] | None = None
    #: Whether what they are shown is written down, as it is of staff: then all of it is read by
    #: themselves.
    is_noted: bool = False

    def viewer(self) -> Viewer:
        """Who listens, looked up anew. Raises InvalidAccessToken."""
        return viewer_of(self.claims, request_id=self.request_id, ip_address=self.ip_address)

    @property
    def goes_by(self) -> tuple[UUID | None, str | None]:
        """The key of their user, and the address that they ask from."""
        return self.claims and self.claims.user_id, self.ip_address

    def is_new(self, record: EventRecord) -> bool:
        """Whether a fact was not told yet; what is kept nowhere always is new."""
        return record.pk is None or position_of(record) > self.position


@dataclass(slots=True)
class Verdict:
    """What a listener is told of some facts, or why no more."""

    listener: Listener
    answers: list[tuple[EventRecord, str]] = field(default_factory=list)
    error: Exception | None = None

    @property
    def is_lasting(self) -> bool:
        """Whether they are told of something that the log keeps."""
        return any(record.pk for record, _ in self.answers)


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
                if verdict.listener.group is self and carry_out(verdict, records):
                    told.add(verdict.listener)
        return told

    def _judge(
        self, listeners: Sequence[Listener], records: Sequence[EventRecord]
    ) -> list[Verdict]:
        """What each is told of some facts, in the thread that runs the SQL."""
        news_ = _News(listeners[0].stream, records, self._answers)
        judge = _judge_together if self.is_together else _judge_each
        verdicts = list(judge(listeners, news_))
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


class Answers:
    """Answers that were the same for all, for those who come back to them in a moment."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[float, str]] = OrderedDict()

    def get(self, record: EventRecord, make: Callable[[], str | None]) -> str | None:
        """The answer to a fact; None where it cannot be shared after all."""
        if record.pk is None:
            return make()
        at, kept = self._kept.get(record.pk, (0.0, None))
        if kept is not None and time.monotonic() - at < KEPT_FOR:
            return kept
        made = make()
        if made is not None and len(made) < MOST_KEPT_LENGTH:
            self._kept[record.pk] = (time.monotonic(), made)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return made


class _News:
    """The facts that a group is told of, with the answers that are the same for all."""

    def __init__(
        self, stream: Stream, records: Sequence[EventRecord], answers: Answers | None
    ) -> None:
        self.stream = stream
        known = filter(stream.tells_of, records)
        self.records = [(record, self._concerned(record)) for record in known]
        self._answers = answers
        self._made: dict[int, str | None] = {}
        self._of_all: list[tuple[EventRecord, str]] | None = None
        first = records[0]
        #: Who stands before it knows none of them; nobody knows what is kept nowhere.
        self._before = FOREVER if first.pk is None else position_of(first)

    def _concerned(self, record: EventRecord) -> Any:
        return None if self.stream.concerns is None else self.stream.concerns(record)

    def for_listener(self, listener: Listener) -> Iterator[EventRecord]:
        """The facts that are new to a listener and concern them."""
        for record, marks in self.records:
            if listener.is_new(record) and (marks is None or listener.mark in marks):
                yield record

    def answers_for(self, listener: Listener) -> list[tuple[EventRecord, str]]:
        """What a listener is told, who is judged together with others: one list for all of them,
        but for those who know a part of it.
        """
        if self._of_all is not None and listener.position < self._before:
            return self._of_all
        told = self.for_listener(listener)
        found = [(each, self.answer(listener, listener.viewer, each)) for each in told]
        is_for_all = self.stream.concerns is None and None not in self._made.values()
        if is_for_all and len(found) == len(self.records):
            self._of_all = found
        return found

    def answer(self, listener: Listener, viewer: Callable[[], Viewer], record: EventRecord) -> str:
        """A fact as a listener reads it."""
        if self._answers is None:
            return payload_of(_executed(listener, viewer(), record))
        if id(record) not in self._made:
            self._made[id(record)] = self._answers.get(
                record, lambda: self._same_for_all(listener, viewer(), record)
            )
        return self._made[id(record)] or payload_of(_executed(listener, viewer(), record))

    def _same_for_all(self, listener: Listener, viewer: Viewer, record: EventRecord) -> str | None:
        result = _executed(listener, viewer, record)
        with acting_as(viewer):
            # Who left while it was read, read less than those who stay.
            self.stream.access(viewer)
        return None if result.errors else payload_of(result)


def _judge_together(listeners: Sequence[Listener], news_: _News) -> Iterator[Verdict]:
    assert news_.stream.still is not None
    # By identity, for their hashes take longer than all else here; viewers were found for them.
    claims = {id(each.claims): each.claims for each in listeners if each.claims}.values()
    with acting_as(SYSTEM):
        lasts = lasting(claims, are_known=True)
        users = {each.user_id for each in lasts}
        stay = news_.stream.still(users)
    # Mostly nobody has to go: then nobody is looked for.
    all_last, all_stay = len(lasts) == len(claims), len(stay) == len(users)
    for listener in listeners:
        who = listener.claims
        if who is None or not (all_last or who in lasts):
            yield Verdict(listener, error=InvalidAccessToken())
        elif not (all_stay or who.user_id in stay):
            yield Verdict(listener, error=NotFound())
        else:
            yield _verdict(listener, news_)


def _verdict(listener: Listener, news_: _News) -> Verdict:
    try:
        return Verdict(listener, news_.answers_for(listener))
    except EXPECTED as error:  # Who answers for all may have to go at this very moment.
        return Verdict(listener, error=error)


def _judge_each(listeners: Sequence[Listener], news_: _News) -> Iterator[Verdict]:
    return (_judge_one(listener, news_) for listener in listeners)


def _judge_one(listener: Listener, news_: _News) -> Verdict:
    stream, news_to_them = listener.stream, list(news_.for_listener(listener))
    if not news_to_them:
        return Verdict(listener)
    try:
        viewer = listener.viewer()
        with acting_as(viewer):
            _let_in(listener, viewer)
            told = [
                record
                for record in news_to_them
                if stream.admits is None or stream.admits(viewer, record)
            ]
        answers = [(each, news_.answer(listener, lambda: viewer, each)) for each in told]
    except EXPECTED as error:
        return Verdict(listener, error=error)
    return Verdict(listener, answers)


def _executed(listener: Listener, viewer: Viewer, record: EventRecord) -> ExecutionResult:
    context = Context(request_id=listener.request_id, ip_address=listener.ip_address)
    root = listener.stream.shape(record)
    return execute(
        *(listener.schema, listener.prepared, listener.variables, context, root),
        viewer=viewer,
        is_patient=True,
    )


def payload_of(result: ExecutionResult) -> str:
    """An answer as JSON."""
    payload: dict[str, Any] = {"data": result.data}
    if result.errors:
        payload["errors"] = [error.formatted for error in result.errors]
    if result.extensions:
        payload["extensions"] = result.extensions
    return orjson.dumps(payload).decode()


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
        group, listener.group = listener.group, None
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
        listener.group = self._groups[key]
        listener.group.take(listener)


def _let_in(listener: Listener, viewer: Viewer) -> None:
    """Ask whether a listener may follow the stream; keep their mark, where it is needed."""
    mark = listener.stream.access(viewer)
    listener.mark = mark if listener.stream.concerns is not None else None


def _enter(listener: Listener) -> Sequence[str]:
    """The topics that a listener follows, who is let in, or in again."""
    stream = listener.stream
    viewer = listener.viewer()
    listener.is_noted = viewer.is_staff
    stream.gate.check(viewer)
    with acting_as(viewer):
        _let_in(listener, viewer)
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
