"""Handlers and kinds of facts for one test."""

from collections.abc import Iterator
from contextlib import contextmanager

from kernel import events


@contextmanager
def own_handlers() -> Iterator[None]:
    """Forget after the block what it registered."""
    handlers = {name: list(found) for name, found in events._handlers.items()}
    registry = dict(events.Event.registry)
    try:
        yield
    finally:
        events._handlers.clear()
        events._handlers.update(handlers)
        events.Event.registry.clear()
        events.Event.registry.update(registry)
