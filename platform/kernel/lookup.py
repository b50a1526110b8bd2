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
    return Q(_Among(F(column), _array(keys)))


class _AmongPairs(Func):
    """Whether two columns hold one of the pairs of two arrays."""

    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_context: Any) -> Any:
        """``(column, column) IN (SELECT unnest(array), unnest(array))``, which go in step."""
        parts = [compiler.compile(each) for each in self.source_expressions]
        one, other, ones, others = (sql for sql, _ in parts)
        pairs = f"SELECT unnest({ones}::uuid[]), unnest({others}::uuid[])"
        return f"({one}, {other}) IN ({pairs})", [each for _, given in parts for each in given]


def among_pairs(one: str, other: str, pairs: Collection[tuple[UUID, UUID]]) -> Q:
    """The condition that two columns hold one of many pairs of keys."""
    arrays = _array([first for first, _ in pairs]), _array([second for _, second in pairs])
    return Q(_AmongPairs(F(one), F(other), *arrays))


def _array(keys: Collection[UUID]) -> Value:
    # As text: each of them would be converted by itself, which takes longer than the search.
    return Value("{" + ",".join([key.hex for key in keys]) + "}")
