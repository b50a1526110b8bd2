"""Hearing what a block publishes."""

from collections.abc import Iterator
from contextlib import contextmanager

from apps.core.models import EventRecord
from kernel.events import Event


@contextmanager
def announced() -> Iterator[list[Event]]:
    """The facts that the block writes to the event log, once it is over."""
    heard: list[Event] = []
    newest = EventRecord.objects.order_by("-id").values_list("id", flat=True).first() or 0
    try:
        yield heard
    finally:
        for record in EventRecord.objects.filter(id__gt=newest).order_by("id"):
            heard.append(Event.load(record.type, record.payload))
