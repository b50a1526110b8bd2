"""What ends an operation, from another thread than its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import psycopg
import structlog
from django.db import connections
from psycopg.pq import TransactionStatus

from kernel.errors import TimedOut

log = structlog.get_logger(__name__)

#: Seconds that PostgreSQL is given to take the request to end a statement.
CANCEL_SECONDS = 2.0


class Stop:
    """Ends what an operation does in its thread, from another one."""

    def __init__(self) -> None:
        #: Why it was ended; looked at before each field.
        self.reason: Exception | None = None
        self._lock = Lock()
        self._connections: list[Any] = []

    @contextmanager
    def reaches(self) -> Iterator[None]:
        """In the thread: what runs within can be ended."""
        with self._lock:
            self._connections = list(connections.all())
        try:
            yield
        finally:
            with self._lock:
                held, self._connections = self._connections, []
            if self.reason is not None:
                _throw_away(held)

    def now(self) -> None:
        """End it: the statement that runs is cancelled, and no further field is begun."""
        with self._lock:
            self.reason = self.reason or TimedOut()
            for each in self._connections:
                if each.connection is not None:
                    _cancel(each.connection)


def _cancel(connection: "psycopg.Connection[Any]") -> None:
    if connection.info.transaction_status is not TransactionStatus.ACTIVE:
        return
    try:
        connection.cancel_safe(timeout=CANCEL_SECONDS)
    except psycopg.Error:
        # The statement goes on until its own time-out.
        log.warning("statement_not_cancelled", exc_info=True)


def _throw_away(held: list[Any]) -> None:
    """Close connections rather than give them back: a cancellation that comes late would end what
    somebody else asks by then.
    """
    for each in held:
        if each.connection is not None and not each.in_atomic_block:
            each.connection.close()
            each.close()
