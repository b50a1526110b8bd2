"""What is always true of the data, whatever happened: registered by domains, checked together.

A domain says what must hold in an ``invariants.py`` of its own, which is loaded when it is asked::

    @invariant(1, "the balance of a wallet is the sum of its ledger")
    def balances() -> Iterable[str]:
        return (f"{wallet}: ..." for wallet in ...)

The numbers are those of the design; several checks may have one.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import islice

from django.apps import apps

from kernel.viewer import SYSTEM, acting_as

Check = Callable[[], Iterable[str]]

#: How many breaches of one rule are told: the first of them show what went wrong.
MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule, and what finds the breaches of it, each told in a line."""

    number: int
    rule: str
    check: Check

    def breaches(self) -> list[str]:
        """The first breaches."""
        return list(islice(self.check(), MOST_TOLD))


_invariants: dict[str, Invariant] = {}

#: What one rule may take: it reads whole tables.
STATEMENT_TIMEOUT = "10min"


def invariant(number: int, rule: str) -> Callable[[Check], Check]:
    """Have a function asked for the breaches of a rule."""

    def register(check: Check) -> Check:
        name = f"{check.__module__}.{check.__qualname__}"
        _invariants[name] = Invariant(number, rule, check)
        return check

    return register


def invariants() -> list[Invariant]:
    """All rules of all domains, by their numbers."""
    for config in apps.get_app_configs():
        if config.name.startswith("apps.") and find_spec(f"{config.name}.invariants"):
            import_module(f"{config.name}.invariants")
    return [_invariants[name] for name in sorted(_invariants, key=_place)]


def _place(name: str) -> tuple[int, str]:
    return _invariants[name].number, name


def verified() -> Iterator[tuple[Invariant, list[str]]]:
    """Each rule with its first breaches: in a transaction of its own, so that none holds back those
    who read the event log.
    """
    for found in invariants():
        with acting_as(SYSTEM, statement_timeout=STATEMENT_TIMEOUT):
            breaches = found.breaches()
        yield found, breaches
