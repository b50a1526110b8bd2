"""One way to write a durable subscription: gate, access, replay from a cursor, then live.

A root field answers a ``Stream``; ``schema.base.hub`` follows it. Content is always read from the
event log; the channel layer only says when to look, and carries what is kept nowhere.
"""

from collections.abc import AsyncIterator, Callable, Collection, Container, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any
from uuid import UUID

import strawberry
import structlog

from apps.core.models import EventRecord
from kernel.viewer import Viewer
from schema.base.gates import Gate

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Stream:
    """What a durable subscription reads, who may, and how it looks to clients."""

    gate: Gate
    #: Raises for viewers who may not (or no longer) follow it. What it answers is the listener's
    #: mark, by which ``concerns`` knows them.
    access: Callable[[Viewer], Any]
    topics: Callable[[Viewer], Sequence[str]]
    #: A fact as the root field's value.
    shape: Callable[[EventRecord], Any]
    #: The types of the facts that it can tell of. A newer version may publish others: for a while,
    #: processes of both run side by side.
    types: Container[str]
    after: str | None = None
    #: The marks of those whom a fact concerns, found once for all listeners.
    concerns: Callable[[EventRecord], Container[Any]] | None = None
    #: Whether the viewer is told of a fact.
    admits: Callable[[Viewer, EventRecord], bool] | None = None
    #: Those among the keys of users who may still follow it, in one statement for all of them:
    #: asked for at delivery in place of ``access``, for streams with many listeners.
    still: Callable[[Collection[UUID]], Collection[UUID]] | None = None
    #: The facts after which the topics are others.
    renews: frozenset[str] = frozenset()

    def __aiter__(self) -> AsyncIterator[Any]:
        raise TypeError("A stream is followed by the hub.")

    def tells_of(self, record: EventRecord) -> bool:
        """Whether it can tell of a fact; it is logged where it cannot."""
        if record.type in self.types:
            return True
        _note_unknown(record.type)
        return False


@cache
def _note_unknown(type: str) -> None:
    """Log it, once in a process."""
    log.warning("unknown_fact", type=type)


After = Annotated[
    str | None, strawberry.argument(description="The cursor of the last event that is known.")
]


def subscription(*, gate: Gate, description: str) -> Any:
    """A root field of the subscription type, whose gate the SDL shows and its stream checks."""
    return strawberry.subscription(description=description, directives=[gate.directive])
