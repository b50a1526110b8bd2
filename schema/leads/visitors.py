"""A visitor's lead, as who made it sees it."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry import relay

from apps.leads import access
from apps.leads.models import Lead as LeadModel
from kernel.viewer import VISITOR, acting_as


@strawberry.type(description="A lead that was made without an account, for who made it.")
class VisitorLead:
    """What a visitor is told of their lead."""

    id: relay.GlobalID = strawberry.field(description="The lead's id.")
    token: str = strawberry.field(
        description="What shows it to who made it, and lets them confirm it or take it back: keep"
        " it, and show it to nobody."
    )
    status: LeadModel.Status = strawberry.field(description="Where it stands.")
    title: str = strawberry.field(description="What it is about, in a line.")
    city: str = strawberry.field(description="City or town.")
    is_sms_verified: bool = strawberry.field(description="Whether it was confirmed by a code.")
    needs_code: bool = strawberry.field(description="Whether it waits for the code.")
    expires_at: datetime | None = strawberry.field(
        description="When it is handed to nobody any more."
    )
    created_at: datetime = strawberry.field(description="When it was made.")
    version: int = strawberry.field(description="Raised by each change.")


def visitor_lead(lead: LeadModel) -> VisitorLead:
    """A lead as the visitor who made it sees it."""
    return VisitorLead(
        id=relay.GlobalID("Lead", str(lead.pk)),
        token=access.token_of(lead.pk),
        status=LeadModel.Status(lead.status),
        title=lead.title,
        city=lead.city,
        is_sms_verified=lead.is_sms_verified,
        needs_code=lead.status == LeadModel.Status.PENDING,
        expires_at=lead.expires_at,
        created_at=lead.created_at,
        version=lead.version,
    )


def told_to_visitor(key: str) -> VisitorLead:
    """The lead of a key, for the visitor whose mutation came to it."""
    with acting_as(VISITOR):
        return visitor_lead(access.visitors_lead(UUID(key)))
