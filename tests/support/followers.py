"""Who follows what: which processes, as Redis knows it, and what one of them holds."""

import time

import httpx
from django.conf import settings
from redis import Redis

from apps.orders.models import Order
from schema.base.signals import group_of
from tests.support.server import Server
from tests.support.threads import wait_until


def followers(order: Order) -> int:
    """How many of the channel layer's channels carry an order's news."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        return len(redis.pubsub_channels(f"*{group_of(f'order:{order.pk}')}"))


def await_followers(order: Order, *, within: float = 10) -> None:
    """Wait until an order is followed."""
    deadline = time.monotonic() + within
    while not followers(order):
        assert time.monotonic() < deadline, "Nobody follows the order."
        time.sleep(0.02)


def held_by(server: Server) -> dict[str, int]:
    """How many listeners a server with the probe tells of news, and which connections it holds."""
    found: dict[str, int] = httpx.get(server.url.replace("/graphql/", "/held")).json()
    return found


def await_listeners(server: Server, count: int) -> None:
    """Wait until so many listeners are told of news by a server with the probe."""
    wait_until(lambda: held_by(server)["listeners"] == count)
