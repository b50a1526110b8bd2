"""Inputs that differ from others in one value, whatever its type."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from graphql import GraphQLEnumType, get_named_type

from tests.architecture.isolation.asking import File, leaves
from tests.architecture.isolation.calling import Input
from tests.architecture.isolation.writing import kind_at, missing, put

DAY = timedelta(days=1)

#: Another value of each type, by its name.
OTHER: dict[str, Callable[[Any], Any]] = {
    "Boolean": lambda value: not value,
    "Date": lambda value: str(date.fromisoformat(value) + DAY),
    "DateTime": lambda value: (datetime.fromisoformat(value) + DAY).isoformat(),
    "Decimal": lambda value: f"{value}1",
    "Float": lambda value: value + 1,
    "ID": missing,
    "Int": lambda value: value + 1,
    "String": lambda value: f"{value}!",
    "Upload": lambda file: File(width=file.width + 1),
}


class MissingChange(Exception):
    """Nobody said what another value of a type is."""


def changed_inputs(name: str, given: Input) -> Iterator[tuple[str, Input]]:
    """A mutation's input with one value changed, for each of its values, which is named."""
    for path, value in leaves(given):
        yield ".".join(map(str, path)), put(given, path, _other(kind_at(name, path), value))


def _other(kind: Any, value: Any) -> Any:
    named = get_named_type(kind)
    if isinstance(named, GraphQLEnumType):
        return next(name for name in named.values if name != value)
    if named.name not in OTHER:
        raise MissingChange(f"Say in {__name__}.OTHER what another {named.name} is.")
    return OTHER[named.name](value)
