"""Locks by name, for what no row stands for yet."""

from django.db import connection


def hold(name: str, *, is_shared: bool = False) -> None:
    """Hold a lock until the transaction ends, waiting for whoever holds it; ``is_shared`` allows
    others who share it.

    Nothing is written for that, unlike for a row's lock: a transaction that writes has its place in
    the event log from then on, and all who read the log wait for it.
    """
    function = "pg_advisory_xact_lock_shared" if is_shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [name])
