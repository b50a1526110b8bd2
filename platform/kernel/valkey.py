"""The connection to Redis or Valkey of what is no channel layer and no task queue."""

from functools import lru_cache

import redis
from django.conf import settings


def valkey() -> redis.Redis:
    """The connections of this process, which give up soon: what is kept there can be done without.

    Using them raises redis.RedisError or OSError while the server is away.
    """
    return _of(settings.REDIS_URL)


@lru_cache
def _of(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)
