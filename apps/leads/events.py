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
