"""One way to write a durable subscription: gate, access, replay from a cursor, then live.

Content is always read from the event log; the channel layer only says when to look.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any

import strawberry
import structlog
from django.db import InterfaceError, OperationalError

from apps.accounts.access import viewer_of_token
from apps.core.models import EventRecord
from apps.core.selectors import Position, events_after, position_now, refuse_gap
from kernel.viewer import Viewer, acting_as
from schema.base.context import Context
from schema.base.execution import in_thread
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
                records = await _next(stream, token, position)
            except (OperationalError, InterfaceError):
                # The database is away, or crowded: a stream waits for it, as nothing is lost.
                log.warning("stream_waits", topic=stream.topic, exc_info=True)
                await asyncio.sleep(RETRY_INTERVAL)
                continue
            for record in records:
                position = position_of(record)
                yield record
            if not records:
                await bell.wait()


async def _next(stream: Stream, token: str | None, position: Position) -> list[EventRecord]:
    records = await in_thread(lambda: _read(stream, token, position))
    for delay in RETRIES:
        if records:
            break
        await asyncio.sleep(delay)
        records = await in_thread(lambda: _read(stream, token, position))
    return records


def _enter(stream: Stream, token: str | None) -> Position:
    viewer = viewer_of_token(token)
    stream.gate.check(viewer)
    with acting_as(viewer):
        stream.access(viewer)
        if stream.after is None:
            return position_now()
        return Position.parse(stream.after)


def _read(stream: Stream, token: str | None, position: Position) -> list[EventRecord]:
    records = events_after(stream.topic, position)
    # Asked after the reading, which retention may have overtaken.
    refuse_gap(position)
    if records:
        viewer = viewer_of_token(token)
        with acting_as(viewer):
            stream.access(viewer)
    return records


def position_of(record: EventRecord) -> Position:
    """The cursor after a fact."""
    return Position(record.transaction_id, record.pk)
