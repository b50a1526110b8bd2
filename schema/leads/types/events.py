"""What happens to leads, live."""

from datetime import datetime

import strawberry

from apps.core.models import EventRecord
from apps.core.selectors import position_of
from apps.leads import models
from schema.base.context import Info
from schema.base.nodes import find
from schema.base.types import shared
from schema.leads.types.assignments import LeadAssignment
from schema.leads.types.leads import Lead


@strawberry.type(description="Something that happened to a lead.")
class LeadEvent:
    """A fact of a stream of leads, with the objects as they are now."""

    record: strawberry.Private[EventRecord]

    @shared("What happened, such as LeadOffered.")
    def type(self) -> str:
        """The fact's name."""
        return self.record.type

    @shared("When it happened.")
    def occurred_at(self) -> datetime:
        """When it happened."""
        return self.record.occurred_at

    @shared("Pass it as `after` to go on behind this event.")
    def cursor(self) -> str:
        """The position behind the fact."""
        return str(position_of(self.record))

    @strawberry.field(description="The lead as it is now, as one may see it.")
    def lead(self, info: Info) -> Lead | None:
        """The lead as it is now."""
        return find(models.Lead, self.record.payload["lead_id"], info)

    @strawberry.field(description="The lead in a provider's hands as it is now, for both sides.")
    def assignment(self, info: Info) -> LeadAssignment | None:
        """The assignment as it is now."""
        return find(models.LeadAssignment, self.record.payload.get("assignment_id"), info)
