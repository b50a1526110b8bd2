"""What administrators set about leads."""

from collections.abc import Collection
from typing import Any

from apps.catalog.urgency import Urgency
from apps.core.configuration import BOOLEAN, INTEGER, JSON, STRING, Setting
from apps.leads.errors import InvalidPercents, InvalidWeights

#: How much each signal of a lead's score counts for, unless administrators say otherwise.
WEIGHTS = {
    "phone_verified": 35,
    "email_verified": 15,
    "completeness": 15,
    "duplicates": 10,
    "area": 10,
    "budget": 5,
    "history": 10,
}


#: The same of the parts of how well a provider fits.
MATCHING = {
    "distance": 25,
    "rating": 25,
    "response": 15,
    "record": 10,
    "load": 10,
    "fairness": 15,
}


def check_weights(value: Any) -> None:
    """Raise InvalidWeights unless it names known signals, each with a whole number from 0, not all
    of them 0.
    """
    if not _are_numbers(value, WEIGHTS) or sum(value.values()) == 0:
        raise InvalidWeights


def check_match_weights(value: Any) -> None:
    """The same of the parts of how well a provider fits."""
    if not _are_numbers(value, MATCHING) or sum(value.values()) == 0:
        raise InvalidWeights


def check_percents(value: Any) -> None:
    """Raise InvalidPercents unless it names urgencies, each with whole percents above 0."""
    if not _are_numbers(value, Urgency.values) or 0 in value.values():
        raise InvalidPercents


def _are_numbers(value: Any, known: Collection[str]) -> bool:
    if not isinstance(value, dict) or not value.keys() <= set(known):
        return False
    # True is a number to Python, and none to people.
    return all(type(number) is int and 0 <= number <= 1000 for number in value.values())


VISITORS = Setting(
    "leads.visitors",
    BOOLEAN,
    default=True,
    is_public=True,
    description="Whether people without an account ask for work, by a phone number.",
    category="leads",
)
SIGNAL_WEIGHTS = Setting(
    "leads.signal_weights",
    JSON,
    default=WEIGHTS,
    besides=check_weights,
    description="What each signal counts for in the score of a lead; one left out counts nothing.",
    category="leads",
)
THRESHOLD = Setting(
    "leads.threshold",
    INTEGER,
    default=60,
    least=0,
    most=100,
    description="The score from which a lead of a signed-in client needs no code.",
    category="leads",
)
DUPLICATE_DAYS = Setting(
    "leads.duplicate_days",
    INTEGER,
    default=7,
    least=1,
    most=90,
    description="Within how many days a lead for the same counts as asked twice.",
    category="leads",
)
VERIFY_HOURS = Setting(
    "leads.verify_hours",
    INTEGER,
    default=24,
    least=1,
    most=720,
    is_public=True,
    description="How many hours after it was made a lead expires that nobody confirmed.",
    category="leads",
)
OPEN_DAYS = Setting(
    "leads.open_days",
    INTEGER,
    default=7,
    least=1,
    most=90,
    is_public=True,
    description="For how many days a lead is handed to providers once it is verified.",
    category="leads",
)
MAX_PROVIDERS = Setting(
    "leads.max_providers",
    INTEGER,
    default=3,
    least=1,
    most=10,
    is_public=True,
    description="How many providers a lead is handed to at most, unless its client says otherwise.",
    category="leads",
)
BASE_PRICE = Setting(
    "leads.base_price",
    INTEGER,
    default=5,
    least=1,
    most=1000,
    is_public=True,
    description="What a lead costs, in credits, where its category and those above say nothing.",
    category="leads",
)
URGENCY_PERCENTS = Setting(
    "leads.urgency_percents",
    JSON,
    default={"LOW": 80, "MEDIUM": 100, "HIGH": 125, "URGENT": 150},
    besides=check_percents,
    is_public=True,
    description="What a lead costs by how urgent it is, in percent.",
    category="leads",
)
MATCH_WEIGHTS = Setting(
    "leads.match_weights",
    JSON,
    default=MATCHING,
    besides=check_match_weights,
    description="What each part of how well a provider fits a lead counts for.",
    category="leads",
)
SHORTLIST = Setting(
    "leads.shortlist",
    INTEGER,
    default=30,
    least=1,
    most=100,
    description="How many providers who fit a lead best may get it.",
    category="leads",
)
MOST_RUNNING = Setting(
    "leads.most_running",
    INTEGER,
    default=20,
    least=1,
    most=1000,
    description="With how many leads of 30 days a provider is too busy for more.",
    category="leads",
)
MODE = Setting(
    "leads.mode",
    STRING,
    default="AUTOMATIC",
    pattern="AUTOMATIC|CLAIM",
    is_public=True,
    description="How leads come to providers who have not said how: by themselves, or by a claim.",
    category="leads",
)
REFUND_DAYS = Setting(
    "leads.refund_days",
    INTEGER,
    default=7,
    least=1,
    most=90,
    is_public=True,
    description="For how many days after it was paid a lead's credits can be asked back.",
    category="leads",
)
