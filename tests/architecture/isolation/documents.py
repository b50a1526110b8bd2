"""Documents that select all there is, written from the schema itself."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.db import models
from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
)
from strawberry_django.utils.typing import get_django_definition

from schema.root import schema
from tests.architecture.isolation.grants import GRANTS

CORE = schema._schema
QUERIES = CORE.query_type.fields if CORE.query_type else {}
MUTATIONS = CORE.mutation_type.fields if CORE.mutation_type else {}
SUBSCRIPTIONS = CORE.subscription_type.fields if CORE.subscription_type else {}

#: How deep fields are nested, and how much one document asks for.
MAX_DEPTH, MAX_NODES, MAX_WORDS = 10, 700, 1300
#: How many relations are followed: one more in make soak, which takes three times as long.
MAX_RELATIONS = int(os.environ.get("ISOLATION_RELATIONS", "2"))
#: Whether we are in make soak.
IS_DEEP = MAX_RELATIONS > 2
#: Rows asked for of the list at the root, and of those below it.
ROOT_PAGE, PAGE = 30, 4


@dataclass(frozen=True)
class Selection:
    """A part of a document: its text, and how many rows it asks for."""

    text: str
    nodes: int = 0

    @property
    def words(self) -> int:
        """Roughly its tokens."""
        return len(re.findall(r"\w+|[^\s\w]", self.text))


@dataclass(frozen=True)
class Place:
    """Where in a document one stands: how deep, below how many relations, for how many rows."""

    depth: int
    relations: int
    rows: int
    #: Also what hangs on what everyone reads.
    everything: bool = False

    def below(self, *, levels: int, rows: int = 1) -> "Place":
        """A place further down."""
        return replace(
            self,
            depth=self.depth + levels,
            relations=self.relations + 1,
            rows=self.rows * rows,
        )


def model_of(kind: Any) -> type[models.Model] | None:
    """The model that a type of the API shows."""
    definition = schema.get_type_by_name(get_named_type(kind).name)
    found = get_django_definition(definition.origin) if hasattr(definition, "origin") else None
    return found.model if found else None


def node_types() -> dict[str, type[models.Model]]:
    """The types that have global ids, with their models."""
    kinds = CORE.get_possible_types(CORE.type_map["Node"])  # type: ignore[arg-type]
    return {kind.name: model for kind in kinds if (model := model_of(kind)) is not None}


def is_connection(kind: Any) -> bool:
    """Whether a type is a page of a list."""
    named = get_named_type(kind)
    return isinstance(named, GraphQLObjectType) and {"edges", "pageInfo"} <= named.fields.keys()


def listed(kind: Any) -> Any:
    """The type of the rows in a connection."""
    edge = get_named_type(get_named_type(kind).fields["edges"].type)
    return get_named_type(edge.fields["node"].type)  # type: ignore[union-attr]


def listed_types() -> set[str]:
    """The types that have a list at the root."""
    return {listed(f.type).name for f in QUERIES.values() if is_connection(f.type)}


def whole(
    kind: Any, arguments: str = "", *, relations: int = MAX_RELATIONS, everything: bool = False
) -> list[str]:
    """What can stand behind a root field's name: arguments and selections that reach all."""
    named = get_named_type(kind)
    if is_leaf_type(named):
        return [_given(arguments)]
    selections = _selections(named, relations, everything)
    if is_connection(named):
        given = ", ".join(filter(None, (arguments, f"first: {ROOT_PAGE}")))
        return [_page(given, selection) for selection in selections]
    return [f"{_given(arguments)} {{ {selection} }}" for selection in selections]


@cache
def _selections(kind: GraphQLNamedType, relations: int, everything: bool) -> list[str]:
    """All that can be selected of a type, or of the rows of a page."""
    followed = MAX_RELATIONS - relations
    if is_connection(kind):
        found = parts(listed(kind), Place(3, followed, ROOT_PAGE, everything))
    else:
        found = parts(kind, Place(1, followed, 1, everything))
    return [part.text for part in found]


