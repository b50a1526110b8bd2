"""Waking the workers after a commit that published; a sweep finds what this misses."""

import structlog
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from server.celery import app

log = structlog.get_logger(__name__)


def wake_handlers(_topics: list[str], handlers_wait: bool) -> None:
    """Have a worker look at the waiting deliveries now rather than at its next sweep."""
    if not handlers_wait:
        return
    try:
        app.send_task("apps.core.tasks.deliver", retry=False, ignore_result=True)
    except (OperationalError, RedisError, OSError):
        log.warning("wake_up_lost")
