"""Seeing that a refusal leaves no trace."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet

from apps.accounts.models import Session, User
from apps.core.models import AuditEntry, IdempotencyRecord
from kernel.viewer import SYSTEM, acting_as

#: Asking starts a session, and a refusal under a key is kept.
BESIDE = (Session, IdempotencyRecord)
#: Who asks was active on that day.
ACTIVITY = ("day_streak", "max_day_streak", "last_active_date")


@contextmanager
def nothing_changes() -> Iterator[None]:
    """Fails where the block changes a row of any domain, or announces anything."""
    before = _rows()
    yield
    assert _rows() == before


def _rows() -> dict[str, list[dict[str, Any]]]:
    # As the system: row security hides tenants' rows from everybody else.
    with acting_as(SYSTEM):
        return {
            model._meta.label: list(_of_interest(model).order_by("pk").values(*_columns(model)))
            for model in apps.get_models()
            if model.__module__.startswith("apps.") and model not in BESIDE
        }


def _of_interest(model: type[Model]) -> QuerySet[Model]:
    """All rows, but for the notes that somebody signed in or tried to."""
    rows = model._base_manager.all()
    return rows.exclude(action__startswith="SIGN_IN") if model is AuditEntry else rows


def _columns(model: type[Model]) -> list[str]:
    columns = [field.attname for field in model._meta.concrete_fields]
    return [name for name in columns if model is not User or name not in ACTIVITY]
