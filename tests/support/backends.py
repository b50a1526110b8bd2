"""What PostgreSQL says of the connections that others hold to the test's database."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

OTHERS = (
    "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)


@dataclass(frozen=True)
class Backend:
    """A connection, and since when it is there."""

    pid: int
    started_at: datetime
    state: str


def backends() -> set[Backend]:
    """The connections of others."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pid, backend_start, state {OTHERS}")
        return {Backend(*row) for row in cursor.fetchall()}


def drop_backends() -> int:
    """End the connections of others; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(pg_terminate_backend(pid)) {OTHERS}")
        return int(cursor.fetchone()[0])
