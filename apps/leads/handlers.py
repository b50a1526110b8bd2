"""What is done about facts."""

from apps.accounts.events import AccountDeleted, AccountErased, PhoneVerified
from apps.leads.events import (
    LeadAssigned,
    LeadCancelled,
    LeadExpired,
    LeadOffered,
    LeadQuoted,
    LeadRefundApproved,
    LeadRefundRejected,
    LeadRejected,
    LeadSeatsLeft,
    LeadVerified,
)
from apps.leads.models import LeadMatch
from apps.leads.services import departures, handing, matching, refunds, telling, visitors
from kernel.events import on


@on(PhoneVerified)
def adopt_leads(fact: PhoneVerified) -> None:
    """Give a user what they asked for before they had an account."""
    visitors.adopt_leads_of(user_id=fact.user_id)


@on(AccountDeleted)
def end_leads(fact: AccountDeleted) -> None:
    """Take back what a user asked for who left."""
    departures.end_leads_of(user_id=fact.user_id)


@on(AccountErased)
def erase_leads(fact: AccountErased) -> None:
    """Forget the places and the names of a user who is gone for good."""
    departures.erase_leads_of(user_id=fact.user_id)


@on(LeadVerified)
def match_lead(fact: LeadVerified) -> None:
    """Look for providers, and hand the lead to the best of them."""
    matching.match_lead(lead_id=fact.lead_id)


@on(LeadSeatsLeft)
def hand_out_more(fact: LeadSeatsLeft) -> None:
    """Go on with those next in rank."""
    handing.go_on(lead_id=fact.lead_id)


@on(LeadExpired)
def end_expired_offers(fact: LeadExpired) -> None:
    """Let nobody have a lead whose time is over."""
    handing.end_offers(lead_id=fact.lead_id, reason=LeadMatch.Reason.EXPIRED)


@on(LeadCancelled)
def end_cancelled_offers(fact: LeadCancelled) -> None:
    """Let nobody have a lead that was called off."""
    handing.call_off(lead_id=fact.lead_id)


@on(LeadRejected)
def end_rejected_offers(fact: LeadRejected) -> None:
    """Let nobody have a lead that was turned down, and give back what it cost."""
    handing.call_off(lead_id=fact.lead_id)
    refunds.refund_rejected_lead(lead_id=fact.lead_id)


@on(LeadOffered)
def tell_offered(fact: LeadOffered) -> None:
    """Write to those who may have a lead."""
    telling.tell_offered(lead_id=fact.lead_id, user_ids=fact.user_ids)


@on(LeadAssigned)
def tell_assigned(fact: LeadAssigned) -> None:
    """Write to who has a lead now."""
    telling.tell_assigned(assignment_id=fact.assignment_id)


@on(LeadQuoted)
def tell_quoted(fact: LeadQuoted) -> None:
    """Write to who asked that there is a price."""
    telling.tell_quoted(assignment_id=fact.assignment_id)


@on(LeadRefundApproved)
def tell_refunded(fact: LeadRefundApproved) -> None:
    """Write to who gets something back."""
    telling.tell_refund(assignment_id=fact.assignment_id)


@on(LeadRefundRejected)
def tell_not_refunded(fact: LeadRefundRejected) -> None:
    """Write to who does not."""
    telling.tell_refund(assignment_id=fact.assignment_id)
