"""One way to write a durable subscription: gate, access, replay from a cursor, then live.

Content is always read from the event log; the channel layer only says when to look.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import strawberry
import structlog
from django.db import InterfaceError, OperationalError

from apps.accounts.access import viewer_of_token
from apps.core.models import EventRecord
from apps.core.selectors import Position, events_after, position_now, refuse_gap
from kernel.viewer import Viewer, acting_as
from schema.base.context import Context
from schema.base.execution import in_thread, process_task
from schema.base.gates import Gate
from schema.base.news import news

log = structlog.get_logger(__name__)

#: Seconds between attempts to read while the database is away.
RETRY_INTERVAL = 0.5
#: A fact is readable once no older transaction still writes. When the bell rings before that, the
#: log is asked again after these seconds; past them, the sweep rings again.
RETRIES = (0.01, 0.03, 0.1, 0.3)


@dataclass(frozen=True, slots=True)
class Stream:
    """What a durable subscription reads, and who may."""

    gate: Gate
    topic: str
    #: Raises for viewers who may not (or no longer) follow the topic.
    access: Callable[[Viewer], Any]
    after: str | None = None
    #: Whether a fact is for this reader at all, as far as this can be told without asking the
    #: database for each of the topic's readers.
    concerns: Callable[[EventRecord], Awaitable[bool]] | None = None
    #: Whether the viewer is told of a fact.
    admits: Callable[[Viewer, EventRecord], bool] | None = None


def subscription(*, gate: Gate, description: str) -> Any:
    """A root field of the subscription type, whose gate the SDL shows and its stream checks."""
    return strawberry.subscription(description=description, directives=[gate.directive])


async def follow(
    stream: Stream, info: strawberry.Info[Context]
) -> AsyncGenerator[EventRecord, None]:
    """The facts of a topic after the cursor, then each new one, in order, once.

    The viewer is asked for again at each delivery: who lost access, or whose session ended, hears
    nothing more. Raises BadCursor and ResyncRequired.
    """
    token = info.context.token
    position = await in_thread(lambda: _enter(stream, token))
    async with news().bell(stream.topic) as bell:
        while True:
            bell.clear()
            try:
                records = await _next(stream.topic, position)
                admitted = await _admitted(stream, token, records)
            except (OperationalError, InterfaceError):
                # The database is away, or crowded: a stream waits for it, as nothing is lost.
                log.warning("stream_waits", topic=stream.topic, exc_info=True)
                await asyncio.sleep(RETRY_INTERVAL)
                continue
            for record in admitted:
                yield record
            if records:
                position = position_of(records[-1])
            else:
                await bell.wait()


async def _next(topic: str, position: Position) -> list[EventRecord]:
    records = await _read_together(topic, position)
    for delay in RETRIES:
        if records:
            break
        await asyncio.sleep(delay)
        records = await _read_together(topic, position)
    return records


async def _read_together(topic: str, position: Position) -> list[EventRecord]:
    """The next facts, read once for all of this process who ask for them at the same moment.

    A reading that was under way when the bell rang may miss what it rang for: ``RETRIES`` look
    again.
    """
    reads = _reads.setdefault(asyncio.get_running_loop(), {})
    place = topic, position
    if place not in reads:
        reads[place] = process_task(in_thread(lambda: _read(topic, position)))
        reads[place].add_done_callback(lambda _task: reads.pop(place))
    # Shielded, for one who leaves must not take the others' reading along.
    return await asyncio.shield(reads[place])


_reads: WeakKeyDictionary[
    asyncio.AbstractEventLoop, dict[tuple[str, Position], asyncio.Task[list[EventRecord]]]
] = WeakKeyDictionary()


async def _admitted(
    stream: Stream, token: str | None, records: list[EventRecord]
) -> list[EventRecord]:
    """The facts that the reader is told of, who is asked for again where there are any."""
    if stream.concerns is not None:
        records = [record for record in records if await stream.concerns(record)]
    if not records:
        return []
    found: list[EventRecord] = await in_thread(lambda: _checked(stream, token, records))
    return found


def _checked(stream: Stream, token: str | None, records: list[EventRecord]) -> list[EventRecord]:
    viewer = viewer_of_token(token)
    with acting_as(viewer):
        stream.access(viewer)
        if stream.admits is None:
            return records
        return [record for record in records if stream.admits(viewer, record)]


def _enter(stream: Stream, token: str | None) -> Position:
    viewer = viewer_of_token(token)
    stream.gate.check(viewer)
    with acting_as(viewer):
        stream.access(viewer)
        if stream.after is None:
            return position_now()
        return Position.parse(stream.after)


def _read(topic: str, position: Position) -> list[EventRecord]:
    records = events_after(topic, position)
    # Asked after the reading, which retention may have overtaken.
    refuse_gap(position)
    return records


def position_of(record: EventRecord) -> Position:
    """The cursor after a fact."""
    return Position(record.transaction_id, record.pk)
