"""Answers that are the same for all who are not staff, kept in this process until they change.

Root fields say of themselves that they are public. A fact on one of the topics forgets all answers
at once, as its signal rings the bell here; where the signal was lost, the sweep of the log does.
"""

import asyncio
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import orjson
from django.conf import settings
from strawberry.types.execution import ExecutionResult

from kernel.viewer import Viewer
from schema.base.loops import per_loop, process_task
from schema.base.news import news

#: The topics whose facts change public answers.
TOPICS = ("catalog", "settings")
MOST_ANSWERS = 500
#: Longer ones, as JSON, are made anew each time.
MOST_BYTES = 200_000
#: Seconds after which an answer is forgotten all the same, for what was changed without a fact.
LIFETIME = 60.0


class PublicAnswers:
    """The public answers that this event loop's process remembers."""

    def __init__(self) -> None:
        self._answers: OrderedDict[bytes, tuple[float, dict[str, Any]]] = OrderedDict()
        self._generation = 0
        self._lock = threading.Lock()
        self._ready = [asyncio.Event() for _ in TOPICS]
        self._listening = [
            process_task(self._listen(topic, ready))
            for topic, ready in zip(TOPICS, self._ready, strict=True)
        ]

    def answer(
        self,
        viewer: Viewer,
        text: str,
        operation: str | None,
        variables: dict[str, Any] | None,
        run: Callable[[], ExecutionResult],
    ) -> ExecutionResult:
        """What ``run`` answers, or answered before, to those who read the same language."""
        key = _key_of([text, operation, variables, viewer.language])
        if key is None:
            return run()
        with self._lock:
            generation = self._generation
            at, data = self._answers.get(key, (0.0, None))
            if data is not None and time.monotonic() - at < LIFETIME:
                self._answers.move_to_end(key)
                return ExecutionResult(data=data, errors=None)
        result = run()
        if result.data is not None and not result.errors:
            self._keep(key, generation, result.data)
        return result

    def forget(self) -> None:
        """Forget all answers, and those that are being made at this moment."""
        with self._lock:
            self._generation += 1
            self._answers.clear()

    def _keep(self, key: bytes, generation: int, data: dict[str, Any]) -> None:
        written = _json(data)
        if written is None or len(written) > MOST_BYTES:
            return
        with self._lock:
            # An answer that was begun before a change must not outlive it.
            if generation != self._generation or not all(r.is_set() for r in self._ready):
                return
            self._answers[key] = (time.monotonic(), data)
            if len(self._answers) > MOST_ANSWERS:
                self._answers.popitem(last=False)

    async def _listen(self, topic: str, ready: asyncio.Event) -> None:
        async with news().bell(topic) as bell:
            ready.set()
            while True:
                await bell.wait()
                bell.clear()
                self.forget()


def _key_of(asked: list[Any]) -> bytes | None:
    """What tells apart what was asked, however long; None for a file among the variables."""
    written = _json(asked)
    return None if written is None else hashlib.sha256(written).digest()


def _json(value: Any) -> bytes | None:
    """A value as JSON; None for one that is none."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return None


_answers = per_loop(PublicAnswers)


def public_answers() -> PublicAnswers | None:
    """Those of the running event loop, which a server process has one of; None where turned off."""
    return _answers() if settings.PUBLIC_ANSWERS else None
