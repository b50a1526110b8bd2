"""The names of releases, and which of two is the newer one.

A name is up to four numbers with dots between them, what is missing being zero: 1.9, 1.10 and
1.10.0 are one and two versions. What may follow, and how that ranks, is as Semantic Versioning 2.0
has it: ``-rc.1`` comes before the release, and ``+241`` says nothing about order.
"""

import re
from typing import NamedTuple

from apps.core.errors import InvalidVersion

LENGTH, PARTS = 64, 4
#: SemVer's grammar, but for how many numbers there are.
NUMBER = r"(?:0|[1-9][0-9]{0,8})"
LABEL = r"(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
NAME = re.compile(
    rf"(?P<numbers>{NUMBER}(?:\.{NUMBER}){{0,{PARTS - 1}}})"
    rf"(?:-(?P<labels>{LABEL}(?:\.{LABEL})*))?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)

#: A label as it ranks: numbers by their size, and before all texts.
Label = tuple[int, int, str]


class Version(NamedTuple):
    """A version as it ranks among others: compare two, and the newer one is the greater."""

    numbers: tuple[int, ...]
    is_final: bool
    labels: tuple[Label, ...]


def parse_version(name: str) -> Version:
    """Read the name of a release. Raises InvalidVersion."""
    found = NAME.fullmatch(name) if len(name) <= LENGTH else None
    if found is None:
        raise InvalidVersion
    numbers = [int(number) for number in found["numbers"].split(".")]
    labels = found["labels"].split(".") if found["labels"] else []
    return Version(
        numbers=(*numbers, *[0] * (PARTS - len(numbers))),
        is_final=not labels,
        labels=tuple(_label(text) for text in labels),
    )


def check_version(name: str) -> None:
    """Raise InvalidVersion for what is no name of a release."""
    parse_version(name)


def _label(text: str) -> Label:
    return (0, int(text), "") if text.isdigit() else (1, 0, text)
