"""Removing for good what was deleted long ago."""

from collections.abc import Iterator
from datetime import timedelta

from django.apps import apps
from django.db import transaction
from django.db.models import ProtectedError

from kernel import clock
from kernel.models import AbstractSoftDeleteModel

KEPT_FOR = timedelta(days=90)


def purgeable_models() -> Iterator[type[AbstractSoftDeleteModel]]:
    """The models whose deleted rows go after a time: not those of money, ledgers and audits."""
    for model in apps.get_models():
        if issubclass(model, AbstractSoftDeleteModel) and not model.keep_deleted:
            yield model


def purge_deleted(*, model: type[AbstractSoftDeleteModel], batch: int = 500) -> int:
    """Remove one batch of a model's rows deleted more than 90 days ago; returns how many went.

    A row that a living or kept row still refers to stays, until that one goes.
    """
    gone = 0
    old = model.objects.deleted_only().filter(deleted_at__lt=clock.now() - KEPT_FOR)
    for row in old.order_by("deleted_at", "pk")[:batch]:
        try:
            with transaction.atomic():
                row.hard_delete()
        except ProtectedError:
            continue
        gone += 1
    return gone
