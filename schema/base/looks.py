"""Noting that staff looked at what is somebody's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models import Model

from apps.core.services.audit import note_looks
from kernel.viewer import Viewer

_looks: ContextVar[dict[tuple[str, Any], Model] | None] = ContextVar("looks", default=None)


def note_look(row: Model) -> None:
    """Remember that the running operation showed a row's personal columns."""
    seen = _looks.get()
    if seen is not None:
        seen[row._meta.label, row.pk] = row


@contextmanager
def noting_looks(viewer: Viewer) -> Iterator[None]:
    """Write down, at the end of the block, what one of the staff was shown in it."""
    if not viewer.is_staff or viewer.is_system:
        yield
        return
    token = _looks.set({})
    try:
        yield
        note_looks(viewer=viewer, rows=list((_looks.get() or {}).values()))
    finally:
        _looks.reset(token)
