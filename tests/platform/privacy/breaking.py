"""Ways to have the database fail where nobody expects it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def raising_on(table: str, text: str = "broken", *, on: str = "INSERT OR UPDATE") -> Iterator[None]:
    """Have changes of a table fail, with a text in the failure, for a block."""
    _run(
        f"CREATE FUNCTION break_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION USING MESSAGE = '{text}', DETAIL = '{text}'; END $$",
        f"CREATE TRIGGER break_it BEFORE {on} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION break_it()",
    )
    try:
        yield
    finally:
        _run(f"DROP TRIGGER break_it ON {table}", "DROP FUNCTION break_it")


@contextmanager
def without(table: str, column: str | None = None) -> Iterator[None]:
    """Take a table or a column away, for a block."""
    if column is None:
        there, back = f"{table} RENAME TO gone", f"gone RENAME TO {table}"
    else:
        there, back = f"{table} RENAME {column} TO gone", f"{table} RENAME gone TO {column}"
    _run(f"ALTER TABLE {there}")
    try:
        yield
    finally:
        _run(f"ALTER TABLE {back}")


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
