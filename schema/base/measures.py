"""How large a document is, found out in one pass over it, before it is compared with the schema.

Each definition is looked through once, however often it is spread: what validation and execution
would take ever longer for is refused by then.
"""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FloatValueNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from kernel.limits import DocumentLimits
from schema.base.errors import LimitExceeded

#: Fields at the root that ask what the schema is, and the lists below them by which such a
#: question grows.
INTROSPECTION = {"__schema", "__type"}
TYPE_LISTS = {"types", "fields", "inputFields", "interfaces", "possibleTypes"}

#: How far a question about the schema may go from list to list.
MAX_TYPE_LISTS = 2
#: Longer numbers are none that a column holds, and Python takes ever longer to read them.
MAX_DIGITS = 100

#: What is ignored, and then a token, by https://spec.graphql.org/September2025/#sec-Language. Text
#: that is never closed is one token up to its end, so that no character is read twice.
TOKEN = re.compile(
    r"(?:[\s,\ufeff]|#[^\n\r]*)*+"
    r'(?:"""(?:[^"\\]|\\"""|\\|"(?!""))*+(?:"""|\Z)'
    r'|"(?:[^"\\\n\r]|\\.)*+"?'
    r"|[_A-Za-z][_0-9A-Za-z]*|-?[0-9][0-9A-Za-z.+-]*|\.\.\.|.)"
)


def tokens(text: str) -> int:
    """How many tokens a text has."""
    return len(TOKEN.findall(text))


@dataclass(slots=True)
class Extent:
    """How far a selection reaches, its fragments included."""

    #: Levels of objects, those of questions about the schema apart.
    depth: int = 0
    introspection_depth: int = 0
    #: Lists of the schema's types within each other, and fields that would be such lists there.
    introspection_lists: int = 0
    type_lists: int = 0
    #: Levels of selections, those of fragments included.
    nesting: int = 0
    #: Fields that are answered under another name, as often as their fragments are spread.
    aliases: int = 0
    #: Fields at the top, counted likewise.
    fields: int = 0

    def widen(self, other: "Extent") -> None:
        """Take in a selection that stands in another place."""
        self.depth = max(self.depth, other.depth)
        self.introspection_depth = max(self.introspection_depth, other.introspection_depth)
        self.introspection_lists = max(self.introspection_lists, other.introspection_lists)
        self.type_lists = max(self.type_lists, other.type_lists)
        self.nesting = max(self.nesting, other.nesting)
        self.aliases = max(self.aliases, other.aliases)

    def add(self, other: "Extent") -> None:
        """Take in a selection that stands beside."""
        aliases = self.aliases + other.aliases
        self.widen(other)
        self.aliases = aliases
        self.fields += other.fields


@dataclass(slots=True)
class Measures:
    """What of a document is limited."""

    #: Of its operations, the largest of each.
    extent: Extent
    #: Fields at the root of a mutation.
    mutations: int = 0
    operations: int = 0
    directives: int = 0
    #: Fields that may be answered under one name in one place.
    repeats: int = 0
    #: Items of the longest list that is written out, and digits of the longest number.
    list_items: int = 0
    digits: int = 0


def measure(document: DocumentNode) -> Measures:
    """How large a document is. Raises RecursionError where it is nested too deeply for that."""
    return _Survey(document).measures


def check_text(text: str, limits: DocumentLimits) -> None:
    """Raise LimitExceeded for a text that is not even to be parsed."""
    LimitExceeded.check("document_too_long", "characters", limits.length, len(text))
    LimitExceeded.check("too_many_tokens", "tokens", limits.tokens, tokens(text))


def check_document(document: DocumentNode, limits: DocumentLimits) -> None:
    """Raise LimitExceeded for a document that is not to be compared with the schema."""
    found = measure(document)
    extent, check = found.extent, LimitExceeded.check
    check("document_too_deep", "levels of objects", limits.depth, extent.depth)
    check("document_too_deep", "levels of selections", limits.nesting, extent.nesting)
    check("too_many_aliases", "aliases", limits.aliases, extent.aliases)
    check("too_many_directives", "directives", limits.directives, found.directives)
    check("too_many_operations", "operations", limits.operations, found.operations)
    check("too_many_mutations", "mutations", limits.mutations, found.mutations)
    check("too_many_repeats", "fields of one name in one place", limits.repeats, found.repeats)
    check("list_too_long", "items of a list", limits.list_items, found.list_items)
    check("number_too_long", "digits", MAX_DIGITS, found.digits)
    depth, lists = extent.introspection_depth, extent.introspection_lists
    check("introspection_too_deep", "levels of types", limits.introspection_depth, depth)
    check("introspection_too_deep", "lists of types in each other", MAX_TYPE_LISTS, lists)


