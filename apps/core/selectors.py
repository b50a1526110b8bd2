"""Reading the event log in an order that misses nothing.

Transactions commit out of order, so an id alone is no safe position: a reader that has seen event
7 may later find event 6. The position is (transaction id, event id), and only transactions below
the oldest running one are read: none of those can still add an event.
"""

from typing import Any, NamedTuple

from django.db import models
from django.db.models import F, Func, Q, Value

from apps.core import errors
from apps.core.models import EventHorizon, EventRecord, EventTopic


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


def _after(position: Position, event_field: str) -> Q:
    values = [Value(number, output_field=models.BigIntegerField()) for number in position]
    settled = Q(transaction_id__lt=OldestRunning())
    return Q(RowGreater(F("transaction_id"), F(event_field), *values)) & settled


def events_after(topic: str, position: Position, *, limit: int = 100) -> list[EventRecord]:
    """The next settled facts of a topic after a position, in order; at most ``limit``."""
    places = (
        EventTopic.objects.filter(_after(position, "event_id"), topic=topic)
        .order_by("transaction_id", "event_id")
        .select_related("event")[:limit]
    )
    return [place.event for place in places]


def topics_after(position: Position, *, limit: int = 1000) -> tuple[set[str], Position]:
    """The topics of at most ``limit`` settled facts after a position, and where those end."""
    # From the facts and not from their places, where the limit could part one fact's topics.
    records = (
        EventRecord.objects.filter(_after(position, "id"))
        .order_by("transaction_id", "id")
        .values_list("topics", "transaction_id", "id")[:limit]
    )
    topics: set[str] = set()
    for names, transaction_id, event_id in records:
        topics.update(names)
        position = Position(transaction_id, event_id)
    return topics, position


def position_now() -> Position:
    """The position before which everything is settled and after which all news will come."""
    row = EventRecord.objects.filter(transaction_id__lt=OldestRunning())
    newest = row.order_by("-transaction_id", "-id").values_list("transaction_id", "id").first()
    # Where retention removed all facts, the news begins at the horizon.
    return max(_horizon(), Position(*newest) if newest else Position(0, 0))


def refuse_gap(position: Position) -> None:
    """Raise ResyncRequired when retention removed facts after this position."""
    if position < _horizon():
        raise errors.ResyncRequired


def _horizon() -> Position:
    found = EventHorizon.objects.values_list("transaction_id", "event_id").first()
    return Position(*found) if found else Position(0, 0)
