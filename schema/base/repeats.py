"""How many fields of a document have to be compared with each other when it is validated: whether
those that are answered under one name in one place could be one.
"""

from collections import Counter
from typing import Any

from graphql import DocumentNode, FieldNode, Visitor, visit

#: The most that may be answered under one name in one place: each is compared with all others.
MAX_REPEATS = 100


def repeats(document: DocumentNode) -> int:
    """How many fields may be answered under one name in one place, at the most."""
    names = _Names()
    visit(document, names)
    return names.most


class _Names(Visitor):
    """Counts fields by what could make them one: the name by which they are answered, and that of
    the field that they stand in. Those at the root of a fragment can stand in any.
    """

    def __init__(self) -> None:
        super().__init__()
        self.inside: Counter[tuple[str, str]] = Counter()
        self.anywhere: Counter[str] = Counter()
        self._path: list[str | None] = []

    def enter_operation_definition(self, *_: Any) -> None:
        """What follows stands in the operation."""
        self._path = [""]

    def enter_fragment_definition(self, *_: Any) -> None:
        """What follows stands anywhere."""
        self._path = [None]

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Count one."""
        name, parent = (node.alias or node.name).value, self._path[-1]
        self._path.append(name)
        if parent is None:
            self.anywhere[name] += 1
        else:
            self.inside[parent, name] += 1

    def leave_field(self, *_: Any) -> None:
        """What follows stands in its parent again."""
        self._path.pop()

    @property
    def most(self) -> int:
        """How many fields have to be compared with each other, at the most."""
        inside = (count + self.anywhere[name] for (_, name), count in self.inside.items())
        return max([*inside, *self.anywhere.values()], default=0)
