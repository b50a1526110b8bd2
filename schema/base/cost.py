"""What an operation costs, found out before it runs from its selections and the sizes of its pages.

An operation costs 1, each row as much, and each field what ``@cost`` says of it: a statement of its
own, a search, an effect. An operation answers at most as much as is found here: pages are counted
as full, optional selections as wanted, and of the types that an object may have the most costly.
Each fragment is looked through once, however often it is spread.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_composite_type,
    is_list_type,
)
from strawberry import Schema

from schema.base.context import OPERATION_COST
from schema.base.errors import LimitExceeded
from schema.base.execution import Prepared, remembered
from schema.base.tariff import Tariff, is_connection, tariff_of


@dataclass(frozen=True, slots=True)
class Price:
    """What an operation costs, and how many objects it answers, at the most."""

    cost: int
    nodes: int


@dataclass(slots=True)
class _Amount:
    """Costs and objects, also those of each edge of the page that the selection is of."""

    cost: int = 0
    nodes: int = 0
    edge_cost: int = 0
    edge_nodes: int = 0

    def add(self, other: "_Amount") -> None:
        self.cost += other.cost
        self.nodes += other.nodes
        self.edge_cost += other.edge_cost
        self.edge_nodes += other.edge_nodes

    def widen(self, other: "_Amount") -> None:
        self.cost = max(self.cost, other.cost)
        self.nodes = max(self.nodes, other.nodes)
        self.edge_cost = max(self.edge_cost, other.edge_cost)
        self.edge_nodes = max(self.edge_nodes, other.edge_nodes)


def price_of(schema: Schema, prepared: Prepared, variables: dict[str, Any] | None) -> Price:
    """What an operation costs at the most, given its variables.

    Raises LimitExceeded for a page that is too large, too many objects, or too high a cost.
    """
    given = variables or {}
    sizes = tuple(_size_in(given.get(name)) for name in _size_variables(schema, prepared))
    price = _price(schema, prepared, sizes)
    limits = settings.DOCUMENT_LIMITS
    LimitExceeded.check("too_many_nodes", "objects in the answer", limits.nodes, price.nodes)
    LimitExceeded.check("too_expensive", "points of cost", limits.cost, price.cost)
    return price


def _size_in(value: Any) -> int | None:
    """The size that a variable says, as a number or by its length; None where it says none."""
    if isinstance(value, list):
        return len(value)
    return int(value) if isinstance(value, int | float) else None


@remembered
def _size_variables(schema: Schema, prepared: Prepared) -> tuple[str, ...]:
    """The variables of an operation by which its lists may have a size."""
    found = []
    for definition in prepared.operation.variable_definitions or ():
        kind: Any = definition.type
        while hasattr(kind, "type"):
            kind = kind.type
        if kind.name.value in ("Int", "ID"):
            found.append(definition.variable.name.value)
    return tuple(found)


@lru_cache(maxsize=2000)
def _price(schema: Schema, prepared: Prepared, sizes: tuple[int | None, ...]) -> Price:
    given = dict(zip(_size_variables(schema, prepared), sizes, strict=True))
    found = _Pricing(tariff_of(schema._schema), prepared, given).total()
    return Price(OPERATION_COST + found.cost, found.nodes)


class _Pricing:
    """One pass over an operation."""

    def __init__(self, tariff: Tariff, prepared: Prepared, given: dict[str, int | None]) -> None:
        self.tariff, self.schema = tariff, tariff.schema
        self.operation = prepared.operation
        self.fragments = {
            node.name.value: node
            for node in prepared.document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self.known: dict[str, _Amount] = {}
        self.given = self._defaults() | {k: v for k, v in given.items() if v is not None}

    def _defaults(self) -> dict[str, int | None]:
        return {
            each.variable.name.value: self._literal(each.default_value)
            for each in self.operation.variable_definitions or ()
            if each.default_value is not None
        }

    def total(self) -> _Amount:
        """What the whole operation comes to."""
        root = self.schema.get_root_type(self.operation.operation)
        return self._selection(self.operation.selection_set, root)

    def _selection(self, selection: SelectionSetNode, kind: Any) -> _Amount:
        """What is selected of an object of a type; where it may have several, of the most
        costly.
        """
        found, by_type = _Amount(), dict[str, _Amount]()
        for node in selection.selections:
            if isinstance(node, FieldNode):
                found.add(self._field(node, kind))
                continue
            on, amount = self._fragment(node, kind)
            if is_abstract_type(kind) and isinstance(on, GraphQLObjectType):
                by_type.setdefault(on.name, _Amount()).add(amount)
            else:
                found.add(amount)
        most = _Amount()
        for amount in by_type.values():
            most.widen(amount)
        found.add(most)
        return found

    def _fragment(self, node: Any, kind: Any) -> tuple[Any, _Amount]:
        """The type that a fragment is on, and what it comes to."""
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            on = self.schema.get_type(condition.name.value) if condition else kind
            return on, self._selection(node.selection_set, on)
        assert isinstance(node, FragmentSpreadNode)
        name = node.name.value
        definition = self.fragments[name]
        on = self.schema.get_type(definition.type_condition.name.value)
        if name not in self.known:
            self.known[name] = self._selection(definition.selection_set, on)
        return on, self.known[name]

    def _field(self, node: FieldNode, kind: Any) -> _Amount:
        name = node.name.value
        field = self.schema.get_field(kind, name)
        found = _Amount(self._weight(kind, name))
        inner = get_named_type(field.type) if field else None
        if node.selection_set is None or not is_composite_type(inner):
            return found
        below = self._selection(node.selection_set, inner)
        if is_connection(inner):
            page = self._page(node)
            below = _Amount(
                below.cost + page * below.edge_cost, below.nodes + page * below.edge_nodes
            )
        each = _Amount(below.cost + self.tariff.is_row(inner), below.nodes + 1)
        if is_connection(kind) and name == "edges":
            found.edge_cost, found.edge_nodes = each.cost, each.nodes
            return found
        size = self._size(node, kind, field)
        found.cost += size * each.cost
        found.nodes += size * each.nodes
        return found

    def _weight(self, kind: Any, name: str) -> int:
        """What a field costs by itself; of an interface's, the most that a type's does."""
        kinds = self.schema.get_possible_types(kind) if is_abstract_type(kind) else [kind]
        return max(
            (self.tariff.weights.get(each.name, {}).get(name, 0) for each in kinds), default=0
        )

    def _page(self, node: FieldNode) -> int:
        """The rows of a connection's page. Raises LimitExceeded."""
        asked = [self._argument(node, name) for name in ("first", "last")]
        size = max((each for each in asked if each is not None), default=None)
        if size is None:
            return settings.PAGE_SIZE_DEFAULT
        LimitExceeded.check("invalid_page", "rows on a page", settings.PAGE_SIZE_MAX, size)
        return max(size, 0)

    def _size(self, node: FieldNode, kind: Any, field: Any) -> int:
        """How many objects a field answers that is no connection's page."""
        name = node.name.value
        if not is_list_type(get_nullable_type(field.type)):
            return 1
        if kind.name.startswith("__"):
            return self.tariff.longest[name]
        declared = self.tariff.sizes[kind.name, name]
        if declared.slicing_arguments:
            return max(self._argument(node, name) or 0 for name in declared.slicing_arguments)
        return declared.assumed_size or 0

    def _argument(self, node: FieldNode, name: str) -> int | None:
        """The size that an argument says, as a number or by its length."""
        for argument in node.arguments or ():
            if argument.name.value == name:
                if isinstance(argument.value, VariableNode):
                    return self.given.get(argument.value.name.value)
                return self._literal(argument.value)
        return None

    def _literal(self, value: Any) -> int | None:
        if isinstance(value, IntValueNode):
            return int(value.value)
        if isinstance(value, ListValueNode):
            return len(value.values)
        return 1 if hasattr(value, "value") and value.value is not None else None
