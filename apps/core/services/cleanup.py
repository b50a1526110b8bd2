"""Removing for good what was deleted long ago."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import ProtectedError, RestrictedError
from django.db.models.deletion import Collector

from kernel import clock
from kernel.models import AbstractSoftDeleteModel
from kernel.viewer import SYSTEM, acting_as

KEPT_FOR = timedelta(days=90)
BATCH = 500


def purgeable_models() -> Iterator[type[AbstractSoftDeleteModel]]:
    """The models whose deleted rows go after a time: not those of money, ledgers and audits."""
    for model in apps.get_models():
        if issubclass(model, AbstractSoftDeleteModel) and not model.keep_deleted:
            yield model


def purge_deleted(*, model: type[AbstractSoftDeleteModel], batch: int = BATCH) -> int:
    """Remove one batch of a model's rows deleted more than 90 days ago; returns how many went.

    A row stays while another row protects it, and while one that would go with it is living, kept
    or not yet due.
    """
    due, gone = clock.now() - KEPT_FOR, 0
    old = model.objects.deleted_only().filter(deleted_at__lt=due).order_by("deleted_at", "pk")
    # All of them, because those that stay would fill a first batch for ever.
    for key in list(old.values_list("pk", flat=True)):
        gone += _purge(model, key, due)
        if gone == batch:
            break
    return gone


def _purge(model: type[AbstractSoftDeleteModel], key: Any, due: datetime) -> bool:
    with acting_as(SYSTEM):
        found = model.objects.deleted_only().filter(pk=key, deleted_at__lt=due)
        row = found.select_for_update(skip_locked=True).first()
        if row is None:
            return False
        cascade = _Cascade(using=row._state.db or "default", origin=row)
        try:
            cascade.collect([row])
        except (ProtectedError, RestrictedError):
            return False
        if not all(_is_due(other, due) for rows in cascade.data.values() for other in rows):
            return False
        cascade.delete()
        return True


class _Cascade(Collector):
    """Collects the rows themselves, also where one statement could delete them unseen."""

    def can_fast_delete(self, *_args: Any, **_kwargs: Any) -> bool:
        """Never."""
        return False


def _is_due(row: models.Model, due: datetime) -> bool:
    if not isinstance(row, AbstractSoftDeleteModel):
        return True
    return not row.keep_deleted and row.deleted_at is not None and row.deleted_at < due
