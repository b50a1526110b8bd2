"""Calls to services outside: a time-out, a few retries with jitter, and a breaker for each."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

import httpx
import structlog

log = structlog.get_logger(__name__)

Result = TypeVar("Result")

#: What is worth another try: the service is busy or broken, and says so.
RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


class Unavailable(Exception):
    """The service cannot be reached or is failing; a later call may work."""


class Refused(Exception):
    """The service understood and said no; the same call would be refused again."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


@dataclass
class Breaker:
    """Stops calling a service that fails: opens after some failures in a row, tries one call after
    a pause, and closes when that one works. Each process has its own.
    """

    failures_to_open: int = 5
    seconds_open: float = 30.0
    failures: int = 0
    opened_at: float = 0.0
    lock: Lock = field(default_factory=Lock, repr=False)

    def check(self) -> None:
        """Raise Unavailable while open; past the pause, let one caller through."""
        with self.lock:
            if self.failures < self.failures_to_open:
                return
            if time.monotonic() - self.opened_at < self.seconds_open:
                raise Unavailable("The service failed repeatedly and is left alone for a while.")
            self.opened_at = time.monotonic()

    def note(self, *, worked: bool) -> None:
        """Count how a call went."""
        with self.lock:
            self.failures = 0 if worked else self.failures + 1
            if self.failures == self.failures_to_open:
                self.opened_at = time.monotonic()


@dataclass
class Service:
    """A service outside, reached over HTTP.

    ``timeout`` is in seconds for each try; ``attempts`` bounds the tries of one call.
    """

    name: str
    timeout: float = 10.0
    attempts: int = 3
    pause: float = 0.2
    breaker: Breaker = field(default_factory=Breaker)

    def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        """The answer to a request, whatever its status below 500; raises Unavailable.

        Only for calls that may arrive twice: an answer that was lost is asked for again.
        """
        return self.call(lambda: self._try(method, url, options))

    def call(self, attempt: Callable[[], Result | None]) -> Result:
        """What the first attempt that worked gave; None is one that may work the next time.

        Raises Unavailable when the attempts are used up, and at once while the breaker is open.
        """
        self.breaker.check()
        for number in range(self.attempts):
            found = attempt()
            if found is not None:
                self.breaker.note(worked=True)
                return found
            if number + 1 < self.attempts:
                # Full jitter (Brooker 2015), so that those who failed together do not return so.
                time.sleep(random.uniform(0, self.pause * 2**number))  # noqa: S311
        self.breaker.note(worked=False)
        raise Unavailable(f"{self.name} does not answer.")

    def _try(self, method: str, url: str, options: dict[str, Any]) -> httpx.Response | None:
        try:
            answer = httpx.request(method, url, timeout=self.timeout, **options)
        except httpx.HTTPError as error:
            # The error's text may hold the address, and that credentials.
            log.warning("outside_call_failed", service=self.name, error=type(error).__name__)
            return None
        if answer.status_code in RETRIED_STATUSES:
            log.warning("outside_call_failed", service=self.name, status=answer.status_code)
            return None
        return answer
