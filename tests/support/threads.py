"""Doing things in the background, each in a thread with a connection of its own."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def in_background(*functions: Callable[[], Any]) -> Iterator[list[Future[Any]]]:
    """Run them while the block runs, and wait for them at its end."""
    with ThreadPoolExecutor(len(functions)) as pool:
        yield [pool.submit(_and_disconnect, function) for function in functions]


def _and_disconnect(function: Callable[[], Any]) -> Any:
    try:
        return function()
    finally:
        connection.close()


def wait_until(holds: Callable[[], Any], *, seconds: float = 15, every: float = 0.02) -> Any:
    """What a condition gives once it holds; AssertionError where it does not in time."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, f"{holds} did not come to hold in {seconds} s."
        time.sleep(every)
    return found


def somebody_waits_for_a_lock() -> bool:
    """Whether a statement on the test's database waits for another transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])
