"""The score of a lead: between 0 and 100, explained, and never lower for knowing more good."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.services.system_settings import check_setting
from apps.leads.configuration import SIGNAL_WEIGHTS, WEIGHTS
from apps.leads.errors import InvalidWeights
from apps.leads.scoring import SIGNALS, Evidence, score

AMOUNTS = st.none() | st.integers(0, 10**6)
EVIDENCE = st.builds(
    Evidence,
    phone_verified=st.booleans(),
    email_verified=st.booleans(),
    details_given=st.integers(0, 7),
    details_wanted=st.just(7),
    duplicates=st.integers(0, 3),
    is_in_area=st.booleans(),
    is_in_known_city=st.booleans(),
    budget=st.tuples(AMOUNTS, AMOUNTS),
    usual=st.tuples(AMOUNTS, AMOUNTS),
    good_leads=st.integers(0, 9),
    bad_leads=st.integers(0, 9),
)
SOME_WEIGHTS = st.dictionaries(st.sampled_from(sorted(SIGNALS)), st.integers(0, 1000)).filter(
    lambda weights: sum(weights.values()) > 0
)
#: What is better of a lead, column by column.
BETTER: dict[str, Any] = {
    "phone_verified": lambda e: {"phone_verified": True},
    "email_verified": lambda e: {"email_verified": True},
    "completeness": lambda e: {"details_given": min(e.details_given + 1, e.details_wanted)},
    "duplicates": lambda e: {"duplicates": max(e.duplicates - 1, 0)},
    "area": lambda e: {"is_in_area": True},
    "city": lambda e: {"is_in_known_city": True},
    "good": lambda e: {"good_leads": e.good_leads + 1},
    "bad": lambda e: {"bad_leads": max(e.bad_leads - 1, 0)},
}


@given(EVIDENCE, SOME_WEIGHTS)
def test_a_score_is_within_bounds_and_the_sum_of_its_points(
    evidence: Evidence, weights: dict[str, int]
):
    found = score(evidence, weights)

    assert 0 <= found.total <= 100
    assert all(0 <= signal.value <= 1 for signal in found.signals)
    assert abs(sum(signal.points for signal in found.signals) - found.total) <= 0.5


@given(EVIDENCE, SOME_WEIGHTS, st.sampled_from(sorted(BETTER)))
def test_knowing_more_good_of_a_lead_never_lowers_it(
    evidence: Evidence, weights: dict[str, int], better: str
):
    more = replace(evidence, **BETTER[better](evidence))

    assert score(more, weights).total >= score(evidence, weights).total


@given(EVIDENCE, SOME_WEIGHTS)
def test_the_same_evidence_scores_the_same(evidence: Evidence, weights: dict[str, int]):
    assert score(evidence, weights) == score(replace(evidence), dict(weights))


def test_all_that_is_good_is_nearly_a_hundred():
    best = Evidence(
        phone_verified=True,
        email_verified=True,
        details_given=1,
        is_in_area=True,
        budget=(100, 200),
        usual=(100, 200),
        good_leads=98,
    )

    assert score(best, WEIGHTS).total == 100
    assert score(replace(best, good_leads=0), WEIGHTS).total == 95


def test_a_half_is_rounded_up():
    assert score(Evidence(is_in_known_city=True), {"area": 1, "phone_verified": 99}).total == 1


@pytest.mark.parametrize(
    ("budget", "usual", "reason"),
    [
        ((None, None), (100, 200), "budget_missing"),
        ((100, 200), (None, None), "budget_not_comparable"),
        ((None, 50), (100, 200), "budget_plausible"),
        ((None, 49), (100, 200), "budget_too_low"),
        ((49, None), (100, 200), "budget_too_low"),
        ((400, None), (100, 200), "budget_plausible"),
        ((401, 500), (100, 200), "budget_too_high"),
        ((1, 10**6), (100, 200), "budget_plausible"),
    ],
)
def test_a_budget_is_held_to_what_work_usually_costs(budget: Any, usual: Any, reason: str):
    found = score(Evidence(budget=budget, usual=usual), WEIGHTS)

    assert {signal.name: signal.reason for signal in found.signals}["budget"] == reason


@pytest.mark.parametrize(
    "text",
    ["[]", "{}", '{"luck": 1}', '{"area": -1}', '{"area": 1.5}', '{"area": true}', '{"area": 0}'],
)
def test_weights_that_are_none_are_refused(text: str):
    setting = SIGNAL_WEIGHTS.row()
    setting.value = text

    with pytest.raises(InvalidWeights):
        SIGNAL_WEIGHTS.rule.read(setting.value)


@pytest.mark.django_db
def test_who_changes_the_weights_hears_what_is_wrong_with_them():
    setting = SIGNAL_WEIGHTS.row()
    setting.value = '{"luck": 1}'

    with pytest.raises(InvalidWeights):
        check_setting(setting)
