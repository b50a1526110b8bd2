"""Queries that are compiled once: making their SQL anew costs more than the answer."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.db.models.query import RawQuerySet


class Compiled:
    """A query whose values alone differ from call to call.

    ``samples`` are values, unlike any other in the query, that stand for those while it is
    compiled. What it finds are rows of one table with its annotations: nothing is joined to them.
    """

    def __init__(self, build: Callable[..., QuerySet[Any]], *samples: Any) -> None:
        self.build = build
        self.samples = samples

    def __call__(self, *values: Any) -> RawQuerySet[Any]:
        """The rows for these values."""
        model, sql, parameters = self._statement
        given = dict(zip(self.samples, values, strict=True))
        rows: RawQuerySet[Any] = model._base_manager.raw(
            sql, [given.get(each, each) for each in parameters]
        )
        return rows

    @cached_property
    def _statement(self) -> tuple[Any, str, tuple[Any, ...]]:
        rows = self.build(*self.samples)
        return rows.model, *rows.query.sql_with_params()
