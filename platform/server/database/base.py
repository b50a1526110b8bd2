"""Django's PostgreSQL backend, with a pool that recovers at once from connections that broke.

psycopg's pool finds a broken connection when it is asked for one, and waits before it tries the
next: one second, then two, then four. After a restart of the database all of them are broken, and
each request waited in vain. Here the first one that is found has all the others looked at.
"""

from typing import Any

from django.db.backends.postgresql import base
from psycopg import OperationalError
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection from such a pool."""

    @property
    def pool(self) -> Any:
        """The pool of the process; None where none is configured."""
        pool: Any = super().pool
        if pool is not None and pool._check is ConnectionPool.check_connection:
            pool._check = _check_of(pool)
        return pool


def _check_of(pool: Any) -> Any:
    def check(connection: Any) -> None:
        try:
            ConnectionPool.check_connection(connection)
        except OperationalError:
            pool.check()
            raise

    return check
