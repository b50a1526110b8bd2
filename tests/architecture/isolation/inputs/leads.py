"""Mutations of leads."""

from typing import Any

from apps.leads.services.codes import request_code
from tests.architecture.isolation.actors import ADMIN
from tests.architecture.isolation.actors import EVERYONE as REFERENCE
from tests.architecture.isolation.calling import Input, arguments, gid, valid
from tests.architecture.isolation.world import Side
from tests.factories.catalog import AreaFactory, SubcategoryFactory
from tests.factories.leads import LeadFactory
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
