"""Mutations of leads."""

from typing import Any

from apps.leads.services.codes import request_code
from apps.leads.services.outcomes import win_lead
from apps.leads.services.refunds import request_refund
from tests.architecture.isolation.actors import ADMIN, PARTY
from tests.architecture.isolation.actors import EVERYONE as REFERENCE
from tests.architecture.isolation.calling import Input, arguments, gid, valid
from tests.architecture.isolation.world import Side
from tests.factories.catalog import AreaFactory, SubcategoryFactory
from tests.factories.credits import give_credits
from tests.factories.leads import LeadFactory, bought_lead, offer, open_lead
from tests.factories.providers import OfferedServiceFactory
from tests.factories.refunds import RefundReasonFactory
from tests.support.letters import newest_code


def _lead(side: Side) -> Any:
    service = SubcategoryFactory()
    return LeadFactory(client=side.me.user, category=service.category, pending=True)


@valid(
    "createLead",
    open_to={"categoryId": REFERENCE, "subcategoryId": REFERENCE, "areaId": REFERENCE},
)
def _create_lead(side: Side) -> Input:
    service = SubcategoryFactory()
    return {
        "title": "The roof leaks",
        "categoryId": gid(service.category),
        "subcategoryId": gid(service),
        "areaId": gid(AreaFactory()),
        "contactPhone": "+27821234599",
    }


@valid("requestLeadCode")
@valid("cancelLead")
def _own_lead(side: Side) -> Input:
    return {"leadId": gid(_lead(side))}


@valid("confirmLeadCode")
def _confirm_lead_code(side: Side) -> Input:
    lead = _lead(side)
    request_code(lead=lead)
    return {"leadId": gid(lead), "code": newest_code("lead_code")}


@valid("rejectLead", by=ADMIN)
def _reject_lead(side: Side) -> Input:
    return {"leadId": gid(_lead(side)), "reason": "SPAM"}


@arguments("visitorLead")
def _visitor_lead(world: Any) -> list[Input]:
    return [{"token": "none that was given"}]


def _held(side: Side, **fields: Any) -> Any:
    """A lead of the other's that one's own business has."""
    return bought_lead(side.me.provider, client=side.other.user, **fields)


@valid("claimLead")
def _claim_lead(side: Side) -> Input:
    lead = open_lead(client=side.other.user)
    offer(lead, side.me.provider)
    give_credits(side.me.provider, 4)
    return {"leadId": gid(lead)}


@valid("viewLeadAssignment")
@valid("contactLead")
@valid("winLead", open_to={"assignmentId": frozenset({PARTY})})
@valid("loseLead", open_to={"assignmentId": frozenset({PARTY})})
def _held_lead(side: Side) -> Input:
    return {"assignmentId": gid(_held(side))}


@valid("quoteLead")
def _quote_lead(side: Side) -> Input:
    return {"assignmentId": gid(_held(side)), "amount": {"amount": "500.00", "currency": "ZAR"}}


@valid("updateLeadNotes")
def _update_lead_notes(side: Side) -> Input:
    return {"assignmentId": gid(_held(side)), "notes": "Rings the bell twice."}


@valid("updateLeadPreference")
def _update_lead_preference(side: Side) -> Input:
    return {"mode": "AUTOMATIC", "dailyCredits": 20}


@valid("requestLeadRefund", open_to={"reasonId": REFERENCE})
def _request_lead_refund(side: Side) -> Input:
    return {
        "assignmentId": gid(_held(side)),
        "reasonId": gid(RefundReasonFactory()),
        "evidence": "Nobody answers.",
    }


@valid("approveLeadRefund", by=ADMIN)
@valid("rejectLeadRefund", by=ADMIN)
def _decide_lead_refund(side: Side) -> Input:
    held = request_refund(assignment=_held(side), reason=RefundReasonFactory())
    return {"assignmentId": gid(held), "note": "As you say."}


@valid("convertLeadToOrder", open_to={"serviceSubcategoryId": REFERENCE})
def _convert_lead_to_order(side: Side) -> Input:
    service = SubcategoryFactory()
    held = bought_lead(side.other.provider, client=side.me.user, category=service.category)
    OfferedServiceFactory(provider=side.other.provider, subcategory=service)
    win_lead(assignment=held)
    return {
        "leadId": gid(held.lead),
        "serviceSubcategoryId": gid(service),
        "amount": {"amount": "500.00", "currency": "ZAR"},
    }


@arguments("leadMetrics")
def _lead_metrics(world: Any) -> list[Input]:
    return [{"since": "2026-01-01T00:00:00Z", "until": "2026-12-31T00:00:00Z"}]