def check_variables(variables: dict[str, Any] | None, limits: DocumentLimits) -> None:
    """Raise LimitExceeded for variables that hold too much."""
    values, depth, level = 0, 0, list[Any]([variables] if variables else [])
    while level:
        depth, below = depth + 1, list[Any]()
        for value in level:
            if isinstance(value, list):
                LimitExceeded.check("list_too_long", "items", limits.list_items, len(value))
            below += value.values() if isinstance(value, dict) else value
        values += len(below)
        LimitExceeded.check("too_many_values", "values", limits.input_values, values)
        LimitExceeded.check("input_too_deep", "levels of input", limits.input_depth, depth)
        level = [each for each in below if isinstance(each, dict | list)]


class _Survey:
    """One pass over a document."""

    def __init__(self, document: DocumentNode) -> None:
        self.measures = Measures(Extent())
        self._fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, Extent] = {}
        # Fields by the name they are answered under and the field that they stand in; those at the
        # top of a fragment can stand in any.
        self._inside: Counter[tuple[str, str]] = Counter()
        self._anywhere: Counter[str] = Counter()
        for name in self._fragments:
            self._fragment(name)
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                self._operation(node)
        self.measures.repeats = self._repeats()

    def _operation(self, node: OperationDefinitionNode) -> None:
        self._note(node)
        for variable in node.variable_definitions or ():
            self._note(variable)
            self._value(variable.default_value)
        extent = self._selection(node.selection_set, "")
        found = self.measures
        found.operations += 1
        found.extent.widen(extent)
        if node.operation is OperationType.MUTATION:
            found.mutations = max(found.mutations, extent.fields)

    def _fragment(self, name: str) -> Extent:
        """What a fragment brings to where it is spread; nothing for one that is not there or that
        spreads itself, which no rule lets pass.
        """
        if name not in self._known:
            self._known[name] = Extent()
            if node := self._fragments.get(name):
                self._note(node)
                self._known[name] = self._selection(node.selection_set, None)
        return self._known[name]

    def _selection(self, selection: SelectionSetNode, inside: str | None) -> Extent:
        found = Extent()
        for node in selection.selections:
            self._note(node)
            if isinstance(node, FieldNode):
                found.add(self._field(node, inside))
            elif isinstance(node, FragmentSpreadNode):
                found.add(self._fragment(node.name.value))
            elif isinstance(node, InlineFragmentNode):
                found.add(self._selection(node.selection_set, inside))
        found.nesting += 1
        return found

    def _field(self, node: FieldNode, inside: str | None) -> Extent:
        name = node.name.value
        answered_as = node.alias.value if node.alias else name
        if inside is None:
            self._anywhere[answered_as] += 1
        else:
            self._inside[inside, answered_as] += 1
        for argument in node.arguments or ():
            self._value(argument.value)
        found = Extent()
        if node.selection_set is not None:
            found = self._selection(node.selection_set, answered_as)
            _go_up(found, name)
        found.aliases += node.alias is not None
        found.fields = 1
        return found

    def _note(self, node: Any) -> None:
        """Count the directives at a part of the document."""
        for directive in node.directives or ():
            self.measures.directives += 1
            for argument in directive.arguments or ():
                self._value(argument.value)

    def _value(self, node: Any) -> None:
        if isinstance(node, ListValueNode):
            self.measures.list_items = max(self.measures.list_items, len(node.values))
            for value in node.values:
                self._value(value)
        elif isinstance(node, ObjectValueNode):
            for field in node.fields:
                self._value(field.value)
        elif isinstance(node, IntValueNode | FloatValueNode):
            self.measures.digits = max(self.measures.digits, len(node.value))

    def _repeats(self) -> int:
        inside = (count + self._anywhere[name] for (_, name), count in self._inside.items())
        return max([*inside, *self._anywhere.values()], default=0)


def _go_up(extent: Extent, name: str) -> None:
    """From what is selected of a field's object to the object."""
    if name in INTROSPECTION:
        extent.introspection_depth = extent.depth + 1
        extent.introspection_lists = extent.type_lists
        extent.depth = 0
    else:
        extent.depth += 1
    extent.type_lists += name in TYPE_LISTS
