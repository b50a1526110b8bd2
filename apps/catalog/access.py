"""From ids to entries of the catalog, for those who may see them."""

from typing import Any, TypeVar
from uuid import UUID

from kernel.lookup import one_of
from kernel.models import AbstractSoftDeleteModel
from kernel.viewer import Viewer

Entry = TypeVar("Entry", bound=AbstractSoftDeleteModel)


def catalog_entry(viewer: Viewer, model: type[Entry], entry_id: UUID) -> Entry:
    """An entry of a model of the catalog; raises NotFound."""
    rows: Any = model.objects
    found: Entry = one_of(rows.visible_to(viewer), pk=entry_id)
    return found
