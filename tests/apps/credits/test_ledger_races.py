"""Many who move the same credits at once: nothing is lost, and nothing is spent twice."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
import time_machine

from apps.credits.models import CreditTransaction, CreditWallet
from apps.credits.services.ledger import (
    Entry,
    adjust_credits,
    expire_credits,
    give_back,
    grant,
    spend,
)
from apps.credits.services.purchases import settle_purchase
from kernel import clock
from tests.apps.credits.test_ledger import broken
from tests.factories.credits import PurchaseFactory, give_credits
from tests.factories.leads import LeadAssignmentFactory
from tests.factories.providers import ProviderFactory
from tests.support.races import race

pytestmark = pytest.mark.django_db(transaction=True)
rounds = pytest.mark.parametrize("round", range(3))


def kinds(outcomes: list[object]) -> Counter[str]:
    """What came of each."""
    return Counter(type(outcome).__name__ for outcome in outcomes)


def check() -> None:
    """All rules of credits hold."""
    assert broken() == []


def payments(provider, count: int) -> list:
    """Calls that each pay a credit for another lead."""
    leads = [LeadAssignmentFactory(provider=provider) for _ in range(count)]
    return [
        partial(spend, provider_id=provider.pk, credits=1, lead_assignment_id=lead.pk)
        for lead in leads
    ]


def test_fifty_spend_ten_credits_and_ten_have_an_effect():
    provider = ProviderFactory()
    give_credits(provider, 10)

    outcomes = race(*payments(provider, 50))

    numbers = CreditTransaction.objects.order_by("number").values_list("number", flat=True)
    assert kinds(outcomes) == Counter(CreditTransaction=10, InsufficientCredits=40)
    assert CreditWallet.objects.get().balance == 0
    assert [*numbers] == [*range(1, 12)]
    check()


@rounds
def test_what_many_give_at_once_to_one_without_a_wallet_is_there(round: int):
    provider = ProviderFactory()
    gifts = [partial(give_credits, provider, 3) for _ in range(8)]

    race(*gifts)

    assert CreditWallet.objects.get().balance == 24
    check()


@rounds
def test_a_gift_with_a_key_is_given_once_though_many_give_it(round: int):
    provider = ProviderFactory()
    entry = Entry(CreditTransaction.Type.BONUS, idempotency_key="welcome")

    outcomes = race(*[partial(grant, provider_id=provider.pk, credits=5, entry=entry)] * 8)

    assert len({outcome.pk for outcome in outcomes}) == 1
    assert CreditWallet.objects.get().balance == 5
    check()


@rounds
def test_a_lead_is_given_back_once_though_many_ask(round: int):
    lead = LeadAssignmentFactory()
    give_credits(lead.provider, 5)
    spend(provider_id=lead.provider_id, credits=2, lead_assignment_id=lead.pk)

    race(*[partial(give_back, lead_assignment_id=lead.pk)] * 8)

    assert CreditWallet.objects.get().balance == 5
    assert CreditTransaction.objects.filter(transaction_type="REFUND").count() == 1
    check()


@rounds
def test_a_purchase_brings_its_credits_once_though_it_is_settled_many_times(round: int):
    purchase = PurchaseFactory()

    race(*[partial(settle_purchase, purchase_id=purchase.pk)] * 8)

    assert CreditWallet.objects.get().balance == 20
    check()


@rounds
def test_lots_are_spent_while_they_expire(round: int):
    provider, now = ProviderFactory(), clock.now()
    give_credits(provider, 4)
    give_credits(provider, 6, expires_at=now + timedelta(minutes=1))
    spends = payments(provider, 6)

    with time_machine.travel(now + timedelta(minutes=2)):
        race(expire_credits, *spends, expire_credits)
        while expire_credits():
            pass

    assert CreditWallet.objects.get().balance == 0
    check()


@rounds
def test_all_at_once_adds_up(round: int):
    provider, others = ProviderFactory(), [ProviderFactory() for _ in range(3)]
    give_credits(provider, 20)
    soon = clock.now() + timedelta(days=1)
    down = partial(adjust_credits, provider_id=provider.pk, credits=-2, description="Too many")
    gifts = [partial(give_credits, other, 2) for other in others]
    lots = [partial(give_credits, provider, 1, expires_at=soon) for _ in range(4)]

    race(*payments(provider, 12), down, *lots, *gifts, down)

    assert CreditWallet.objects.get(provider=provider).balance == 20 - 12 + 4 - 4
    check()
