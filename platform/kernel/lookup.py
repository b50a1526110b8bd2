"""From rows to the one that was asked for, or to many of them by their keys."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

from kernel.errors import NotFound


def one_of(rows: QuerySet[Any], **conditions: Any) -> Any:
    """The row that meets the conditions; raises NotFound, as for one that is hidden."""
    found = rows.filter(**conditions).first()
    if found is None:
        raise NotFound
    return found


class _Among(Func):
    """Whether a column holds one of the items of an array."""

    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_context: Any) -> Any:
        """``column = ANY(array)``."""
        (column, given), (keys, more) = (compiler.compile(e) for e in self.source_expressions)
        return f"{column} = ANY({keys}::uuid[])", [*given, *more]


def among(column: str, keys: Collection[UUID]) -> Q:
    """The condition that a column holds one of many keys, which ``__in`` would send one by one."""
    # As text: each of them would be converted by itself, which takes longer than the search.
    array = "{" + ",".join([key.hex for key in keys]) + "}"
    return Q(_Among(F(column), Value(array)))
