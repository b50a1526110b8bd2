"""Doing things at the same moment, in threads with transactions of their own."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connection

#: Fewer than the pool's connections, so that nobody waits for one.
AT_ONCE = 16


def race(*calls: Callable[[], Any]) -> list[Any]:
    """Start all calls at once; what each returned or raised, in the order of the calls."""
    outcomes: list[Any] = [None] * len(calls)
    starters = min(len(calls), AT_ONCE)
    barrier = Barrier(starters)

    def run(start: int) -> None:
        barrier.wait()
        try:
            for place in range(start, len(calls), starters):
                outcomes[place] = _outcome(calls[place])
        finally:
            connection.close()

    threads = [Thread(target=run, args=(start,)) for start in range(starters)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def _outcome(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - a test compares whatever was raised
        return error
