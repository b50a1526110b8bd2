"""From rows to the one that was asked for."""

from typing import Any

from django.db.models import QuerySet

from kernel.errors import NotFound


def one_of(rows: QuerySet[Any], **conditions: Any) -> Any:
    """The row that meets the conditions; raises NotFound, as for one that is hidden."""
    found = rows.filter(**conditions).first()
    if found is None:
        raise NotFound
    return found
