"""Credits that expire: spent first, and gone in time."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from apps.credits import errors
from apps.credits.models import CreditLot
from apps.credits.selectors import balance_of
from apps.credits.services.ledger import adjust_credits, expire_credits, give_back, spend
from tests.apps.credits.test_ledger import broken, ledger, pay
from tests.factories.credits import give_credits
from tests.factories.leads import LeadAssignmentFactory
from tests.factories.providers import ProviderFactory
from tests.support.unchanged import nothing_changes

pytestmark = pytest.mark.django_db

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def left(provider) -> list[int]:
    """What is left of a provider's lots, those first that expire first."""
    lots = CreditLot.objects.filter(provider=provider).order_by("expires_at")
    return [*lots.values_list("remaining", flat=True)]


def test_what_expires_first_is_spent_first():
    assignment = LeadAssignmentFactory()
    with time_machine.travel(NOON, tick=False):
        give_credits(assignment.provider, 5)
        give_credits(assignment.provider, 4, expires_at=NOON + 2 * DAY)
        give_credits(assignment.provider, 3, expires_at=NOON + DAY)

        pay(assignment, 5)

        balance = balance_of(assignment.provider_id)
    assert left(assignment.provider) == [0, 2]
    assert (balance.credits, balance.expiring, balance.next_expiry_at) == (7, 2, NOON + 2 * DAY)


def test_what_is_left_of_a_lot_goes_in_time():
    provider, other = ProviderFactory(), ProviderFactory()
    with time_machine.travel(NOON, tick=False):
        give_credits(provider, 5)
        give_credits(provider, 4, expires_at=NOON + DAY)
        give_credits(other, 4, expires_at=NOON + DAY + timedelta(seconds=1))
        adjust_credits(provider_id=provider.pk, credits=-1, description="Too many")

    with time_machine.travel(NOON + DAY, tick=False):
        assert expire_credits() == 1
        assert expire_credits() == 0

    assert ledger(provider)[3:] == [(4, "EXPIRY", -3, 5)]
    assert (left(provider), left(other)) == ([0], [4])


def test_all_that_is_due_goes_batch_by_batch():
    with time_machine.travel(NOON, tick=False):
        for _ in range(5):
            give_credits(ProviderFactory(), 2, expires_at=NOON + DAY)

    with time_machine.travel(NOON + DAY, tick=False):
        batches = [expire_credits(batch=2) for _ in range(4)]

    assert batches == [2, 2, 1, 0]


def test_what_has_expired_is_not_spent_though_nobody_took_it_yet():
    assignment = LeadAssignmentFactory()
    with time_machine.travel(NOON, tick=False):
        give_credits(assignment.provider, 1)
        give_credits(assignment.provider, 4, expires_at=NOON + DAY)

    with time_machine.travel(NOON + DAY, tick=False):
        with nothing_changes(), pytest.raises(errors.InsufficientCredits):
            pay(assignment, 2)
        pay(assignment, 1)

    rows = [(3, "DEDUCTION", -1, 4), (4, "EXPIRY", -4, 0)]
    assert ledger(assignment.provider)[2:] == rows


def test_what_is_given_back_does_not_expire():
    assignment = LeadAssignmentFactory()
    with time_machine.travel(NOON, tick=False):
        give_credits(assignment.provider, 4, expires_at=NOON + DAY)
        pay(assignment, 3)
        give_back(lead_assignment_id=assignment.pk)

    with time_machine.travel(NOON + DAY, tick=False):
        expire_credits()

    assert ledger(assignment.provider)[3:] == [(4, "EXPIRY", -1, 3)]


@pytest.mark.parametrize("expires_at", [NOON, NOON - DAY])
def test_nothing_is_given_that_has_expired(expires_at: datetime):
    provider = ProviderFactory()

    refused = pytest.raises(errors.InvalidExpiry)
    with time_machine.travel(NOON, tick=False), nothing_changes(), refused:
        give_credits(provider, 4, expires_at=expires_at)


def test_however_it_is_given_and_spent_the_books_agree():
    provider = ProviderFactory()
    assignments = [LeadAssignmentFactory(provider=provider) for _ in range(3)]
    with time_machine.travel(NOON, tick=False):
        for days, credits in ((1, 3), (2, 2), (3, 6)):
            give_credits(provider, credits, expires_at=NOON + days * DAY)
        give_credits(provider, 2)

    for hours, assignment in enumerate(assignments):
        with time_machine.travel(NOON + hours * DAY, tick=False):
            spend(provider_id=provider.pk, credits=2, lead_assignment_id=assignment.pk)

    assert ledger(provider)[-1][3] == sum(amount for _, _, amount, _ in ledger(provider))
    assert broken() == []
