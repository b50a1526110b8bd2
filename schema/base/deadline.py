"""How long an operation may take: until its time is up, or its client has left."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import psycopg
import structlog
from django.db import connections
from psycopg.pq import TransactionStatus

from kernel.errors import TimedOut
from schema.base.execution import in_thread

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


async def in_time(function: Callable[[], Any], stop: Stop, seconds: float) -> Any:
    """Run a function with ORM work in a thread; after so many seconds, or where the caller is
    cancelled, its statements are, and it is waited for until it has ended.
    """

    def run() -> Any:
        with stop.reaches():
            return function()

    loop = asyncio.get_running_loop()
    timer = loop.call_later(seconds, loop.run_in_executor, None, stop.now)
    work = asyncio.ensure_future(in_thread(run))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.to_thread(stop.now)
        await asyncio.wait([work])
        raise
    finally:
        timer.cancel()
