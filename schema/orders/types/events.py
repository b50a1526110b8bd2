"""What happens to orders, live."""

from datetime import datetime

import strawberry

from apps.core.models import EventRecord
from apps.core.selectors import position_of
from apps.orders import models
from schema.base.context import Info
from schema.base.nodes import find
from schema.base.types import shared
from schema.orders.types.bids import Bid
from schema.orders.types.disputes import OrderDispute
from schema.orders.types.orders import Order
from schema.orders.types.visits import OrderVisit
from schema.orders.types.work import ProgressNote


@strawberry.type(description="Something that happened to an order.")
class OrderEvent:
    """A fact of an order's stream, with the objects as they are now."""

    record: strawberry.Private[EventRecord]

    @shared("What happened, such as BidPlaced.")
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

    @shared("The order as it is now.")
    def order(self, info: Info) -> Order | None:
        """The order as it is now."""
        return find(models.Order, self.record.payload["order_id"], info)

    @strawberry.field(description="The bid as it is now, for those who may see it.")
    def bid(self, info: Info) -> Bid | None:
        """The bid as it is now."""
        return find(models.Bid, self.record.payload.get("bid_id"), info)

    @strawberry.field(description="The visit as it is now, for those who may see it.")
    def visit(self, info: Info) -> OrderVisit | None:
        """The visit as it is now."""
        return find(models.OrderVisit, self.record.payload.get("visit_id"), info)

    @strawberry.field(description="The dispute as it is now, for those who may see it.")
    def dispute(self, info: Info) -> OrderDispute | None:
        """The dispute as it is now."""
        return find(models.OrderDispute, self.record.payload.get("dispute_id"), info)

    @strawberry.field(description="The report on the work, for those who may see it.")
    def progress_note(self, info: Info) -> ProgressNote | None:
        """The report on the work."""
        return find(models.ProgressNote, self.record.payload.get("note_id"), info)
