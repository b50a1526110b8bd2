"""What happens to leads."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class LeadEvent(Event):
    """Something happened to a lead; one of a visitor has no client."""

    lead_id: UUID
    client_user_id: UUID | None

    def topics(self) -> list[str]:
        """The lead's own, and that of its client's leads."""
        own = [f"lead:{self.lead_id}"]
        return own if self.client_user_id is None else [*own, f"leads:{self.client_user_id}"]


@dataclass(frozen=True, kw_only=True)
class LeadCreated(LeadEvent):
    """Somebody asked for work."""


@dataclass(frozen=True, kw_only=True)
class LeadVerified(LeadEvent):
    """A lead is meant, as far as can be known: it may be handed to providers."""


@dataclass(frozen=True, kw_only=True)
class LeadCancelled(LeadEvent):
    """Who asked does so no more."""


@dataclass(frozen=True, kw_only=True)
class LeadRejected(LeadEvent):
    """Staff turned a lead down."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class LeadExpired(LeadEvent):
    """A lead was not confirmed, or not handed over, in time."""


@dataclass(frozen=True, kw_only=True)
class LeadAdopted(LeadEvent):
    """A visitor's lead became that of a user, who showed that its number is theirs."""


@dataclass(frozen=True, kw_only=True)
class LeadMatched(LeadEvent):
    """Providers were looked for: so many fit."""

    providers: int


@dataclass(frozen=True, kw_only=True)
class ProvidersTold(Event):
    """Something about a lead that concerns providers; ``user_ids`` are who run their businesses."""

    lead_id: UUID
    user_ids: list[str]

    def topics(self) -> list[str]:
        """Those of the providers' leads."""
        return [f"leads:{user_id}" for user_id in self.user_ids]


@dataclass(frozen=True, kw_only=True)
class LeadOffered(ProvidersTold):
    """Providers may have a lead for its price."""


@dataclass(frozen=True, kw_only=True)
class LeadTaken(ProvidersTold):
    """Others have a lead that was offered: no seat is left."""


@dataclass(frozen=True, kw_only=True)
class LeadOfferEnded(ProvidersTold):
    """A lead that was offered expired, was called off or turned down."""


@dataclass(frozen=True, kw_only=True)
class LeadCalledOff(ProvidersTold):
    """A lead that providers have, and that nobody won, was called off or turned down."""


@dataclass(frozen=True, kw_only=True)
class LeadSeatsLeft(Event):
    """A lead can be handed to further providers who take leads without being asked."""

    lead_id: UUID


@dataclass(frozen=True, kw_only=True)
class LeadAssignmentEvent(LeadEvent):
    """Something happened to a lead in the hands of a provider, whom ``provider_user_id`` runs."""

    assignment_id: UUID
    provider_id: UUID
    provider_user_id: UUID

    def topics(self) -> list[str]:
        """Those of the client's and the provider's leads."""
        return [*super().topics(), f"leads:{self.provider_user_id}"]


@dataclass(frozen=True, kw_only=True)
class LeadAssigned(LeadAssignmentEvent):
    """A provider has paid for a lead."""


@dataclass(frozen=True, kw_only=True)
class LeadViewed(LeadAssignmentEvent):
    """A provider looked at a lead that it has."""


@dataclass(frozen=True, kw_only=True)
class LeadContacted(LeadAssignmentEvent):
    """A provider got in touch with a client."""


@dataclass(frozen=True, kw_only=True)
class LeadQuoted(LeadAssignmentEvent):
    """A provider named a price."""


@dataclass(frozen=True, kw_only=True)
class LeadWon(LeadAssignmentEvent):
    """A provider got the job."""


@dataclass(frozen=True, kw_only=True)
class LeadLost(LeadAssignmentEvent):
    """A provider did not get the job."""


@dataclass(frozen=True, kw_only=True)
class LeadConverted(LeadEvent):
    """A lead that was won became an order."""

    order_id: UUID


@dataclass(frozen=True, kw_only=True)
class LeadRefundEvent(LeadAssignmentEvent):
    """Something about what a lead cost a provider, which concerns nobody else."""

    def topics(self) -> list[str]:
        """That of the provider's leads."""
        return [f"leads:{self.provider_user_id}"]


@dataclass(frozen=True, kw_only=True)
class LeadRefundRequested(LeadRefundEvent):
    """A provider asked back what a lead cost."""


@dataclass(frozen=True, kw_only=True)
class LeadRefundApproved(LeadRefundEvent):
    """A provider gets back what a lead cost."""

    credits: int
    is_automatic: bool


@dataclass(frozen=True, kw_only=True)
class LeadRefundRejected(LeadRefundEvent):
    """A provider does not get back what a lead cost."""
