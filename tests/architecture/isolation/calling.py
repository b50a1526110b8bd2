"""How root fields are rightly called: what introspection cannot know.

A mutation that is missing fails the build. Add a function under ``@valid("itsName")`` to the file
of its domain in the folder ``inputs``, or several where it takes one thing or another. It takes a
side (its ``me``, ``other``, ``rival`` and rows,
see ``world.py``), makes what else is needed, and gives an input with which that side's person
succeeds. It names every id that the input can hold.
"""

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from strawberry.relay import to_base64

if TYPE_CHECKING:
    from tests.architecture.isolation.world import Side, World

FOLDER = Path(__file__).parent / "inputs"
PACKAGE = f"{__name__.rpartition('.')[0]}.{FOLDER.name}"

Input = dict[str, Any]
#: The side's own person succeeds.
ME = ""


class MissingInput(Exception):
    """A root field cannot be tried without being told with what."""


@dataclass(frozen=True)
class Valid:
    """How a mutation is rightly called, and what comes of the same input for others."""

    make: Callable[["Side"], Input] = lambda _side: {}
    #: An actor who succeeds; the side's own person where none is said.
    by: str = ME
    #: Whoever holds what the input says may.
    by_secret: bool = False
    #: Codes by which others are refused, although the input holds no id.
    bound: frozenset[str] = frozenset()
    #: Who may use which id, by its path in the input, the numbers of list items left out.
    open_to: dict[str, frozenset[str]] = field(default_factory=dict)
    #: That the rows which the ids name are there is no secret: a refusal may say more.
    seen_by_others: bool = False
    #: Columns that it sends to people who are not on the platform yet.
    tells: frozenset[str] = frozenset()
    #: The code of those who succeed, where something outside is not configured in tests.
    unconfigured: str = ""


Make = Callable[["Side"], Input]
MakeAll = Callable[["World"], list[Input]]
VALID: dict[str, list[Valid]] = {}
ARGUMENTS: dict[str, MakeAll] = {}


def valid(name: str, **rules: Any) -> Callable[[Make], Make]:
    """The function makes a valid input of a mutation; ``rules`` are further fields of Valid."""

    def register(make: Make) -> Make:
        VALID.setdefault(name, []).append(Valid(make, **rules))
        return make

    return register


def arguments(name: str) -> Callable[[MakeAll], MakeAll]:
    """The function gives the arguments that a query is asked with, one dictionary a question."""

    def register(make: MakeAll) -> MakeAll:
        ARGUMENTS[name] = make
        return make

    return register


def load() -> None:
    """Read the folder."""
    for module in pkgutil.iter_modules([str(FOLDER)]):
        import_module(f"{PACKAGE}.{module.name}")


def valid_for(name: str) -> list[Valid]:
    """The ways to call a mutation; MissingInput where nobody said one."""
    load()
    if name not in VALID:
        raise MissingInput(
            f"Nobody said how to call {name}: "
            f"add a function under @valid({name!r}) to a file in {FOLDER}."
        )
    return VALID[name]


def arguments_for(name: str) -> MakeAll | None:
    """What a query is asked with, where that was said."""
    load()
    return ARGUMENTS.get(name)


def gid(row: Any) -> str:
    """The global id of a row."""
    return to_base64(type(row).__name__, str(row.pk))
