"""Answers that are the same for all who may have them: executed once, and sent to all."""

from collections import Counter
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    visit,
)
from strawberry import Schema
from strawberry_django.fields.field import StrawberryDjangoField

from schema.base.execution import Prepared, remembered
from schema.base.types import SHARED, is_many


@remembered
def is_shared(schema: Schema, prepared: Prepared) -> bool:
    """Whether each field that a subscription selects says of itself that it is the same for all
    who may see the object that it is of.
    """
    return _Reading(schema._schema, prepared).covers(
        prepared.operation.selection_set, schema._schema.subscription_type, is_root=True
    )


@remembered
def cursor_variable(schema: Schema, prepared: Prepared) -> str | None:
    """The variable that is a subscription's cursor, and nothing else besides: by it listeners do
    not differ, once they have caught up.
    """
    names = [
        argument.value.name.value
        for node in prepared.operation.selection_set.selections
        if isinstance(node, FieldNode)
        for argument in node.arguments or ()
        if argument.name.value == "after" and isinstance(argument.value, VariableNode)
    ]
    uses = _Uses()
    visit(prepared.document, uses)
    return next((name for name in names if uses.count[name] == 1), None)


class _Uses(Visitor):
    """Counts where variables are used, their definitions apart."""

    def __init__(self) -> None:
        super().__init__()
        self.count: Counter[str] = Counter()

    def enter_variable(self, node: VariableNode, _key: Any, parent: Any, *_: Any) -> None:
        """Count one."""
        self.count[node.name.value] += not isinstance(parent, VariableDefinitionNode)


class _Reading:
    """A document that is looked through, each fragment once."""

    def __init__(self, schema: GraphQLSchema, prepared: Prepared) -> None:
        self.schema = schema
        self.fragments = {
            node.name.value: node
            for node in prepared.document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self.seen: set[str] = set()

    def covers(self, selection: SelectionSetNode, parent: Any, *, is_root: bool = False) -> bool:
        """Whether everything that is selected of a type is shared."""
        for node in selection.selections:
            if isinstance(node, FragmentSpreadNode):
                fine = self._fragment(node.name.value)
            elif isinstance(node, FieldNode):
                fine = self._field(node, parent, is_root)
            else:
                assert isinstance(node, InlineFragmentNode)
                condition = node.type_condition
                inner = self.schema.get_type(condition.name.value) if condition else parent
                fine = self.covers(node.selection_set, inner, is_root=is_root)
            if not fine:
                return False
        return True

    def _fragment(self, name: str) -> bool:
        if name in self.seen:
            return True
        self.seen.add(name)
        node = self.fragments[name]
        on = self.schema.get_type(node.type_condition.name.value)
        return self.covers(node.selection_set, on, is_root=on is self.schema.subscription_type)

    def _field(self, node: FieldNode, parent: Any, is_root: bool) -> bool:
        name = node.name.value
        if name.startswith("__"):
            return True
        types = self.schema.get_possible_types(parent) if is_abstract_type(parent) else [parent]
        if not is_root and not all(_says_shared(each, name) for each in types):
            return False
        inner = get_named_type(parent.fields[name].type)
        if not is_composite_type(inner) or node.selection_set is None:
            return True
        return self.covers(node.selection_set, inner)


def _says_shared(kind: GraphQLObjectType, name: str) -> bool:
    is_id = name == "id" and any(interface.name == "Node" for interface in kind.interfaces)
    return is_id or says_shared(kind.fields[name])


def says_shared(field: Any) -> bool:
    """Whether a field is the same for all who may see the object that it is of: columns and what
    is computed from them are, to-one relations, and what says so of itself.
    """
    definition = field.extensions.get("strawberry-definition")
    if definition is None:
        return False
    if definition.metadata.get(SHARED):
        return True
    is_column = isinstance(definition, StrawberryDjangoField) and not definition.base_resolver
    return is_column and not is_many(definition)
