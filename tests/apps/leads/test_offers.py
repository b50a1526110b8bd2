"""How offers end: by time, or because the lead was called off or turned down."""

from datetime import timedelta
from typing import Any

import pytest

from apps.core.services.event_log import deliver_due
from apps.credits.models import CreditWallet
from apps.leads.events import LeadCalledOff, LeadOfferEnded, LeadRejected
from apps.leads.handlers import end_rejected_offers
from apps.leads.models import Lead, LeadAssignment, LeadMatch
from apps.leads.services.leads import cancel_lead, reject_lead
from apps.leads.services.outcomes import lose_lead, win_lead
from apps.leads.services.refunds import reject_refund, request_refund
from apps.leads.tasks import expire_leads, expire_offers
from kernel import clock
from kernel.invariants import invariants
from tests.factories.accounts import UserFactory
from tests.factories.leads import bought, bought_lead, offer, open_lead
from tests.factories.providers import ProviderFactory
from tests.factories.refunds import RefundReasonFactory
from tests.support.announced import announced

pytestmark = pytest.mark.django_db

SPAM = Lead.RejectionReason.SPAM


def ended(heard: list[Any]) -> list[LeadOfferEnded]:
    """Those of the facts that tell of an end."""
    return [fact for fact in heard if isinstance(fact, LeadOfferEnded)]


def deliver() -> None:
    """Have all that is announced be handled."""
    while deliver_due():
        pass


def offered(lead: Lead) -> str:
    """Offer a lead to two, of whom one was not told yet; who was."""
    told = offer(lead, ProviderFactory())
    offer(lead, ProviderFactory(), state="WAITING", offered_at=None)
    return str(told.provider.user_profile.user_id)


def left() -> set[tuple[str, str]]:
    """How matches stand that nobody got a lead by."""
    rows = LeadMatch.objects.exclude(state="ASSIGNED")
    return {*rows.values_list("state", "reason")}


@pytest.mark.parametrize("status", ["VERIFIED", "ASSIGNED"])
def test_past_its_time_nobody_can_have_a_lead(status: str):
    lead, noise = open_lead(status=status, expires_at=clock.now()), open_lead()
    told, standing = offered(lead), offer(noise, ProviderFactory())

    with announced() as heard:
        gone = expire_offers()

    assert (gone, expire_offers()) == (1, 0)
    assert heard == [LeadOfferEnded(lead_id=lead.pk, user_ids=[told])]
    assert {*lead.matches.values_list("state", "reason")} == {("ENDED", "EXPIRED")}
    assert LeadMatch.objects.get(pk=standing.pk).state == "OFFERED"


def test_they_end_batch_by_batch():
    for _ in range(3):
        offered(open_lead(expires_at=clock.now() - timedelta(days=1)))

    with announced() as heard:
        gone = expire_offers()

    assert (gone, len(heard)) == (3, 3)


def test_a_lead_that_expires_takes_its_offers_along():
    lead = open_lead(expires_at=clock.now())
    told = offered(lead)

    with announced() as heard:
        expire_leads()
        deliver()

    assert ended(heard) == [LeadOfferEnded(lead_id=lead.pk, user_ids=[told])]
    assert left() == {("ENDED", "EXPIRED")}


def test_what_was_called_off_is_offered_no_more_and_stays_paid():
    held = bought_lead(ProviderFactory())
    told = offered(held.lead)

    with announced() as heard:
        cancel_lead(lead=held.lead)
        deliver()

    held.refresh_from_db()
    assert ended(heard) == [LeadOfferEnded(lead_id=held.lead_id, user_ids=[told])]
    assert left() == {("ENDED", "CANCELLED")}
    assert (held.status, CreditWallet.objects.get().balance) == ("ASSIGNED", 0)


def test_what_was_turned_down_is_given_back_once_to_everybody_who_has_it():
    lead, staff = bought_lead(ProviderFactory(), max_providers=5).lead, UserFactory(is_staff=True)
    running, lost, asked, refused = (bought(lead, ProviderFactory()) for _ in range(4))
    lose_lead(assignment=lost)
    for each in (asked, refused):
        request_refund(assignment=each, reason=RefundReasonFactory())
    reject_refund(assignment=refused, by=staff)

    with announced() as heard:
        reject_lead(lead=lead, reason=SPAM)
        deliver()
        end_rejected_offers(LeadRejected(lead_id=lead.pk, client_user_id=None, reason="SPAM"))

    names = [type(fact).__name__ for fact in heard]
    decided = LeadAssignment.objects.values_list("status", "refund_status", "refund_note")
    assert {*decided} == {("REFUNDED", "APPROVED", "The lead was turned down.")}
    assert {*CreditWallet.objects.values_list("balance", flat=True)} == {4}
    assert (running.lead, names.count("LeadRefundApproved")) == (lead, 5)
    assert [found.rule for found in invariants() if found.breaches()] == []


def test_who_won_keeps_it_and_the_end_comes_to_nobody_twice():
    held = bought_lead(ProviderFactory())
    offered(held.lead)
    win_lead(assignment=held)

    with announced() as heard:
        end_rejected_offers(LeadRejected(lead_id=held.lead_id, client_user_id=None, reason="SPAM"))

    held.refresh_from_db()
    assert (held.status, heard) == ("WON", [])
    assert left() == {("ENDED", "TAKEN")}


@pytest.mark.parametrize("end", ["cancel", "reject"])
def test_who_has_a_lead_hears_that_it_was_called_off(end: str):
    lead = open_lead()
    held, lost = bought(lead, ProviderFactory()), bought(lead, ProviderFactory())
    lose_lead(assignment=lost)

    with announced() as heard:
        cancel_lead(lead=lead) if end == "cancel" else reject_lead(lead=lead, reason=SPAM)
        deliver()

    told = [str(held.provider.user_profile.user_id)]
    called_off = [fact for fact in heard if isinstance(fact, LeadCalledOff)]
    assert called_off == [LeadCalledOff(lead_id=lead.pk, user_ids=told)]
