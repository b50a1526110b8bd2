"""What listeners are told of some facts: whose session goes on, who may still follow, who is told.

The document is executed for each, or once where each field that it selects is the same for all.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from strawberry.types.execution import ExecutionResult

from apps.accounts.access import lasting
from apps.accounts.errors import InvalidAccessToken
from apps.core.models import EventRecord
from apps.core.selectors import Position, position_of
from kernel.errors import EXPECTED, NotFound
from kernel.viewer import SYSTEM, Viewer, acting_as
from schema.base.context import Context
from schema.base.execution import execute
from schema.base.listeners import Listener
from schema.base.streams import Stream

#: How many answers that are the same for all a group keeps, of what length, for how many seconds:
#: after a restart everybody comes back for the same ones.
MOST_KEPT, MOST_KEPT_LENGTH, KEPT_FOR = 200, 20_000, 30.0
FOREVER = Position(2**63, 0)


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


class News:
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
            return payload_of(executed(listener, viewer(), record))
        if id(record) not in self._made:
            self._made[id(record)] = self._answers.get(
                record, lambda: self._same_for_all(listener, viewer(), record)
            )
        return self._made[id(record)] or payload_of(executed(listener, viewer(), record))

    def _same_for_all(self, listener: Listener, viewer: Viewer, record: EventRecord) -> str | None:
        result = executed(listener, viewer, record)
        with acting_as(viewer):
            # Who left while it was read, read less than those who stay.
            self.stream.access(viewer)
        return None if result.errors else payload_of(result)


def judge(listeners: Sequence[Listener], news: News, *, together: bool) -> list[Verdict]:
    """What each is told, in the thread that runs the SQL; together, by one statement for all."""
    if together:
        return list(_judge_together(listeners, news))
    return [_judge_one(listener, news) for listener in listeners]


def _judge_together(listeners: Sequence[Listener], news: News) -> Iterator[Verdict]:
    assert news.stream.still is not None
    # By identity, for their hashes take longer than all else here; viewers were found for them.
    claims = {id(each.claims): each.claims for each in listeners if each.claims}.values()
    with acting_as(SYSTEM):
        lasts = lasting(claims, are_known=True)
        users = {each.user_id for each in lasts}
        stay = news.stream.still(users)
    # Mostly nobody has to go: then nobody is looked for.
    all_last, all_stay = len(lasts) == len(claims), len(stay) == len(users)
    for listener in listeners:
        who = listener.claims
        if who is None or not (all_last or who in lasts):
            yield Verdict(listener, error=InvalidAccessToken())
        elif not (all_stay or who.user_id in stay):
            yield Verdict(listener, error=NotFound())
        else:
            yield _verdict(listener, news)


def _verdict(listener: Listener, news: News) -> Verdict:
    try:
        return Verdict(listener, news.answers_for(listener))
    except EXPECTED as error:  # Who answers for all may have to go at this very moment.
        return Verdict(listener, error=error)


def _judge_one(listener: Listener, news: News) -> Verdict:
    stream, news_to_them = listener.stream, list(news.for_listener(listener))
    if not news_to_them:
        return Verdict(listener)
    try:
        viewer = listener.viewer()
        with acting_as(viewer):
            let_in(listener, viewer)
            told = [
                record
                for record in news_to_them
                if stream.admits is None or stream.admits(viewer, record)
            ]
        answers = [(each, news.answer(listener, lambda: viewer, each)) for each in told]
    except EXPECTED as error:
        return Verdict(listener, error=error)
    return Verdict(listener, answers)


def executed(listener: Listener, viewer: Viewer, record: EventRecord) -> ExecutionResult:
    """A fact as somebody reads it."""
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


def let_in(listener: Listener, viewer: Viewer) -> None:
    """Ask whether a listener may follow the stream; keep their mark, where it is needed."""
    mark = listener.stream.access(viewer)
    listener.mark = mark if listener.stream.concerns is not None else None
