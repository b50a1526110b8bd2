"""Orders for work, the bids on them, and what comes of them."""

from apps.orders.models.bids import BID_TRANSITIONS, Bid, CounterOffer
from apps.orders.models.disputes import UNDECIDED, DisputeEvidence, OrderDispute
from apps.orders.models.orders import ORDER_TRANSITIONS, Order, Party
from apps.orders.models.parts import OrderAddon, OrderAttachment, OrderPhoto
from apps.orders.models.work import (
    OrderAssignment,
    OrderTransition,
    OrderVisit,
    ProgressNote,
    ProgressPhoto,
)

__all__ = [
    "BID_TRANSITIONS",
    "ORDER_TRANSITIONS",
    "UNDECIDED",
    "Bid",
    "CounterOffer",
    "DisputeEvidence",
    "Order",
    "OrderAddon",
    "OrderAssignment",
    "OrderAttachment",
    "OrderDispute",
    "OrderPhoto",
    "OrderTransition",
    "OrderVisit",
    "Party",
    "ProgressNote",
    "ProgressPhoto",
]