def parts(
    kind: GraphQLNamedType, place: Place, on: frozenset[str] = frozenset()
) -> list[Selection]:
    """All below a type, in as many selections as the limits ask for."""
    if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
        return [
            Selection(f"__typename ... on {possible.name} {{ {part.text} }}", part.nodes)
            for possible in CORE.get_possible_types(kind)
            for part in parts(possible, place, on)
        ]
    assert isinstance(kind, GraphQLObjectType)
    found = [Selection(_plain(kind, place.depth), place.rows)]
    for name, field in kind.fields.items():
        path = f"{kind.name}.{name}"
        if path not in on and _is_relation(field) and not _is_public(kind, place):
            for part in _related(name, field, place, on | {path}):
                _add(found, part)
    return found


def _add(found: list[Selection], part: Selection) -> None:
    joined = Selection(f"{found[-1].text} {part.text}", found[-1].nodes + part.nodes)
    if joined.nodes <= MAX_NODES and joined.words <= MAX_WORDS:
        found[-1] = joined
    else:
        found.append(part)


def _related(name: str, field: Any, place: Place, on: frozenset[str]) -> Iterator[Selection]:
    if place.relations >= MAX_RELATIONS:
        return
    kind = get_named_type(field.type)
    if is_connection(kind):
        below = place.below(levels=3, rows=PAGE)
        if below.depth < MAX_DEPTH:
            for part in parts(listed(kind), below, on):
                yield Selection(f"{name}{_page(f'first: {PAGE}', part.text)}", part.nodes)
    elif place.depth + 1 < MAX_DEPTH:
        for part in parts(kind, place.below(levels=1), on):
            yield Selection(f"{name} {{ {part.text} }}", part.nodes)


def _page(arguments: str, selection: str) -> str:
    return f"({arguments}) {{ totalCount edges {{ node {{ {selection} }} }} }}"


def _given(arguments: str) -> str:
    return f"({arguments})" if arguments else ""


def _plain(kind: GraphQLObjectType, depth: int) -> str:
    """The fields of a type that are values, such as texts and amounts."""
    names = ["__typename"]
    for name, field in kind.fields.items():
        named = get_named_type(field.type)
        if is_leaf_type(named) and not asks(field):
            names.append(name)
        elif is_value(named) and depth + 1 < MAX_DEPTH:
            names.append(f"{name} {{ {' '.join(named.fields)} }}")  # type: ignore[union-attr]
    return " ".join(names)


def is_value(kind: Any) -> bool:
    """Whether a type is a value of several parts, such as an amount, and no row."""
    if not isinstance(kind, GraphQLObjectType) or kind.interfaces:
        return False
    return all(is_leaf_type(get_named_type(field.type)) for field in kind.fields.values())


def _is_relation(field: Any) -> bool:
    named = get_named_type(field.type)
    return not is_leaf_type(named) and not is_value(named) and not asks(field)


def asks(field: Any) -> bool:
    """Whether a field cannot be read without arguments."""
    return any(is_required_argument(argument) for argument in field.args.values())


def _is_public(kind: GraphQLObjectType, place: Place) -> bool:
    """Whether a type below the root is one that everyone reads: what hangs on it is no secret."""
    model = model_of(kind)
    is_below = place.depth > 3 and not place.everything
    return is_below and model is not None and model._meta.label in PUBLIC


PUBLIC = {
    grant.model
    for grant in GRANTS
    if grant.columns == "*" and grant.model.startswith(("catalog.", "core."))
}


def input_fields(kind: Any) -> dict[str, Any]:
    """The fields of an input, none for what is no input."""
    named = get_named_type(kind)
    return named.fields if isinstance(named, GraphQLInputObjectType) else {}


def is_id(kind: Any) -> bool:
    """Whether an argument or a field of an input is an id, or a list of them."""
    return get_named_type(kind).name == "ID"


def is_list(kind: Any) -> bool:
    """Whether something is a list."""
    return is_list_type(get_nullable_type(kind))
