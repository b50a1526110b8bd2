"""Sealing anew by the newest key: in short transactions, beside running writers.

A value that somebody changes at that moment is left as they wrote it. What was done stays done, so
that a run that was cut off is made good by the next.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import models
from django.db.models.functions import Cast

from kernel.encryption import (
    BlindIndexField,
    EncryptedTextField,
    Sealed,
    Unreadable,
    newest_key,
)
from kernel.viewer import SYSTEM, acting_as

BATCH = 200


@dataclass(slots=True)
class Rotated:
    """What a run came to: how many values were sealed anew, and which nobody can read."""

    changed: int = 0
    unreadable: list[str] = field(default_factory=list)


def count_stale() -> int:
    """How many values an older key sealed."""
    with acting_as(SYSTEM):
        return sum(_stale(column).count() for column in _columns())


def rotate(progress: Callable[[int], Any]) -> Rotated:
    """Seal anew all that older keys sealed; ``progress`` is told of each batch how many it has."""
    rotated = Rotated()
    for column in _columns():
        last = None
        while batch := _rotate_batch(column, last, rotated):
            last = batch[-1][0]
            progress(len(batch))
    return rotated


def _columns() -> Iterator[EncryptedTextField]:
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            if isinstance(column, EncryptedTextField) and column.model is model:
                yield column


def _rotate_batch(
    column: EncryptedTextField, after: Any, rotated: Rotated
) -> list[tuple[Any, Sealed]]:
    # How values are sealed changes, and none of them: there is nothing to audit.
    with acting_as(SYSTEM), pgtrigger.ignore(*_audits(column.model)):
        batch = _batch(column, after)
        for pk, sealed in batch:
            try:
                rotated.changed += _reseal(column, pk, sealed)
            except Unreadable as problem:
                place = f"{column.model._meta.label}.{column.name} of {pk}"
                rotated.unreadable.append(f"{place}: {problem}")
    return batch


def _reseal(column: EncryptedTextField, pk: Any, sealed: Sealed) -> int:
    """Seal one value anew, unless it is another one by now; raises Unreadable."""
    model = column.model
    text = column.open(model(pk=pk), sealed)
    values: dict[str, Any] = {column.name: column.seal(model(pk=pk), text)}
    for index in model._meta.concrete_fields:
        if isinstance(index, BlindIndexField) and index.source == column.name:
            values[index.name] = index.digests(text)[0]
    return _plain(model).filter(pk=pk, **{column.name: sealed}).update(**values)


def _plain(model: Any) -> "models.QuerySet[Any]":
    """All rows, by Django's own queryset: ours raises the version of what it updates."""
    return models.QuerySet(model=model)


def _stale(column: EncryptedTextField) -> "models.QuerySet[Any]":
    """The rows of a column that an older key sealed."""
    rows: models.QuerySet[Any] = (
        _plain(column.model)
        .annotate(sealed=Cast(column.name, models.TextField()))
        .exclude(sealed="")
        .exclude(sealed=None)
        .exclude(sealed__startswith=f"{newest_key()}.")
    )
    return rows


def _batch(column: EncryptedTextField, after: Any) -> list[tuple[Any, Sealed]]:
    """The next rows of a column, by their keys, and what stands there."""
    rows = _stale(column) if after is None else _stale(column).filter(pk__gt=after)
    found = rows.order_by("pk").values_list("pk", "sealed")[:BATCH]
    return [(pk, Sealed(sealed)) for pk, sealed in found]


def _audits(model: Any) -> list[str]:
    triggers = getattr(model._meta, "triggers", [])
    return [f"{model._meta.label}:{trigger.name}" for trigger in triggers]
