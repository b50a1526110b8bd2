"""Any sequence of deletions and restorations of a small tree, beside a model of a few lines."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.factories.catalog import (
    AddonFactory,
    CategoryFactory,
    PackageFactory,
    SubcategoryFactory,
)

#: Each node's parent: a root with two branches, one with two services, one of which holds two.
PARENTS = (None, 0, 0, 1, 1, 3, 3)

steps = st.lists(
    st.tuples(st.sampled_from(["delete", "restore"]), st.integers(0, len(PARENTS) - 1)),
    min_size=3,
    max_size=15,
)


class Tree:
    """What the rows should do: each node's deletion batch, or None while it is there."""

    def __init__(self) -> None:
        self.batches: list[UUID | None] = [None] * len(PARENTS)

    def delete(self, node: int) -> None:
        """Take a living node and the living below it."""
        if self.batches[node] is None:
            self._move(node, None, uuid4())

    def restore(self, node: int) -> None:
        """Give back a node and those below it that went with it."""
        if self.batches[node] is not None:
            self._move(node, self.batches[node], None)

    def _move(self, node: int, before: UUID | None, after: UUID | None) -> None:
        self.batches[node] = after
        for child, parent in enumerate(PARENTS):
            if parent == node and self.batches[child] == before:
                self._move(child, before, after)


def planted() -> list[Any]:
    """The rows of the tree."""
    root = CategoryFactory()
    left, right = CategoryFactory(parent=root), CategoryFactory(parent=root)
    tap, pipe = SubcategoryFactory(category=left), SubcategoryFactory(category=left)
    return [
        root,
        left,
        right,
        tap,
        pipe,
        AddonFactory(subcategory=tap),
        PackageFactory(subcategory=tap),
    ]


def living(rows: list[Any]) -> list[bool]:
    """Which rows their managers show."""
    return [type(row).objects.filter(pk=row.pk).exists() for row in rows]


@pytest.mark.django_db
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example([("delete", 1), ("delete", 0), ("restore", 0)])
@example([("delete", 0), ("restore", 1), ("delete", 1), ("restore", 0)])
@given(steps)
def test_rows_do_what_the_model_does(steps: list[tuple[str, int]]):
    tree, rows = Tree(), planted()

    for verb, node in steps:
        getattr(tree, verb)(node)
        getattr(rows[node], verb)()

        assert living(rows) == [batch is None for batch in tree.batches]
