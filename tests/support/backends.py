"""What PostgreSQL says of the connections that the started processes hold."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from tests.support.server import APPLICATION_NAME

OTHERS = (
    "FROM pg_stat_activity WHERE datname = current_database()"
    f" AND application_name = '{APPLICATION_NAME}'"
)


@dataclass(frozen=True)
class Backend:
    """A connection, and since when it is there."""

    pid: int
    started_at: datetime
    state: str


def backends() -> set[Backend]:
    """The connections of the processes that the test started."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pid, backend_start, state {OTHERS}")
        return {Backend(*row) for row in cursor.fetchall()}


def asleep() -> int:
    """How many of them sleep, for a field of ``tests.support.probe``."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {OTHERS} AND wait_event = 'PgSleep'")
        return int(cursor.fetchone()[0])


def drop_backends() -> int:
    """End those connections; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(pg_terminate_backend(pid)) {OTHERS}")
        return int(cursor.fetchone()[0])
