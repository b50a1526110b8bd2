"""Reading leads."""

from typing import Annotated

import strawberry
from strawberry import relay

from apps.leads import access, models
from schema.base.context import Info
from schema.base.gates import Anyone, SignedIn
from schema.base.nodes import fetch
from schema.base.pagination import Connection, connection, query
from schema.leads.filters import LeadFilter, LeadOrder
from schema.leads.types import Lead
from schema.leads.visitors import VisitorLead, visitor_lead

Token = Annotated[str, strawberry.argument(description="What its maker was told.")]


@strawberry.type
class LeadsQuery:
    """Root fields of leads."""

    leads: Connection[Lead] = connection(
        gate=SignedIn,
        filters=LeadFilter,
        order=LeadOrder,
        description="Own leads, and those assigned to one's business; all of them for staff.",
    )

    @query(gate=SignedIn, description="A lead.")
    def lead(self, info: Info, id: relay.GlobalID) -> Lead:
        """A lead by id."""
        return fetch(models.Lead, id, info)

    @query(gate=Anyone, description="A lead that was made without an account, by its token.")
    def visitor_lead(self, token: Token) -> VisitorLead:
        """A visitor's lead."""
        return visitor_lead(access.lead_of_token(token))
