"""Seconds of CPU that each of those who take part has spent."""

from dataclasses import astuple, dataclass

import psutil
from django.conf import settings
from django.db import connection
from redis import Redis

from tests.support.server import APPLICATION_NAME


@dataclass(frozen=True)
class Spent:
    """Seconds of CPU: of the server, of the backends that PostgreSQL has for it, of
    Valkey, and of the listeners.
    """

    server: float
    postgres: float
    valkey: float
    client: float

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(*(a - b for a, b in zip(astuple(self), astuple(other), strict=True)))


def spent(*, server: int, client: int) -> Spent:
    """What was spent so far, by the processes of these keys and what works for them."""
    return Spent(
        server=_cpu(server),
        postgres=sum(map(_cpu, _backends())),
        valkey=_valkey(),
        client=_cpu(client),
    )


def _backends() -> list[int]:
    """The server's backends at PostgreSQL; none are found of one that runs elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = %s",
            [APPLICATION_NAME],
        )
        return [row[0] for row in cursor.fetchall()]


def _valkey() -> float:
    with Redis.from_url(settings.REDIS_URL) as redis:
        found = redis.info("cpu")
    return float(found["used_cpu_user"] + found["used_cpu_sys"])


def _cpu(pid: int) -> float:
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)
