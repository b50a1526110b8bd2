"""What the fields of a schema cost, as they declare it, and how long its lists are."""

from functools import lru_cache
from typing import Any

import strawberry
from graphql import GraphQLSchema, is_abstract_type, is_interface_type, is_object_type
from strawberry.schema_directive import Location

#: Of what the executor knows of the schema itself: its whole list of types costs half of what a
#: document may, so that it is asked for once, and what is below it is not counted.
TYPES_COST = 500


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="cost",
    description="What a field costs besides the rows that it answers, each of which costs 1.",
)
class CostDirective:
    """The weight of a field, as the SDL shows it."""

    weight: int = strawberry.directive_field(name="weight")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="listSize",
    description="How many objects a list that is no connection has, at the most.",
)
class ListSizeDirective:
    """The size of a list, as the SDL shows it: a number, or as many as arguments have items."""

    assumed_size: int | None = strawberry.directive_field(
        name="assumedSize", default=strawberry.UNSET
    )
    slicing_arguments: list[str] | None = strawberry.directive_field(
        name="slicingArguments", default=strawberry.UNSET
    )


class Tariff:
    """What the fields of a schema cost, and how long its lists are."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.weights: dict[str, dict[str, int]] = {"__Schema": {"types": TYPES_COST}}
        self.sizes: dict[tuple[str, str], ListSizeDirective] = {}
        kinds = schema.type_map.values()
        for kind in kinds:
            if is_object_type(kind) or is_interface_type(kind):
                self._read(kind)
        rows = schema.get_possible_types(schema.type_map["Node"])  # type: ignore[arg-type]
        #: The types whose objects are rows.
        self.rows = frozenset(kind.name for kind in rows)
        self.longest = _longest_lists(kinds)

    def _read(self, kind: Any) -> None:
        for name, field in kind.fields.items():
            definition = field.extensions.get("strawberry-definition")
            for directive in definition.directives if definition else ():
                if isinstance(directive, CostDirective):
                    self.weights.setdefault(kind.name, {})[name] = directive.weight
                elif isinstance(directive, ListSizeDirective):
                    self.sizes[kind.name, name] = directive

    def is_row(self, kind: Any) -> bool:
        """Whether an object of a type is a row, or may be one."""
        if is_abstract_type(kind):
            return any(each.name in self.rows for each in self.schema.get_possible_types(kind))
        return kind.name in self.rows


def _longest_lists(kinds: Any) -> dict[str, int]:
    """How long the lists of introspection are at the most, by their fields' names."""
    objects = [kind for kind in kinds if hasattr(kind, "fields")]
    fields = max(len(kind.fields) for kind in objects)
    return {
        "fields": fields,
        "inputFields": fields,
        "enumValues": max(len(kind.values) for kind in kinds if hasattr(kind, "values")),
        "interfaces": max(len(getattr(kind, "interfaces", ())) for kind in kinds),
        "possibleTypes": len(objects),
        "args": max(
            len(getattr(field, "args", ())) for kind in objects for field in kind.fields.values()
        ),
        "directives": 20,
        "types": 0,
    }


@lru_cache(maxsize=10)
def tariff_of(schema: GraphQLSchema) -> Tariff:
    """What the fields of a schema cost."""
    return Tariff(schema)


def is_connection(kind: Any) -> bool:
    """Whether a type is a page of a list."""
    return is_object_type(kind) and {"edges", "pageInfo"} <= kind.fields.keys()
