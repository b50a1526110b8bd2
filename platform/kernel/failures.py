"""Failures as they are written down: what kind they are and where they happened, never their texts.

Whatever an exception says may be a value that somebody sent: a number that is none, a key that is
missing, the row that broke a constraint.
"""

import traceback
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.db import Error as DatabaseError

#: Failures in a chain that are told.
MOST = 10


def kind_of(error: BaseException) -> str:
    """What a failure is, and which of the database's own names it concerns."""
    facts = " ".join(_facts(error))
    return f"{type(error).__qualname__} ({facts})" if facts else type(error).__qualname__


def place_of(error: BaseException) -> str:
    """What a failure is, and the line that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return kind_of(error)
    last = frames[-1]
    return f"{kind_of(error)} in {Path(last.filename).stem}.{last.name}:{last.lineno}"


def trace_of(error: BaseException) -> str:
    """The lines that led to a failure, and to those that it came of, the first of them first."""
    parts = [f"{_lines(each)}{kind_of(each)}" for each in _chain(error)]
    return "\n\n".join(reversed(parts))


def _lines(error: BaseException) -> str:
    return "".join(traceback.format_tb(error.__traceback__))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in seen and len(seen) < MOST:
        yield found
        seen.append(found)
        if isinstance(found, BaseExceptionGroup):
            for each in found.exceptions[:MOST]:
                yield from _chain(each)
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)


def _facts(error: BaseException) -> Iterator[str]:
    cause = error.__cause__ if isinstance(error, DatabaseError) else error
    if isinstance(cause, psycopg.Error):
        diag = cause.diag
        named = cause.sqlstate, diag.table_name, diag.column_name, diag.constraint_name
        yield from filter(None, named)
    if isinstance(error, OSError) and error.strerror:
        yield error.strerror
