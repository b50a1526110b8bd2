"""What leads cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.leads.pricing import price_of

PERCENTS = {"LOW": 80, "MEDIUM": 100, "HIGH": 125, "URGENT": 150}
scores = st.integers(0, 100)
bases = st.integers(1, 1000)
urgencies = st.sampled_from(list(PERCENTS))


@pytest.mark.parametrize(
    ("base", "urgency", "score", "credits"),
    [
        (5, "MEDIUM", 100, 5),
        (5, "MEDIUM", 60, 4),
        (5, "URGENT", 100, 8),
        (5, "HIGH", 80, 6),
        (5, "LOW", 60, 3),
        (1, "LOW", 0, 1),
        (10, "MEDIUM", 50, 8),
        (1000, "URGENT", 100, 1500),
    ],
)
def test_it_follows_from_category_urgency_and_score(
    base: int, urgency: str, score: int, credits: int
):
    price = price_of(base=base, urgency=urgency, score=score, percents=PERCENTS)

    assert price.credits == credits


def test_it_explains_itself():
    price = price_of(base=5, urgency="HIGH", score=81, percents=PERCENTS)

    assert price.as_json() == {
        "version": 1,
        "base": 5,
        "urgency_percent": 125,
        "score_percent": 90.5,
    }


def test_an_urgency_that_nobody_prices_costs_as_usual():
    assert price_of(base=5, urgency="HIGH", score=100, percents={}).credits == 5


@given(bases, urgencies, scores, scores)
def test_a_better_lead_costs_no_less(base: int, urgency: str, one: int, other: int):
    low, high = sorted((one, other))
    prices = [
        price_of(base=base, urgency=urgency, score=score, percents=PERCENTS).credits
        for score in (low, high)
    ]

    assert 1 <= prices[0] <= prices[1] <= 2 * base
