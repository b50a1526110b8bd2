"""Who follows what: users on sockets, which processes, as Redis knows it, and what one of them
holds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from django.conf import settings
from redis import Redis

from apps.accounts.models import User
from apps.accounts.services.sessions import start_session
from apps.orders.models import Order
from schema.base.signals import group_of
from tests.support.server import Server
from tests.support.sockets import Socket, all_connected
from tests.support.threads import wait_until


@contextmanager
def following(server: Server, query: str, *users: User, **variables: Any) -> Iterator[list[Socket]]:
    """The sockets of users who follow something, for a block."""
    tokens = [start_session(user=user).access_token for user in users]
    with all_connected(server.ws_url, *tokens) as sockets:
        for socket in sockets:
            socket.subscribe("1", query, variables=variables)
        yield sockets


def followers(order: Order) -> int:
    """How many of the channel layer's channels carry an order's news."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        return len(redis.pubsub_channels(f"*{group_of(f'order:{order.pk}')}"))


def await_followers(order: Order) -> None:
    """Wait until an order is followed."""
    wait_until(lambda: followers(order))


def held_by(server: Server) -> dict[str, int]:
    """How many listeners a server with the probe tells of news, and which connections it holds."""
    found: dict[str, int] = httpx.get(server.url.replace("/graphql/", "/held")).json()
    return found


def await_listeners(server: Server, count: int) -> None:
    """Wait until so many listeners are told of news by a server with the probe."""
    wait_until(lambda: held_by(server)["listeners"] == count)
