"""The mutations that take an idempotency key or a version, and how they are called with it."""

from collections.abc import Iterator
from typing import Any

from tests.architecture.isolation import documents
from tests.architecture.isolation.actors import OWNER
from tests.architecture.isolation.calling import Input, Valid, load, valid_for
from tests.architecture.isolation.world import World
from tests.architecture.isolation.writing import input_of

KEY = "idempotencyKey"


def takes(name: str, field: str, kind: str) -> bool:
    """Whether a mutation's input has a field of a type."""
    argument = documents.MUTATIONS[name].args.get("input")
    found = documents.input_fields(argument.type).get(field) if argument else None
    return found is not None and str(found.type).rstrip("!") == kind


def takes_key(name: str) -> bool:
    """Whether a mutation can be repeated under a key."""
    return takes(name, KEY, "String")


def takes_version(name: str) -> bool:
    """Whether a mutation can be told which version was read: releases call their name so."""
    return takes(name, "version", "Int")


VERSIONED = [name for name in sorted(documents.MUTATIONS) if takes_version(name)]
UNVERSIONED = [name for name in sorted(documents.MUTATIONS) if not takes_version(name)]
KEYED = [name for name in sorted(documents.MUTATIONS) if takes_key(name)]
UNKEYED = [name for name in sorted(documents.MUTATIONS) if not takes_key(name)]
#: Each with the number of one of the ways to call it.
load()
WAYS = [(name, number) for name in KEYED for number in range(len(valid_for(name)))]


def token_of(world: World, valid: Valid) -> str | None:
    """A token of whoever calls a mutation rightly."""
    return world.actors[valid.by or OWNER].tokens[0]


def _versioned_types() -> Iterator[str]:
    for kind in documents.node_types():
        fields = documents.CORE.type_map[kind].fields  # type: ignore[union-attr]
        if "version" in fields and str(fields["version"].type) == "Int!":
            yield kind


def versioned_call(
    name: str, given: Input, version: int, token: str | None
) -> tuple[str, str | None, dict[str, Any] | None]:
    """How a mutation is called for a version that was read: document, token, variables."""
    versions = " ".join(f"... on {kind} {{ version }}" for kind in _versioned_types())
    refusal = f"reasons: messages {{ code }} current {{ id {versions} }}"
    document = (
        f"mutation($input: {documents.MUTATIONS[name].args['input'].type}) {{ {name}(input: $input)"
        f" {{ __typename ... on OperationInfo {{ {refusal} }} }} }}"
    )
    return document, token, {"input": given | {"version": version}}


def keyed_input(world: World, valid: Valid, key: str = "k-1") -> Input:
    """A valid input, under a key."""
    return input_of(world, world.side, valid) | {KEY: key}
