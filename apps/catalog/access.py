"""From ids to entries of the catalog, for those who may see them."""

from collections.abc import Collection
from typing import Any, TypeVar
from uuid import UUID

from kernel.errors import NotFound
from kernel.lookup import one_of
from kernel.models import AbstractSoftDeleteModel
from kernel.viewer import Viewer

Entry = TypeVar("Entry", bound=AbstractSoftDeleteModel)


def catalog_entry(viewer: Viewer, model: type[Entry], entry_id: UUID) -> Entry:
    """An entry of a model of the catalog; raises NotFound."""
    rows: Any = model.objects
    found: Entry = one_of(rows.visible_to(viewer), pk=entry_id)
    return found


def catalog_entries(viewer: Viewer, model: type[Entry], ids: Collection[UUID]) -> list[Entry]:
    """Entries of a model of the catalog, by key; raises NotFound where one is missing."""
    rows: Any = model.objects
    found = list(rows.visible_to(viewer).filter(pk__in=ids).order_by("pk"))
    if len(found) != len(set(ids)):
        raise NotFound
    return found


def deleted_entry(viewer: Viewer, model: type[Entry], entry_id: UUID) -> Entry:
    """A deleted entry, for staff who may change those of its model; raises NotFound."""
    rows: Any = model.objects
    options = model._meta
    if not viewer.has_permission(f"{options.app_label}.change_{options.model_name}"):
        raise NotFound
    found: Entry = one_of(rows.deleted_only().visible_to(viewer), pk=entry_id)
    return found
