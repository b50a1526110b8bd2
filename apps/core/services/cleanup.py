"""Removing for good what was deleted long ago."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import ProtectedError, RestrictedError
from django.db.models.deletion import Collector

from apps.core.events import FilesDiscarded
from kernel import clock, events, storage
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
    or not yet due. The files of those that went go once that is committed.
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
        facts = list(_files_of(cascade))
        cascade.delete()
        for fact in facts:
            events.publish(fact)
        return True


def remove_files(*, model: str, column: str, files: Collection[str]) -> None:
    """Remove files that a model's column named, but those that it still names."""
    field = apps.get_model(model)._meta.get_field(column)
    assert isinstance(field, models.FileField)
    storage.remove_files(field, files)


class _Cascade(Collector):
    """Collects the rows themselves, also where one statement could delete them unseen."""

    def can_fast_delete(self, *_args: Any, **_kwargs: Any) -> bool:
        """Never."""
        return False


def _files_of(cascade: Collector) -> Iterator[FilesDiscarded]:
    """The files of the rows that go, by model and column."""
    for model, rows in cascade.data.items():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                names = sorted({getattr(row, field.name).name or "" for row in rows} - {""})
                if names:
                    yield FilesDiscarded(model=model._meta.label, column=field.name, files=names)


def _is_due(row: models.Model, due: datetime) -> bool:
    if not isinstance(row, AbstractSoftDeleteModel):
        return True
    return not row.keep_deleted and row.deleted_at is not None and row.deleted_at < due
