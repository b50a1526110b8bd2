"""How likely it is that a lead is meant: named signals, each from 0 to 1, and their weighted mean.

Pure: what is known of a lead goes in, a score with its explanation comes out. Raise ``VERSION``
when the signals change, so that it can be told by which of them an old score came about.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

VERSION = 1

#: A budget is plausible as far as it meets what work usually costs, so many times over or under.
LENIENCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a lead and of who asks."""

    #: The code came back, or the number is the one that the client's profile was verified by.
    phone_verified: bool = False
    email_verified: bool = False
    #: How many of the details that help a provider are there, and of how many.
    details_given: int = 0
    details_wanted: int = 1
    #: Other leads for the same.
    duplicates: int = 0
    #: An area of the catalog was named or holds the place, or is at least in the same city.
    is_in_area: bool = False
    is_in_known_city: bool = False
    #: What the client would spend, and what such work usually costs, in one currency's minor units.
    budget: tuple[int | None, int | None] = (None, None)
    usual: tuple[int | None, int | None] = (None, None)
    #: Earlier leads of the client that were meant, and those that turned out not to be.
    good_leads: int = 0
    bad_leads: int = 0


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason for a score: what it counts for, how far it holds, and why."""

    name: str
    weight: int
    value: Fraction
    reason: str
    points: Fraction

    def as_json(self) -> dict[str, Any]:
        """The signal as a lead keeps it."""
        return {
            "name": self.name,
            "weight": self.weight,
            "value": round(float(self.value), 4),
            "points": round(float(self.points), 2),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Score:
    """The weighted mean of the signals, 0 to 100, with them."""

    version: int
    total: int
    signals: tuple[Signal, ...]

    def as_json(self) -> dict[str, Any]:
        """The explanation as a lead keeps it."""
        return {"version": self.version, "signals": [signal.as_json() for signal in self.signals]}


Judgement = tuple[Fraction, str]


def score(evidence: Evidence, weights: Mapping[str, int]) -> Score:
    """Weigh what is known; a signal without a weight counts nothing, and not all may be without."""
    whole = sum(weights.get(name, 0) for name in SIGNALS)
    signals = []
    for name, judge in SIGNALS.items():
        value, reason = judge(evidence)
        weight = weights.get(name, 0)
        signals.append(Signal(name, weight, value, reason, Fraction(100 * weight, whole) * value))
    mean = sum((signal.points for signal in signals), Fraction())
    return Score(VERSION, floor(mean + Fraction(1, 2)), tuple(signals))


def _phone(evidence: Evidence) -> Judgement:
    known = evidence.phone_verified
    return Fraction(known), "phone_verified" if known else "phone_not_verified"


def _email(evidence: Evidence) -> Judgement:
    known = evidence.email_verified
    return Fraction(known), "email_verified" if known else "email_not_verified"


def _completeness(evidence: Evidence) -> Judgement:
    value = Fraction(evidence.details_given, evidence.details_wanted)
    return value, "details_complete" if value == 1 else "details_missing"


def _duplicates(evidence: Evidence) -> Judgement:
    asked_twice = evidence.duplicates > 0
    return Fraction(not asked_twice), "asked_before" if asked_twice else "asked_once"


def _area(evidence: Evidence) -> Judgement:
    if evidence.is_in_area:
        return Fraction(1), "area_found"
    if evidence.is_in_known_city:
        return Fraction(1, 2), "city_known"
    return Fraction(0), "area_unknown"


def _budget(evidence: Evidence) -> Judgement:
    least, most = evidence.budget
    usual_least, usual_most = evidence.usual
    if least is None and most is None:
        return Fraction(0), "budget_missing"
    if usual_least is None and usual_most is None:
        return Fraction(1, 2), "budget_not_comparable"
    ceiling = most if most is not None else least
    if usual_least is not None and ceiling is not None and ceiling * LENIENCE < usual_least:
        return Fraction(0), "budget_too_low"
    if usual_most is not None and (least or 0) > usual_most * LENIENCE:
        return Fraction(0), "budget_too_high"
    return Fraction(1), "budget_plausible"


def _history(evidence: Evidence) -> Judgement:
    good, bad = evidence.good_leads, evidence.bad_leads
    # Laplace's rule of succession: nobody is judged by one lead alone.
    value = Fraction(good + 1, good + bad + 2)
    if good == bad:
        return value, "history_mixed" if good else "history_none"
    return value, "history_good" if good > bad else "history_bad"


#: Every signal by its name, which the setting of the weights uses.
SIGNALS = {
    "phone_verified": _phone,
    "email_verified": _email,
    "completeness": _completeness,
    "duplicates": _duplicates,
    "area": _area,
    "budget": _budget,
    "history": _history,
}
