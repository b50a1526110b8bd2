"""Which of the databases is read from: the primary, or where one is configured its replica."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings

PRIMARY, REPLICA = "default", "replica"

_reading: ContextVar[str] = ContextVar("database", default=PRIMARY)


class PrimaryNeeded(Exception):
    """Something was to be written, or locked, in a block that reads from the replica."""


def reading() -> str:
    """The alias of the database that this block reads from."""
    return _reading.get()


def has_replica() -> bool:
    """Whether one is configured."""
    return REPLICA in settings.DATABASES


@contextmanager
def reading_replica() -> Iterator[None]:
    """Read from the replica in a block, which writes nothing."""
    token = _reading.set(REPLICA)
    try:
        yield
    finally:
        _reading.reset(token)


class Router:
    """Sends what Django reads where the running block reads, and what it writes to the primary."""

    def db_for_read(self, _model: Any, **_hints: Any) -> str:
        """Where rows are read."""
        return reading()

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        """Where rows are written. Raises PrimaryNeeded in a block that reads from the replica."""
        if reading() != PRIMARY:
            raise PrimaryNeeded
        return PRIMARY

    def allow_relation(self, *_rows: Any, **_hints: Any) -> bool:
        """Both have the same rows."""
        return True

    def allow_migrate(self, alias: str, *_args: Any, **_hints: Any) -> bool:
        """The replica follows by itself."""
        return alias == PRIMARY
