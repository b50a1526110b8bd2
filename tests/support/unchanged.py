"""Seeing that a refusal leaves no trace."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from apps.accounts.models import Session, User
from apps.core.models import AuditEntry, IdempotencyRecord
from kernel.viewer import SYSTEM, acting_as

#: Asking starts a session, and a refusal under a key is kept.
BESIDE = (Session, IdempotencyRecord)
#: Who asks was active on that day; that somebody signed in or tried to is noted.
OF_INTEREST = {
    User: "to_jsonb(row) - '{day_streak,max_day_streak,last_active_date}'::text[]",
    AuditEntry: "CASE WHEN row.action NOT LIKE 'SIGN\\_IN%' THEN to_jsonb(row) END",
}
#: And that staff looked at what is somebody's own.
BUT_LOOKS = "CASE WHEN row.action <> 'READ' THEN to_jsonb(row) END"


@contextmanager
def nothing_changes(*, but_looks: bool = False) -> Iterator[None]:
    """Fails where the block changes a row of any domain, or announces anything; with ``but_looks``,
    staff may be shown what was done before.
    """
    before = _rows(but_looks)
    yield
    if (after := _rows(but_looks)) != before:
        assert _told(after) == _told(before)


def _rows(but_looks: bool) -> dict[str, str]:
    """All rows of each table, as JSON."""
    # As the system: row security hides tenants' rows from everybody else.
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_statement(but_looks))
        return dict(cursor.fetchall())


@cache
def _statement(but_looks: bool) -> str:
    of_interest = OF_INTEREST | ({AuditEntry: BUT_LOOKS} if but_looks else {})
    models = [model for model in apps.get_models() if model.__module__.startswith("apps.")]
    return " UNION ALL ".join(
        _rows_of(model, of_interest.get(model, "to_jsonb(row)"))
        for model in models
        if model not in BESIDE
    )


def _rows_of(model: type[Model], row: str) -> str:
    table, key = model._meta.db_table, model._meta.pk.column
    rows = f"jsonb_agg({row} ORDER BY row.{key}) FILTER (WHERE {row} IS NOT NULL)"
    return f"SELECT '{table}', COALESCE({rows}, '[]')::text FROM {table} AS row"


def _told(rows: dict[str, str]) -> dict[str, Any]:
    return {table: json.loads(of_table) for table, of_table in rows.items()}
