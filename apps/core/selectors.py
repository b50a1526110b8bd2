"""Reading the event log in an order that misses nothing.

Transactions commit out of order, so an id alone is no safe position: a reader that has seen event
7 may later find event 6. The position is (transaction id, event id), and only transactions below
the oldest running one are read: none of those can still add an event.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Count, F, Func, Min, Q, Value

from apps.core import errors
from apps.core.models import Delivery, EventHorizon, EventRecord, EventTopic, TrustedDocument
from kernel import clock


class Position(NamedTuple):
    """A place in the log; as text, it is the cursor that clients keep."""

    transaction_id: int
    event_id: int

    def __str__(self) -> str:
        return f"{self.transaction_id:x}.{self.event_id:x}"

    @classmethod
    def parse(cls, cursor: str) -> "Position":
        """Read a cursor; BadCursor for any other text."""
        try:
            transaction_id, event_id = (int(part, 16) for part in cursor.split("."))
        except ValueError as error:
            raise errors.BadCursor from error
        if not (0 <= transaction_id < 2**63 and 0 <= event_id < 2**63):
            raise errors.BadCursor
        return cls(transaction_id, event_id)


class OldestRunning(Func):
    """The oldest transaction that may still be writing."""

    template = "(pg_snapshot_xmin(pg_current_snapshot())::text::bigint)"
    output_field = models.BigIntegerField()


class RowGreater(Func):
    """``(a, b) > (x, y)`` as PostgreSQL compares rows, by one range of an index on (a, b)."""

    output_field = models.BooleanField()

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_context: Any) -> Any:
        """The comparison of the first two expressions with the last two."""
        parts = [compiler.compile(part) for part in self.source_expressions]
        sql = "(({}, {}) > ({}, {}))".format(*(sql for sql, _ in parts))
        return sql, [value for _, values in parts for value in values]


SETTLED = Q(transaction_id__lt=OldestRunning())


def _behind(position: Position, event_field: str) -> Q:
    values = [Value(number, output_field=models.BigIntegerField()) for number in position]
    return Q(RowGreater(F("transaction_id"), F(event_field), *values))


def events_after(
    topics: Sequence[str], position: Position, *, until: Position | None = None, limit: int = 100
) -> list[EventRecord]:
    """The next settled facts of topics after a position, in order, each once: at most ``limit`` of
    them, and none behind the position ``until``.
    """
    places = EventTopic.objects.filter(SETTLED, _behind(position, "event_id"), topic__in=topics)
    if until is not None:
        places = places.exclude(_behind(until, "event_id"))
    keys = (
        places.order_by("transaction_id", "event_id")
        .values_list("transaction_id", "event_id")
        .distinct()[:limit]
    )
    records = EventRecord.objects.in_bulk([key for _, key in keys])
    return sorted(records.values(), key=position_of)


def records_after(position: Position, *, limit: int) -> list[EventRecord]:
    """The next settled facts of all topics after a position, in order; at most ``limit``."""
    records = EventRecord.objects.filter(SETTLED, _behind(position, "id"))
    return list(records.order_by("transaction_id", "id")[:limit])


def position_of(record: EventRecord) -> Position:
    """The position behind a fact."""
    return Position(record.transaction_id, record.pk)


def position_now() -> Position:
    """The position before which everything is settled and after which all news will come."""
    # Where retention removed all facts, the news begins at the horizon.
    return max(horizon(), _newest())


def _newest() -> Position:
    rows = EventRecord.objects.filter(SETTLED).order_by("-transaction_id", "-id")
    found = rows.values_list("transaction_id", "id").first()
    return Position(*found) if found else Position(0, 0)


def refuse_gap(position: Position) -> None:
    """Raise ResyncRequired where what follows a position cannot be told: retention removed facts
    after it, or it lies behind all facts, as a cursor of another database does, or of this one
    before a backup was restored.
    """
    removed = horizon()
    if not removed <= position <= max(removed, _newest()):
        raise errors.ResyncRequired


def has_overdue(*, before: datetime) -> bool:
    """Whether a fact waits for a handler that was to hear of it before an instant."""
    return Delivery.objects.filter(state=Delivery.State.WAITING, due_at__lt=before).exists()


def horizon() -> Position:
    """The end of what retention removed."""
    found = EventHorizon.objects.values_list("transaction_id", "event_id").first()
    return Position(*found) if found else Position(0, 0)


def trusted_document(key: str) -> str | None:
    """The text of a registered document, by the id that it was given or the SHA-256 of its text."""
    found = TrustedDocument.objects.filter(Q(key=key) | Q(digest=key))
    return found.values_list("text", flat=True).first()


def waiting_deliveries() -> tuple[int, datetime | None]:
    """How many deliveries are due, and since when the first of them is."""
    due = Delivery.objects.filter(state=Delivery.State.WAITING, due_at__lte=clock.now())
    found = due.aggregate(count=Count("pk"), since=Min("due_at"))
    return found["count"], found["since"]
