"""What can happen."""

from dataclasses import dataclass

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class BellRung(Event):
    """A bell rang. The handler of a held one waits for whoever holds it."""

    number: int
    held: bool = False
