"""What an event loop has one of, and the work that goes on in it by itself."""

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import structlog

log = structlog.get_logger(__name__)

T = TypeVar("T")


def per_loop(make: Callable[[], T]) -> Callable[[], T]:
    """A function that answers what was made for the running event loop, which a server process has
    one of.
    """
    made: WeakKeyDictionary[asyncio.AbstractEventLoop, T] = WeakKeyDictionary()

    def of_this_loop() -> T:
        loop = asyncio.get_running_loop()
        if loop not in made:
            made[loop] = make()
        return made[loop]

    return of_this_loop


def own_task(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Begin work that outlives what began it, in a context of its own.

    In that of the request which happens to begin it, asgiref would send later work to the
    request's thread, where nobody takes it up once the request is over.
    """
    return asyncio.create_task(work, context=contextvars.Context())


def process_task(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Begin work of the whole process, whose failure is logged."""
    task = own_task(work)
    task.add_done_callback(_report)
    return task


def _report(task: "asyncio.Task[Any]") -> None:
    if not task.cancelled() and (failure := task.exception()):
        log.error("process_task_failed", exc_info=failure)
