"""Bids, as the client and their bidder see them, and the bargaining over them."""

import strawberry_django
from strawberry import auto

from apps.orders import models
from apps.orders.access import BID_ACTIONS
from schema.base.actions import viewer_can
from schema.base.pagination import Connection, connection
from schema.base.types import Node, choices, money
from schema.orders.filters import CounterOfferFilter, CounterOfferOrder
from schema.orders.types.comparison import comparison
from schema.orders.types.orders import Order
from schema.providers.types import ServiceProviderProfile

BidStatus = choices(
    models.Bid.Status,
    "BidStatus",
    "Where a bid stands.",
    PENDING="The client has not decided.",
    ACCEPTED="It won the order.",
    REJECTED="The client declined it, or took another.",
    WITHDRAWN="The bidder took it back.",
    EXPIRED="The bidder no longer stands by it.",
)

Party = choices(
    models.Party,
    "Party",
    "Who acts on an order.",
    CLIENT="Who placed it.",
    PROVIDER="Who bids on it, or carries it out.",
    STAFF="The platform's staff.",
    SYSTEM="The platform itself.",
)


@strawberry_django.type(models.Bid)
class Bid(Node):
    """A provider's offer to carry out an order."""

    order: Order
    provider: ServiceProviderProfile
    description: auto
    estimated_duration: auto
    terms_conditions: auto
    is_negotiable: auto
    turn: models.Party
    status: models.Bid.Status
    expires_at: auto
    accepted_at: auto
    rejected_at: auto
    withdrawn_at: auto
    created_at: auto
    updated_at: auto
    version: auto
    viewer_can = viewer_can(BID_ACTIONS)
    amount = money(models.Bid, "amount")
    comparison = comparison()
    counter_offers: Connection["CounterOffer"] = connection(
        filters=CounterOfferFilter,
        order=CounterOfferOrder,
        description="The prices that were proposed while bargaining over it.",
    )


@strawberry_django.type(models.CounterOffer)
class CounterOffer(Node):
    """A price that one side proposed while bargaining over a bid."""

    bid: Bid
    party: models.Party
    message: auto
    created_at: auto
    amount = money(models.CounterOffer, "amount")
