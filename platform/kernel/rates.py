"""How often something may be tried, as the environment writes it."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """How many tries at once, and in how many seconds as many again: written ``10/60``."""

    capacity: int
    seconds: float

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """A rate from the environment; raises ValueError."""
        try:
            capacity, seconds = text.split("/")
            found = cls(int(capacity), float(seconds))
        except ValueError:
            raise ValueError(f"{text!r} is no rate, such as 10/60.") from None
        if found.capacity < 1 or not 0 < found.seconds < math.inf:
            raise ValueError(f"{text!r} is no rate: both numbers are above zero.")
        return found
