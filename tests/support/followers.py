"""Which processes hear of an order's news, as Redis knows it."""

import time

from django.conf import settings
from redis import Redis

from apps.orders.models import Order
from schema.base.signals import group_of


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
