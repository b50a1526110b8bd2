"""Puts values that nobody means well by into valid inputs, one at a time."""

from collections.abc import Iterator
from typing import Any

from graphql import get_named_type, get_nullable_type, is_list_type, is_non_null_type

from tests.architecture.isolation import documents
from tests.architecture.isolation.actors import OWNER
from tests.architecture.isolation.calling import Input, Valid, valid_for
from tests.architecture.isolation.world import World
from tests.architecture.isolation.writing import input_of, put, run, taken_back

#: Values that fit their scalar and hardly anything else.
ODD: dict[str, tuple[Any, ...]] = {
    "String": ("", "   ", "\0", "\ud7ff\u202e", "x" * 20_001),
    "Int": (0, -1, 2**31 - 1, -(2**31)),
    "Float": (0, -1e308, 1e308),
    "Decimal": ("0", "-0.01", "0.001", "1e30", "NaN"),
    "Date": ("0001-01-01", "9999-12-31"),
    "DateTime": ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
    "Time": ("00:00:00", "23:59:59.999999"),
    "JSON": (None, [], {}, "", 0, {"": "\0"}),
    "GlobalID": ("", "x", "T3JkZXI6"),
    "ID": ("", "x", "T3JkZXI6"),
}
Path = tuple[str, ...]


def faults_of_values(world: World, name: str) -> list[str]:
    """The odd values that make a mutation of the right one fail, with their places."""
    return [fault for valid in valid_for(name) for fault in _faults(world, name, valid)]


def _faults(world: World, name: str, valid: Valid) -> list[str]:
    argument = documents.MUTATIONS[name].args.get("input")
    if argument is None:
        return []
    found: list[str] = []
    with taken_back():
        given = input_of(world, world.side, valid)
        for path, value in _spoilt(argument.type):
            with taken_back():
                spoilt = put(_opened(given, path), path, value)
                reply = run(name, spoilt, world.actors[valid.by or OWNER].tokens[0])
            if "internal_error" in reply.codes:
                found.append(f"{'.'.join(path)}: {str(value)[:20]!r}")
    return found


def _spoilt(kind: Any, above: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Each place of an input, lists apart, with each odd value for it."""
    for name, field in documents.input_fields(kind).items():
        if not is_non_null_type(field.type):
            yield (*above, name), None
        if is_list_type(get_nullable_type(field.type)):
            yield (*above, name), []
        elif documents.input_fields(field.type) and name not in above:
            yield from _spoilt(field.type, (*above, name))
        else:
            for value in ODD.get(get_named_type(field.type).name, ()):
                yield (*above, name), value


def _opened(given: Input, path: Path) -> Input:
    """The input with an object wherever the path leads through one that was left out."""
    if len(path) == 1:
        return given
    inner = given.get(path[0]) or {}
    return {**given, path[0]: _opened(inner, path[1:])}
