"""Where something is written down: logs, figures, Redis, and every column of the database."""

from collections.abc import Iterator

from django.db import connection
from redis import Redis

from tests.platform.privacy.estate import Estate


def places(estate: Estate) -> Iterator[tuple[str, str]]:
    """Each place with all that stands there."""
    yield from estate.logs().items()
    token = estate.env["METRICS_TOKEN"]
    yield (
        "metrics",
        estate.request("GET", "/metrics", headers={"Authorization": f"Bearer {token}"}).text,
    )
    with Redis.from_url(estate.redis_url) as redis:
        for key in redis.scan_iter():
            yield "redis " + key.decode("latin-1"), key.decode("latin-1") + _value(redis, key)
    yield from _columns()


def _value(redis: "Redis", key: bytes) -> str:
    kind = redis.type(key).decode()
    read = {
        "string": lambda: redis.get(key),
        "hash": lambda: redis.hgetall(key),
        "list": lambda: redis.lrange(key, 0, -1),
        "set": lambda: redis.smembers(key),
        "zset": lambda: redis.zrange(key, 0, -1),
    }[kind]
    return repr(read())


def _columns() -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column.name for column in cursor.description]
            rows = cursor.fetchall()
            for number, name in enumerate(names):
                yield f"{table}.{name}", "\n".join(str(row[number]) for row in rows)
