"""Stops in the database, at which statements of others wait until they are let go."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from tests.support.backends import OTHERS

STOP = 4712
RECORDS = "core_idempotencyrecord"
#: When whoever notes a key waits: before it notes it, after that, or while it commits.
MOMENTS = {
    "before": "CREATE TRIGGER stop BEFORE INSERT ON {table}",
    "after": "CREATE TRIGGER stop AFTER INSERT ON {table}",
    "commit": "CREATE CONSTRAINT TRIGGER stop AFTER INSERT ON {table} INITIALLY DEFERRED",
}
FUNCTION = f"""CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_advisory_xact_lock_shared({STOP}); RETURN NEW; END'"""


@contextmanager
def stopping(moment: str) -> Iterator[None]:
    """Have whoever notes an idempotency key wait at a moment while the block runs."""
    _run(FUNCTION)
    _run(f"{MOMENTS[moment].format(table=RECORDS)} FOR EACH ROW EXECUTE FUNCTION stop()")
    try:
        with holding(str(STOP)):
            yield
    finally:
        _run(f"DROP TRIGGER stop ON {RECORDS}")
        _run("DROP FUNCTION stop()")


@contextmanager
def holding(*locks: str) -> Iterator[None]:
    """Hold advisory locks, each an expression for its number, while the block runs."""
    for lock in locks:
        _run(f"SELECT pg_advisory_lock({lock})")
    try:
        yield
    finally:
        for lock in locks:
            _run(f"SELECT pg_advisory_unlock({lock})")


def let_go() -> None:
    """Let those go on who wait at a moment."""
    _run(f"SELECT pg_advisory_unlock({STOP})")


def stopped() -> int:
    """How many statements of the started processes wait at an advisory lock."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {OTHERS} AND wait_event = 'advisory'")
        return int(cursor.fetchone()[0])


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
