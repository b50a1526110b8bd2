"""Following leads live."""

from collections.abc import AsyncGenerator

import strawberry

from kernel.events import Event
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.streams import After, Stream, subscription
from schema.leads.types.events import LeadEvent


@strawberry.type
class LeadsSubscription:
    """Subscriptions to leads."""

    @subscription(
        gate=SignedIn,
        description="What happens to one's leads, from a cursor on or now: to a provider that it is"
        " offered, assigned, taken by others or ended, and what comes of asking back what it cost;"
        " to a client that it is verified, matched, viewed, answered, priced, won.",
    )
    async def lead_events(self, info: Info, after: After = None) -> AsyncGenerator[LeadEvent, None]:
        """Follow what concerns oneself."""
        return Stream(
            gate=SignedIn,
            access=lambda viewer: viewer.user_id,
            topics=lambda viewer: [f"leads:{viewer.user_id}"],
            shape=lambda record: LeadEvent(record=record),
            types=Event.registry,
            after=after,
        )
