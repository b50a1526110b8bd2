"""Many who want the same leads at once: each seat is paid for once, and nobody waits for ever."""

from collections import Counter
from functools import partial

import pytest
from django.db import transaction

from apps.core.services.event_log import deliver_due
from apps.credits.models import CreditTransaction, CreditWallet
from apps.leads.models import Lead, LeadAssignment, LeadMatch
from apps.leads.services.handing import claim_lead, hand_out
from apps.leads.services.leads import cancel_lead
from apps.leads.services.outcomes import contact_lead, win_lead
from apps.leads.services.refunds import approve_refund, request_refund
from apps.providers.models import ServiceProviderProfile
from kernel.invariants import invariants
from tests.factories.accounts import UserFactory
from tests.factories.credits import give_credits
from tests.factories.leads import bought_lead, offer, open_lead
from tests.factories.providers import ProviderFactory
from tests.factories.refunds import RefundReasonFactory
from tests.support.races import race

pytestmark = pytest.mark.django_db(transaction=True)
rounds = pytest.mark.parametrize("round", range(3))


def kinds(outcomes: list[object]) -> Counter[str]:
    """What came of each."""
    return Counter(type(outcome).__name__ for outcome in outcomes)


def check() -> None:
    """All rules hold."""
    assert [(found.rule, found.breaches()) for found in invariants() if found.breaches()] == []


def offered(lead: Lead, count: int, *, credits: int = 10) -> list[ServiceProviderProfile]:
    """Providers who may have a lead."""
    providers = [ProviderFactory() for _ in range(count)]
    for provider in providers:
        offer(lead, provider)
        give_credits(provider, credits)
    return providers


def test_fifty_claim_three_seats_and_three_pay():
    lead = open_lead()
    providers = offered(lead, 50)

    outcomes = race(*(partial(claim_lead, lead=lead, provider=each) for each in providers))

    lead.refresh_from_db()
    charges = CreditTransaction.objects.filter(transaction_type="DEDUCTION")
    states = Counter(LeadMatch.objects.values_list("state", flat=True))
    assert kinds(outcomes) == Counter(LeadAssignment=3, NoSeatLeft=47)
    assert [*charges.values_list("amount", flat=True)] == [-4] * 3
    assert (lead.status, lead.seats_taken) == ("ASSIGNED", 3)
    assert states == Counter(ASSIGNED=3, ENDED=47)
    check()


@rounds
def test_one_provider_claims_many_times_at_once_and_pays_once(round: int):
    lead = open_lead()
    (provider,) = offered(lead, 1)

    outcomes = race(*[partial(claim_lead, lead=lead, provider=provider)] * 8)

    assert kinds(outcomes) == Counter(LeadAssignment=1, AlreadyAssigned=7)
    assert CreditWallet.objects.get().balance == 6
    check()


@rounds
def test_one_provider_claims_many_leads_with_credits_for_two(round: int):
    provider = ProviderFactory()
    give_credits(provider, 9)
    leads = [open_lead() for _ in range(8)]
    for lead in leads:
        offer(lead, provider)

    outcomes = race(*(partial(claim_lead, lead=lead, provider=provider) for lead in leads))

    assert kinds(outcomes) == Counter(LeadAssignment=2, InsufficientCredits=6)
    assert CreditWallet.objects.get().balance == 1
    assert Lead.objects.filter(status="ASSIGNED").count() == 2
    check()


@rounds
def test_leads_that_go_to_the_same_providers_do_not_wait_for_each_other(round: int):
    providers = [ProviderFactory() for _ in range(6)]
    for provider in providers:
        give_credits(provider, 8)
    leads = [open_lead() for _ in range(6)]
    for place, lead in enumerate(leads):
        ranked = providers if place % 2 else providers[::-1]
        for provider in ranked:
            offer(lead, provider, state="WAITING", is_automatic=True, offered_at=None)

    outcomes = race(*(partial(_hand_out, lead) for lead in leads))
    while deliver_due():
        pass

    assert kinds(outcomes) == Counter(NoneType=6)
    assert LeadAssignment.objects.count() == 12
    assert set(CreditWallet.objects.values_list("balance", flat=True)) == {0}
    check()


@rounds
def test_a_lead_is_called_off_while_it_is_claimed(round: int):
    lead = open_lead()
    providers = offered(lead, 3)

    outcomes = race(
        *(partial(claim_lead, lead=lead, provider=each) for each in providers[:2]),
        partial(cancel_lead, lead=lead),
        partial(claim_lead, lead=lead, provider=providers[2]),
    )

    lead.refresh_from_db()
    claimed = kinds(outcomes)["LeadAssignment"]
    assert kinds(outcomes) == Counter(
        {"Lead": 1, "LeadAssignment": claimed, "LeadNotOpen": 3 - claimed}
    )
    assert (lead.status, lead.seats_taken) == ("CANCELLED", claimed)
    check()


@rounds
def test_of_many_who_say_that_they_won_one_did(round: int):
    lead = open_lead()
    providers = offered(lead, 3)
    held = [claim_lead(lead=lead, provider=each) for each in providers]

    outcomes = race(
        *(partial(win_lead, assignment=each) for each in held),
        *(partial(contact_lead, assignment=each) for each in held),
    )

    won = [each for each in outcomes[:3] if isinstance(each, LeadAssignment)]
    statuses = Counter(LeadAssignment.objects.values_list("status", flat=True))
    assert len(won) == 1
    assert statuses == Counter(WON=1, LOST=2)
    assert sum(ServiceProviderProfile.objects.values_list("leads_won", flat=True)) == 1
    check()


@rounds
def test_a_refund_is_given_once_though_many_approve_it(round: int):
    assignment = bought_lead(ProviderFactory())
    request_refund(assignment=assignment, reason=RefundReasonFactory())
    staff = [UserFactory(is_staff=True) for _ in range(6)]

    outcomes = race(*(partial(approve_refund, assignment=assignment, by=each) for each in staff))

    assert kinds(outcomes) == Counter(LeadAssignment=1, RefundDecided=5)
    assert CreditWallet.objects.get().balance == 4
    check()


@rounds
def test_a_job_is_won_while_its_refund_is_approved(round: int):
    assignment = bought_lead(ProviderFactory())
    request_refund(assignment=assignment, reason=RefundReasonFactory())

    race(
        partial(approve_refund, assignment=assignment, by=UserFactory(is_staff=True)),
        partial(win_lead, assignment=assignment),
    )

    assignment.refresh_from_db()
    assert (assignment.status, assignment.refund_status) in [
        ("REFUNDED", "APPROVED"),
        ("WON", "REQUESTED"),
    ]
    check()


def _hand_out(lead: Lead) -> None:
    with transaction.atomic():
        hand_out(Lead.objects.select_for_update().get(pk=lead.pk))
