"""Waking the workers after a commit that published; a sweep finds what this misses."""

import threading

import structlog
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from server.celery import app

log = structlog.get_logger(__name__)


class _Sender(threading.Thread):
    """Sends wake-ups in the background, and those that meet while one is sent as one.

    Redis may be away or slow, and whoever has committed must not wait for it: kombu alone would
    try for six seconds.
    """

    def __init__(self) -> None:
        super().__init__(name="wake-ups", daemon=True)
        self.due = threading.Event()

    def run(self) -> None:
        """Send for as long as the process lives."""
        while True:
            self.due.wait()
            self.due.clear()
            try:
                app.send_task("apps.core.tasks.deliver", retry=False, ignore_result=True)
            except (KombuError, RedisError, OSError):
                log.warning("wake_up_lost")


_sender = _Sender()
_starting = threading.Lock()


def wake_handlers(_event_id: int, _topics: list[str], handlers_wait: bool) -> None:
    """Have a worker look at the waiting deliveries now rather than at its next sweep."""
    if handlers_wait:
        _running_sender().due.set()


def _running_sender() -> _Sender:
    global _sender
    with _starting:
        if not _sender.is_alive():  # in a new process, or in one that was forked
            _sender = _Sender()
            _sender.start()
        return _sender
