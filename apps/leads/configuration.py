"""What administrators set about leads."""

from typing import Any

from apps.core.configuration import BOOLEAN, INTEGER, JSON, Setting
from apps.leads.errors import InvalidWeights

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


def check_weights(value: Any) -> None:
    """Raise InvalidWeights unless it names known signals, each with a whole number from 0, not all
    of them 0.
    """
    if not isinstance(value, dict) or not value.keys() <= WEIGHTS.keys():
        raise InvalidWeights
    # True is a number to Python, and none to people.
    if any(type(weight) is not int or not 0 <= weight <= 1000 for weight in value.values()):
        raise InvalidWeights
    if sum(value.values()) == 0:
        raise InvalidWeights


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
