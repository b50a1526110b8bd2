"""What happens to orders and bids."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class OrderEvent(Event):
    """Something happened to an order."""

    order_id: UUID

    def topics(self) -> list[str]:
        """The order's own."""
        return [f"order:{self.order_id}"]


@dataclass(frozen=True, kw_only=True)
class OrderMoved(OrderEvent):
    """An order took a step."""

    client_user_id: UUID


@dataclass(frozen=True, kw_only=True)
class OrderPublished(OrderMoved):
    """An order was opened to bids."""

    def topics(self) -> list[str]:
        """The order's own, and the marketplace."""
        return [*super().topics(), "marketplace"]


@dataclass(frozen=True, kw_only=True)
class OrderAssigned(OrderMoved):
    """A bid won an order."""

    bid_id: UUID
    provider_id: UUID


@dataclass(frozen=True, kw_only=True)
class OrderStarted(OrderMoved):
    """Work on an order began."""


@dataclass(frozen=True, kw_only=True)
class OrderCompleted(OrderMoved):
    """The provider says that the work is done."""


@dataclass(frozen=True, kw_only=True)
class OrderConfirmed(OrderMoved):
    """The client agrees that the work is done."""


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(OrderMoved):
    """An order was cancelled."""


@dataclass(frozen=True, kw_only=True)
class OrderDisputed(OrderMoved):
    """A party disputes an order."""

    dispute_id: UUID


@dataclass(frozen=True, kw_only=True)
class DisputeResolved(OrderMoved):
    """Staff decided a dispute, and the order went where that leads: what the client gets back of
    the price is in minor units.
    """

    dispute_id: UUID
    outcome: str = ""
    refund_amount: int | None = None
    currency: str = ""


@dataclass(frozen=True, kw_only=True)
class DisputeEvent(OrderEvent):
    """Something happened to a dispute."""

    dispute_id: UUID


@dataclass(frozen=True, kw_only=True)
class DisputeTaken(DisputeEvent):
    """Staff began to look at a dispute."""


@dataclass(frozen=True, kw_only=True)
class EvidenceAdded(DisputeEvent):
    """One side of a dispute showed something."""

    party: str


@dataclass(frozen=True, kw_only=True)
class OrderReopened(OrderMoved):
    """The provider withdrew, and the order is open to bids again."""

    provider_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProgressNoted(OrderEvent):
    """The provider reported on the work."""

    note_id: UUID
    provider_id: UUID


@dataclass(frozen=True, kw_only=True)
class OrderExpired(OrderMoved):
    """An order is no longer open to bids, as nobody was chosen in time."""


@dataclass(frozen=True, kw_only=True)
class OrderExtended(OrderMoved):
    """An order is open to bids for longer, until an instant in ISO 8601."""

    expires_at: str


@dataclass(frozen=True, kw_only=True)
class OrderUpdated(OrderEvent):
    """What an order asks for changed."""


@dataclass(frozen=True, kw_only=True)
class BidEvent(OrderEvent):
    """Something happened to a bid."""

    bid_id: UUID
    provider_id: UUID


@dataclass(frozen=True, kw_only=True)
class BidPlaced(BidEvent):
    """A provider offered to carry out an order."""


@dataclass(frozen=True, kw_only=True)
class BidUpdated(BidEvent):
    """A provider changed an offer."""


@dataclass(frozen=True, kw_only=True)
class BidWithdrawn(BidEvent):
    """A provider took an offer back."""


@dataclass(frozen=True, kw_only=True)
class BidRejected(BidEvent):
    """The client declined an offer, took another one, or called the order off."""


@dataclass(frozen=True, kw_only=True)
class BidExpired(BidEvent):
    """Nobody decided an offer while its provider stood by it."""


@dataclass(frozen=True, kw_only=True)
class CounterOffered(BidEvent):
    """One side of a bid proposed another price."""

    party: str


@dataclass(frozen=True, kw_only=True)
class CounterOfferAccepted(BidEvent):
    """The provider agreed to the price that the client proposed."""


@dataclass(frozen=True, kw_only=True)
class VisitEvent(OrderEvent):
    """Something happened to a visit."""

    visit_id: UUID
    provider_id: UUID


@dataclass(frozen=True, kw_only=True)
class VisitProposed(VisitEvent):
    """One side proposed a time at which the provider comes."""


@dataclass(frozen=True, kw_only=True)
class VisitConfirmed(VisitEvent):
    """Both sides agree on when the provider comes."""


@dataclass(frozen=True, kw_only=True)
class VisitCancelled(VisitEvent):
    """A visit was called off."""
