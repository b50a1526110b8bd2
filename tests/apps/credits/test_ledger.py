"""Credits move with a row of the ledger each time, and never below zero."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, ProgrammingError, transaction

from apps.credits import errors
from apps.credits.events import CreditsMoved
from apps.credits.models import CreditTransaction, CreditWallet
from apps.credits.selectors import balance_of
from apps.credits.services.ledger import Entry, adjust_credits, give_back, grant, spend
from kernel.invariants import invariants
from kernel.viewer import Viewer, acting_as
from tests.factories.cast import Cast
from tests.factories.credits import give_credits
from tests.factories.leads import LeadAssignmentFactory
from tests.factories.providers import ProviderFactory
from tests.support.announced import announced
from tests.support.unchanged import nothing_changes

pytestmark = pytest.mark.django_db

Type = CreditTransaction.Type


def ledger(provider) -> list[tuple]:
    """A provider's ledger: numbers, types, amounts, and what was left."""
    rows = CreditTransaction.objects.filter(provider=provider).order_by("number")
    return [*rows.values_list("number", "transaction_type", "amount", "balance_after")]


def broken() -> list[str]:
    """The rules of credits that do not hold."""
    rules = [found for found in invariants() if found.check.__module__.startswith("apps.credits")]
    return [found.rule for found in rules if found.breaches()]


def pay(assignment, credits: int = 2):
    """Pay for a lead."""
    return spend(
        provider_id=assignment.provider_id, credits=credits, lead_assignment_id=assignment.pk
    )


def test_what_is_given_and_spent_stands_in_the_ledger():
    assignment = LeadAssignmentFactory()
    give_credits(ProviderFactory(), 7)

    with announced() as heard:
        give_credits(assignment.provider, 5)
        row = pay(assignment)

    assert ledger(assignment.provider) == [(1, "BONUS", 5, 5), (2, "DEDUCTION", -2, 3)]
    assert CreditWallet.objects.get(provider=assignment.provider).balance == 3
    assert heard[1] == CreditsMoved(
        provider_id=assignment.provider_id,
        transaction_id=row.pk,
        transaction_type="DEDUCTION",
        amount=-2,
        balance_after=3,
    )


@pytest.mark.parametrize("credits", [None, 1])
def test_what_is_not_there_is_not_spent(credits: int | None):
    assignment = LeadAssignmentFactory()
    if credits:
        give_credits(assignment.provider, credits)

    with nothing_changes(), pytest.raises(errors.InsufficientCredits):
        pay(assignment)


def test_the_last_credit_can_be_spent():
    assignment = LeadAssignmentFactory()
    give_credits(assignment.provider, 2)

    pay(assignment)

    assert balance_of(assignment.provider_id).credits == 0


def test_a_lead_is_paid_for_once():
    assignment = LeadAssignmentFactory()
    give_credits(assignment.provider, 5)
    pay(assignment)

    with pytest.raises(IntegrityError), transaction.atomic():
        pay(assignment)

    assert balance_of(assignment.provider_id).credits == 3


def test_what_a_lead_cost_is_given_back_once():
    assignment = LeadAssignmentFactory()
    give_credits(assignment.provider, 5)
    pay(assignment)

    first = give_back(lead_assignment_id=assignment.pk, description="Wrong number")
    with nothing_changes():
        second = give_back(lead_assignment_id=assignment.pk, description="Again")

    assert second == first
    assert ledger(assignment.provider)[2:] == [(3, "REFUND", 2, 5)]


def test_what_was_never_paid_is_not_given_back():
    assignment = LeadAssignmentFactory()

    with nothing_changes(), pytest.raises(CreditTransaction.DoesNotExist):
        give_back(lead_assignment_id=assignment.pk)


def test_a_gift_with_a_key_is_given_once():
    provider = ProviderFactory()
    entry = Entry(Type.ALLOCATION, idempotency_key="2026-11")

    first = grant(provider_id=provider.pk, credits=30, entry=entry)
    with nothing_changes():
        second = grant(provider_id=provider.pk, credits=30, entry=entry)

    assert second == first
    assert ledger(provider) == [(1, "ALLOCATION", 30, 30)]


def test_a_balance_is_adjusted_up_and_down_by_whoever_acts(cast: Cast):
    with acting_as(Viewer(user=cast.dora)):
        adjust_credits(provider_id=cast.ada_business.pk, credits=9, description="Sorry")
        row = adjust_credits(provider_id=cast.ada_business.pk, credits=-4, description="Too many")

    rows = [(1, "ADJUSTMENT", 9, 9), (2, "ADJUSTMENT", -4, 5)]
    assert ledger(cast.ada_business) == rows
    assert row.created_by == cast.dora


@pytest.mark.parametrize("credits", [0, 1_000_001, -1_000_001])
def test_a_number_that_is_none_is_refused(credits: int):
    provider = ProviderFactory()

    with nothing_changes(), pytest.raises(errors.InvalidCredits):
        adjust_credits(provider_id=provider.pk, credits=credits, description="Oops")


def test_a_balance_at_any_instant_is_what_was_left_then():
    provider, noon = ProviderFactory(), datetime(2030, 1, 1, 12, tzinfo=UTC)
    for hour, credits in enumerate((5, 3, 7)):
        with time_machine.travel(noon + timedelta(hours=hour), tick=False):
            give_credits(provider, credits)

    with time_machine.travel(noon + timedelta(days=1), tick=False):
        then = [
            balance_of(provider.pk, at=noon + timedelta(minutes=minutes)).credits
            for minutes in (-1, 0, 59, 60, 119, 120, 600)
        ]

    assert then == [0, 5, 5, 8, 8, 15, 15]


def test_a_clock_that_goes_back_does_not_put_rows_in_another_order():
    provider, noon = ProviderFactory(), datetime(2030, 1, 1, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False):
        give_credits(provider, 5)

    with time_machine.travel(noon - timedelta(minutes=1), tick=False):
        row = give_credits(provider, 3)

    assert row.created_at == noon
    assert [number for number, *_ in ledger(provider)] == [1, 2]


@pytest.mark.parametrize("change", [{"amount": 99}, {"description": "x"}, {"version": 1}])
def test_the_database_refuses_to_change_a_row(change: dict):
    give_credits(ProviderFactory(), 5)

    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        CreditTransaction.objects.update(**change)


def test_the_database_refuses_to_remove_a_row():
    give_credits(ProviderFactory(), 5)

    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        CreditTransaction.objects.all().delete()


def test_the_database_refuses_a_wallet_below_zero():
    provider = ProviderFactory()
    give_credits(provider, 5)

    with pytest.raises(IntegrityError), transaction.atomic():
        CreditWallet.objects.update(balance=-1)
