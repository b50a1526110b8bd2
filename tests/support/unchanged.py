"""Seeing that a refusal leaves no trace."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps

from apps.accounts.models import Session
from apps.core.models import IdempotencyRecord

#: Asking starts a session, and a refusal under a key is kept.
BESIDE = (Session, IdempotencyRecord)


@contextmanager
def nothing_changes() -> Iterator[None]:
    """Fails where the block changes a row of any domain, or announces anything."""
    before = _rows()
    yield
    assert _rows() == before


def _rows() -> dict[str, list[dict[str, Any]]]:
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models()
        if model.__module__.startswith("apps.") and model not in BESIDE
    }
