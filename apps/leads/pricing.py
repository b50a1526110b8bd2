"""What a lead costs a provider, in credits: by its category, how urgent it is, and its score.

Pure, and versioned: raise ``VERSION`` when the formula changes. The price is the category's credits
times the percentage of the urgency times the mean of the score and a hundred, in percent, rounded
half up, and at least one credit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VERSION = 1


@dataclass(frozen=True, slots=True)
class Price:
    """A price in credits, and how it came about."""

    credits: int
    base: int
    urgency_percent: int
    score_percent: float

    def as_json(self) -> dict[str, Any]:
        """The explanation as a lead keeps it."""
        return {
            "version": VERSION,
            "base": self.base,
            "urgency_percent": self.urgency_percent,
            "score_percent": self.score_percent,
        }


def price_of(*, base: int, urgency: str, score: int, percents: Mapping[str, int]) -> Price:
    """The price of a lead of a score from 0 to 100, in a category of so many credits."""
    urgent = percents.get(urgency, 100)
    # Twice the product of whole percents, so that halves are exact.
    twice = base * urgent * (score + 100)
    return Price(max(1, (twice + 10_000) // 20_000), base, urgent, (score + 100) / 2)
