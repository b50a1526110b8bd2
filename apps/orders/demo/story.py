"""What an order of the demo data is made of."""

from dataclasses import dataclass, field

from apps.accounts.demo import Person
from apps.catalog.models import ServiceArea, ServiceSubcategory
from apps.orders.models import (
    Bid,
    CounterOffer,
    DisputeEvidence,
    Order,
    OrderAddon,
    OrderAssignment,
    OrderAttachment,
    OrderDispute,
    OrderTransition,
    OrderVisit,
    ProgressNote,
    ProgressPhoto,
)
from apps.providers.demo import Business
from apps.providers.demo.papers import count_answer, count_stars, count_work

Status = Order.Status


@dataclass(frozen=True)
class Brief:
    """What an order shall be: whose, for what, where it stands, how old it is, and who bids.

    ``favored`` bids for sure, and wins where somebody does.
    """

    client: Person
    service: ServiceSubcategory
    area: ServiceArea
    status: Status
    days: float
    bids: int
    favored: Business | None


@dataclass
class Story:
    """An order with all that hangs on it."""

    client: Person
    order: Order
    addons: list[OrderAddon] = field(default_factory=list)
    attachments: list[OrderAttachment] = field(default_factory=list)
    bids: list[Bid] = field(default_factory=list)
    counter_offers: list[CounterOffer] = field(default_factory=list)
    steps: list[OrderTransition] = field(default_factory=list)
    assignment: OrderAssignment | None = None
    visits: list[OrderVisit] = field(default_factory=list)
    notes: list[ProgressNote] = field(default_factory=list)
    pictures: list[ProgressPhoto] = field(default_factory=list)
    dispute: OrderDispute | None = None
    evidence: list[DisputeEvidence] = field(default_factory=list)
    winner: Business | None = None
    stars: int | None = None

    def count(self) -> None:
        """Count the order into the figures of its client and provider."""
        figures, order = self.client.client, self.order
        if order.published_at is not None:
            figures.total_orders += 1
            figures.completed_orders += order.status == Status.CONFIRMED
            figures.cancelled_orders += order.status == Status.CANCELLED
        for bid in self.bids:
            if order.published_at is not None:
                waited = bid.created_at - order.published_at
                count_answer(bid.provider, waited.total_seconds())
        if self.winner is not None:
            count_work(self.winner.profile, is_done=order.status == Status.CONFIRMED)
            if self.stars is not None:
                count_stars(self.winner.profile, self.stars)
