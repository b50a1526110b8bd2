"""What comes of leads in any order: nothing goes back, nothing counts twice, all rules hold."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.credits.models import CreditWallet
from apps.leads.models import Lead, LeadAssignment
from apps.leads.services.leads import cancel_lead
from apps.leads.services.outcomes import (
    contact_lead,
    lose_lead,
    note_for_oneself,
    quote_lead,
    view_assignment,
    win_lead,
)
from apps.leads.services.refunds import approve_refund, reject_refund, request_refund
from kernel import clock
from kernel.errors import DomainError
from kernel.invariants import invariants
from kernel.money import Money
from tests.factories.accounts import UserFactory
from tests.factories.leads import bought, bought_lead, open_lead
from tests.factories.providers import ProviderFactory
from tests.factories.refunds import RefundReasonFactory

pytestmark = pytest.mark.django_db

ORDER = [*LeadAssignment.Status]
DATES = ("viewed_at", "contacted_at", "quoted_at", "won_at", "lost_at", "refunded_at")
PRICE = Money(100_00, "ZAR")


class Story:
    """A lead in the hands of two providers, to which things happen, a minute apart."""

    def __init__(self) -> None:
        self.lead = open_lead()
        self.staff = UserFactory(is_staff=True)
        self.reason = RefundReasonFactory()
        self.held = [bought(self.lead, ProviderFactory()) for _ in range(2)]

    def happens(self, step: str, place: int) -> str:
        """Have something happen to what one of them holds; the code of a refusal, or nothing."""
        held = self.held[place]
        steps: dict[str, Any] = {
            "view": lambda: view_assignment(assignment=held),
            "contact": lambda: contact_lead(assignment=held),
            "quote": lambda: quote_lead(assignment=held, amount=PRICE),
            "win": lambda: win_lead(assignment=held),
            "lose": lambda: lose_lead(assignment=held),
            "note": lambda: note_for_oneself(assignment=held, notes="x"),
            "ask": lambda: request_refund(assignment=held, reason=self.reason),
            "approve": lambda: approve_refund(assignment=held, by=self.staff),
            "reject": lambda: reject_refund(assignment=held, by=self.staff),
            "cancel": lambda: cancel_lead(lead=self.lead),
        }
        try:
            steps[step]()
        except DomainError as refusal:
            return str(refusal.code)
        finally:
            for each in self.held:
                each.refresh_from_db()
        return ""

    def stand(self) -> list[tuple[int, list[datetime | None]]]:
        """How far along both are, and when what happened."""
        return [
            (ORDER.index(each.status), [getattr(each, name) for name in DATES])
            for each in self.held
        ]


STEPS = ["view", "contact", "quote", "win", "lose", "note", "ask", "approve", "reject", "cancel"]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 1)), max_size=14))
def test_in_any_order_nothing_goes_back_and_all_rules_hold(steps: list[tuple[str, int]]):
    with time_machine.travel(clock.now(), tick=False) as time:
        story = Story()
        for step, place in steps:
            time.shift(timedelta(minutes=1))
            before = story.stand()
            story.happens(step, place)
            _require_forward(before, story.stand(), step)

    for held in story.held:
        provider = held.provider
        provider.refresh_from_db()
        answered = [at for at in (held.contacted_at, held.quoted_at, held.won_at) if at]
        assert provider.responses == bool(answered)
        assert provider.leads_received == (held.status != "REFUNDED")
        assert provider.leads_won == (held.status == "WON")
        assert provider.conversion_rate == (100 if held.status == "WON" else 0)
        assert CreditWallet.objects.get(provider=provider).balance == 4 * (
            held.status == "REFUNDED"
        )
    assert [(found.rule, found.breaches()) for found in invariants() if found.breaches()] == []


def _require_forward(before: Any, after: Any, step: str) -> None:
    """Statuses go forward; what is dated stays so, but the price that was named last."""
    for (was, dated), (now, dates) in zip(before, after, strict=True):
        assert was <= now
        for name, old, new in zip(DATES, dated, dates, strict=True):
            assert old is None or new == old or (name, step) == ("quoted_at", "quote")


@pytest.mark.parametrize("first", ["contact", "quote", "win"])
def test_how_long_an_answer_took_is_counted_once(first: str):
    with time_machine.travel(clock.now(), tick=False) as time:
        story = Story()
        time.shift(timedelta(minutes=42, seconds=10))
        story.happens(first, 0)
        time.shift(timedelta(hours=5))
        for step in ("contact", "quote", "win"):
            story.happens(step, 0)

    provider = story.held[0].provider
    provider.refresh_from_db()
    assert (provider.responses, provider.response_seconds) == (1, 2530)
    assert provider.response_time_minutes == 42


def test_figures_are_those_of_all_leads_of_a_provider():
    provider, staff = ProviderFactory(), UserFactory(is_staff=True)
    with time_machine.travel(clock.now(), tick=False) as time:
        held = [bought_lead(provider) for _ in range(4)]
        for minutes, each in enumerate(held[:3], start=1):
            time.shift(timedelta(minutes=10 * minutes))
            contact_lead(assignment=each)
    win_lead(assignment=held[0])
    lose_lead(assignment=held[1])
    request_refund(assignment=held[3], reason=RefundReasonFactory())
    approve_refund(assignment=held[3], by=staff)

    provider.refresh_from_db()
    assert (provider.leads_received, provider.leads_won) == (3, 1)
    assert provider.conversion_rate == Decimal("33.33")
    assert (provider.responses, provider.response_time_minutes) == (3, 33)


def test_who_has_no_lead_left_has_no_rate():
    held = bought_lead(ProviderFactory())
    request_refund(assignment=held, reason=RefundReasonFactory())
    approve_refund(assignment=held, by=UserFactory(is_staff=True))

    held.provider.refresh_from_db()
    assert (held.provider.leads_received, held.provider.conversion_rate) == (0, 0)


def test_a_lead_is_won_once_however_it_was_lost_before():
    story = Story()

    told = [story.happens("lose", 0), story.happens("win", 0), story.happens("win", 1)]

    assert told == ["", "not_running", ""]
    assert [held.status for held in story.held] == ["LOST", "WON"]
    assert Lead.objects.get().status == "WON"
