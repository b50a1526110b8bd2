"""What the libraries make from ours, described and trimmed: filters, orders, lookups, unions."""

import re
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
)
from strawberry import Schema

TYPES = {
    "Query": "What can be asked. The gate of each field says who may.",
    "Mutation": "What can be done. Each answers its object, or an OperationInfo that says why not.",
    "Subscription": "What can be followed live, over WebSocket.",
    "Ordering": "Which way to order, and where nulls go.",
}
#: Types by the ends of their names; the longest that fits is taken.
ENDINGS = {
    "Payload": "The object that was changed, or why it was not.",
    "Order": "What to order a list by.",
    "Lookup": "How a value compares: all that is given must hold.",
    "RangeLookup": "A range, its ends included.",
}
ARGUMENTS = {
    "input": "What it takes.",
    "id": "The global id of the object.",
    "ids": "Global ids, 100 at most.",
    "filter": "Which rows to list.",
    "order": "What to order them by.",
    "weight": "Points of cost.",
    "assumedSize": "So many.",
    "slicingArguments": "As many as one of these arguments has items.",
    "allows": "The callers that are let through.",
    "permission": "The permission that they must hold as well.",
    "fresh": "Whether they must have shown a password or second factor a short while ago.",
}
FIELDS = {
    "id": "Rows with these ids.",
    "AND": "Conditions that hold as well.",
    "OR": "Conditions that may hold instead.",
    "NOT": "Conditions that do not hold.",
    "DISTINCT": "Whether each row is listed once only.",
    "start": "Where it begins.",
    "end": "Where it ends.",
}
VALUES = {
    "ASC": "From small to large.",
    "ASC_NULLS_FIRST": "From small to large, after nulls.",
    "ASC_NULLS_LAST": "From small to large, before nulls.",
    "DESC": "From large to small.",
    "DESC_NULLS_FIRST": "From large to small, after nulls.",
    "DESC_NULLS_LAST": "From large to small, before nulls.",
}


def drop_patterns(schema: Schema) -> None:
    """Take the lookups by regular expression from all filters: anyone could send a slow one."""
    for kind in schema._schema.type_map.values():
        if isinstance(kind, GraphQLInputObjectType) and kind.name.endswith("Lookup"):
            for name in ("regex", "iRegex"):
                kind.fields.pop(name, None)


def describe(schema: Schema) -> None:
    """Describe what has no description and is known here; what is not stays bare."""
    for kind in schema._schema.type_map.values():
        kind.description = kind.description or _of_type(kind.name)
        if isinstance(kind, GraphQLEnumType):
            for name, value in kind.values.items():
                value.description = value.description or VALUES.get(name)
        if isinstance(kind, GraphQLInputObjectType):
            for name, given in kind.fields.items():
                given.description = given.description or _of_field(kind.name, name)
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field in kind.fields.values():
                _describe_arguments(field)
    for directive in schema._schema.directives:
        _describe_arguments(directive)


def _describe_arguments(owner: Any) -> None:
    for name, argument in owner.args.items():
        argument.description = argument.description or ARGUMENTS.get(name)


def _of_type(name: str) -> str | None:
    endings = sorted((end for end in ENDINGS if name.endswith(end) and name != end), key=len)
    return TYPES.get(name) or (ENDINGS[endings[-1]] if endings else None)


def _of_field(owner: str, name: str) -> str | None:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    if name not in FIELDS and owner.endswith("FilterLookup"):
        return f"How its {words} compares."
    if name not in FIELDS and owner.endswith("Order"):
        return f"By {words}."
    return FIELDS.get(name)
