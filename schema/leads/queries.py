"""Reading leads."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import relay

from apps.leads import access, metrics, models
from apps.providers.access import acting_provider
from apps.providers.models import ServiceProviderProfile
from schema.base.context import Info
from schema.base.gates import Anyone, SignedIn
from schema.base.ids import key
from schema.base.nodes import fetch
from schema.base.pagination import Connection, connection, query
from schema.base.types import planned
from schema.leads.filters import (
    LeadAssignmentFilter,
    LeadAssignmentOrder,
    LeadFilter,
    LeadMatchFilter,
    LeadMatchOrder,
    LeadOrder,
    LeadRefundReasonFilter,
    LeadRefundReasonOrder,
)
from schema.leads.types.assignments import (
    LeadAssignment,
    LeadMatch,
    LeadPreference,
    LeadRefundReason,
)
from schema.leads.types.leads import Lead
from schema.leads.types.metrics import LeadMetrics
from schema.leads.visitors import VisitorLead, visitor_lead

Since = Annotated[datetime, strawberry.argument(description="From this instant on.")]
Until = Annotated[datetime, strawberry.argument(description="To before this one.")]
Measured = Annotated[
    relay.GlobalID | None,
    strawberry.argument(description="Whose; one's own without it, for staff all of them."),
]
Token = Annotated[str, strawberry.argument(description="What its maker was told.")]


@strawberry.type
class LeadsQuery:
    """Root fields of leads."""

    leads: Connection[Lead] = connection(
        gate=SignedIn,
        filters=LeadFilter,
        order=LeadOrder,
        description="Own leads, and those assigned or offered to one's business; all of them for"
        " staff.",
    )
    lead_assignments: Connection[LeadAssignment] = connection(
        gate=SignedIn,
        filters=LeadAssignmentFilter,
        order=LeadAssignmentOrder,
        description="Own leads in the hands of providers, and those of one's business; all of them"
        " for staff.",
    )
    lead_matches: Connection[LeadMatch] = connection(
        gate=SignedIn,
        filters=LeadMatchFilter,
        order=LeadMatchOrder,
        description="The leads that one's business was told of; for staff all who were looked at,"
        " with the reasons why they do not have it.",
    )
    lead_refund_reasons: Connection[LeadRefundReason] = connection(
        gate=SignedIn,
        filters=LeadRefundReasonFilter,
        order=LeadRefundReasonOrder,
        newest="sort_order",
        description="For which reasons what a lead cost can be asked back.",
    )

    @query(gate=SignedIn, description="How one's business wants to get leads; null before it says.")
    def lead_preference(self, info: Info) -> LeadPreference | None:
        """One's own preference."""
        viewer = info.context.viewer
        own = models.LeadPreference.objects.visible_to(viewer).filter(
            provider=acting_provider(viewer)
        )
        return planned(own, info).first()

    @query(gate=SignedIn, description="A lead.")
    def lead(self, info: Info, id: relay.GlobalID) -> Lead:
        """A lead by id."""
        return fetch(models.Lead, id, info)

    @query(
        gate=SignedIn,
        cost=20,
        description="How leads fared in a time of up to 366 days: of one's own business; for staff"
        " of any, or of the whole platform.",
    )
    def lead_metrics(
        self, info: Info, since: Since, until: Until, provider_id: Measured = None
    ) -> LeadMetrics:
        """The figures of leads."""
        named = None if provider_id is None else key(provider_id, of=ServiceProviderProfile)
        whose = access.measured(info.context.viewer, named)
        found = metrics.lead_metrics(since=since, until=until, provider_id=whose)
        return LeadMetrics(figures=found, **asdict(found))

    @query(gate=Anyone, description="A lead that was made without an account, by its token.")
    def visitor_lead(self, token: Token) -> VisitorLead:
        """A visitor's lead."""
        return visitor_lead(access.lead_of_token(token))
