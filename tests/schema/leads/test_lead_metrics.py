"""How leads fare, in figures."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from apps.leads.services.outcomes import contact_lead, quote_lead, view_assignment, win_lead
from apps.leads.services.refunds import approve_refund, request_refund
from kernel.money import Money
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.leads import LeadFactory, bought_lead
from tests.factories.providers import ProviderFactory
from tests.factories.refunds import RefundReasonFactory
from tests.support.graphql import GraphQL, gid

METRICS = """
query($since: DateTime!, $until: DateTime!, $of: ID) {
  leadMetrics(since: $since, until: $until, providerId: $of) {
    created verified received viewed answered quoted won lost refunded responseMinutes
    viewRate answerRate conversionRate
    creditsPurchased creditsSpent creditsRefunded creditsGranted creditsExpired
  }
}
"""
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
JANUARY = {"since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}


@pytest.fixture
def january(cast: Cast) -> Cast:
    """Ada had four leads: won, quoted, looked at, and refunded; another one has some as well."""
    amount, other = Money(500_00, "ZAR"), ProviderFactory()
    with time_machine.travel(NOON, tick=False) as clock:
        won, quoted, seen, refunded = (bought_lead(cast.ada_business) for _ in range(4))
        bought_lead(other)
        LeadFactory(pending=True)
        view_assignment(assignment=seen)
        request_refund(assignment=refunded, reason=RefundReasonFactory())
        approve_refund(assignment=refunded, by=UserFactory(is_staff=True))
        clock.shift(timedelta(minutes=10))
        contact_lead(assignment=won)
        clock.shift(timedelta(minutes=20))
        quote_lead(assignment=quoted, amount=amount)
        win_lead(assignment=won)
    with time_machine.travel(NOON + timedelta(days=30), tick=False):
        bought_lead(cast.ada_business)
    return cast


def test_a_provider_reads_its_own(graphql: GraphQL, january: Cast):
    found = graphql(METRICS, JANUARY, by=january.ada).data["leadMetrics"]

    assert found == {
        "created": None,
        "verified": None,
        "received": 4,
        "viewed": 1,
        "answered": 2,
        "quoted": 1,
        "won": 1,
        "lost": 0,
        "refunded": 1,
        "responseMinutes": 20,
        "viewRate": 33.33,
        "answerRate": 66.67,
        "conversionRate": 33.33,
        "creditsPurchased": 0,
        "creditsSpent": 16,
        "creditsRefunded": 4,
        "creditsGranted": 16,
        "creditsExpired": 0,
    }


def test_staff_read_those_of_all_and_of_one(graphql: GraphQL, january: Cast):
    of_ada = JANUARY | {"of": gid(january.ada_business)}

    everybody = graphql(METRICS, JANUARY, by=january.dora).data["leadMetrics"]
    one = graphql(METRICS, of_ada, by=january.dora).data["leadMetrics"]

    assert (everybody["created"], everybody["received"], everybody["creditsSpent"]) == (6, 5, 20)
    assert (one["created"], one["received"]) == (None, 4)


def test_of_nothing_there_is_no_share(graphql: GraphQL, january: Cast):
    found = graphql(METRICS, JANUARY, by=january.cleo).data["leadMetrics"]

    assert (found["received"], found["conversionRate"], found["responseMinutes"]) == (0, None, None)


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("cleo", "not_found"),
        ("ben", "not_found"),
        ("eve", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_nobody_else_reads_them(graphql: GraphQL, january: Cast, who: str, code: str):
    of_ada = JANUARY | {"of": gid(january.ada_business)}

    assert graphql(METRICS, of_ada, by=getattr(january, who)).code == code


def test_who_has_no_business_has_no_figures(graphql: GraphQL, cast: Cast):
    assert graphql(METRICS, JANUARY, by=cast.ben).code == "no_provider_profile"


@pytest.mark.parametrize(
    "time",
    [
        {"since": JANUARY["until"], "until": JANUARY["since"]},
        {"since": JANUARY["since"], "until": JANUARY["since"]},
        {"since": "2024-12-30T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
    ],
)
def test_a_time_that_is_none_or_too_long_is_refused(graphql: GraphQL, cast: Cast, time: Any):
    _ = cast.ada_business

    assert graphql(METRICS, time, by=cast.ada).code == "invalid_period"
