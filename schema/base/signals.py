"""News of topics between processes, by the channel layer: hints, which may be lost."""

import asyncio
import threading
from functools import cache
from typing import Any

import structlog
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from kernel import clock
from kernel.events import Event

log = structlog.get_logger(__name__)


def group_of(topic: str) -> str:
    """The channel layer's group of a topic (its names allow fewer characters)."""
    return "topic." + topic.replace(":", ".")


def announce(event_id: int, topics: list[str], _handlers_wait: bool) -> None:
    """Tell the web processes that topics have news, without waiting for it."""
    asyncio.run_coroutine_threadsafe(_send(topics, {"event_id": event_id}), _loop())


def pass_on(event: Event) -> None:
    """Tell the web processes of something that is kept nowhere, without waiting for it."""
    fact = {
        "type": type(event).__name__,
        "payload": event.payload(),
        "occurred_at": clock.now().isoformat(),
    }
    asyncio.run_coroutine_threadsafe(_send(event.topics(), {"fact": fact}), _loop())


async def _send(topics: list[str], news: dict[str, Any]) -> None:
    layer = get_channel_layer()
    for topic in topics:
        message = {"type": "topic.news", "topic": topic} | news
        try:
            await layer.group_send(group_of(topic), message)
        except (RedisError, OSError):
            log.warning("signal_lost", topic=topic)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """One event loop in a thread of its own, for the life of the process."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="signals", daemon=True).start()
    return loop
