"""Fields that lead from a row to one other, which is no column's."""

from collections.abc import Callable
from typing import Any

import strawberry_django
from django.db.models import Prefetch, QuerySet

from kernel.viewer import Viewer
from schema.base.types import SHARED, planned


def one_related(
    path: str,
    name: str,
    kind: Any,
    rows: Callable[[Viewer], QuerySet[Any]],
    *,
    description: str,
    needs: tuple[str, ...] = (),
    is_shared: bool = False,
) -> Any:
    """A field that shows the one row at the end of a relation that is among some; else null.

    ``needs`` are the columns that the relation begins with, ``is_shared`` says that it is the same
    for all who may see the object.
    """
    kept = f"_{name}"

    def resolve(root: Any) -> Any:
        found = getattr(root, kept)
        return next(iter(found), None) if isinstance(found, list) else found

    def asked(info: Any) -> Prefetch[Any]:
        return Prefetch(path, planned(rows(info.context.viewer), info), to_attr=kept)

    resolve.__annotations__["return"] = kind | None
    return strawberry_django.field(
        resolve,
        only=needs,
        prefetch_related=[asked],
        description=description,
        metadata={SHARED: is_shared},
    )
