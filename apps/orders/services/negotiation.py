"""Bargaining over the price of a bid: each side proposes in turn, until one agrees."""

from django.db import transaction

from apps.orders import errors
from apps.orders.events import CounterOfferAccepted, CounterOffered
from apps.orders.models import Bid, CounterOffer, Party
from apps.orders.services.bid_steps import (
    locked_bid,
    require_bidder,
    require_currency,
    require_open,
)
from kernel import events
from kernel.constraints import save_checked
from kernel.money import Money

#: Who answers whom.
ANSWERED_BY = {Party.CLIENT: Party.PROVIDER, Party.PROVIDER: Party.CLIENT}


@transaction.atomic
def counter_bid(
    *, bid: Bid, by: Party, amount: Money, message: str = "", version: int | None = None
) -> Bid:
    """Propose another price for a negotiable bid, which the other side is then to answer.

    What the provider proposes becomes the price of the bid. Raises VersionConflict, OrderNotOpen,
    BidNotPending, BidExpired, NotNegotiable, NotYourTurn, BidderGone, BidderNotVerified,
    CurrencyMismatch or ValidationError (amount_not_positive).
    """
    bid = _negotiable(locked_bid(bid, version), by)
    require_currency(amount, bid)
    offer = CounterOffer(bid=bid, party=by, currency=bid.currency, amount=amount, message=message)
    save_checked(offer)
    _pass_on(bid, amount if by == Party.PROVIDER else bid.amount)
    events.publish(
        CounterOffered(
            order_id=bid.order_id, bid_id=bid.pk, provider_id=bid.provider_id, party=str(by)
        )
    )
    return bid


@transaction.atomic
def accept_counter_offer(*, bid: Bid, version: int | None = None) -> Bid:
    """Agree, as the provider, to the price that the client proposed: it becomes that of the bid,
    which the client may then accept.

    Raises VersionConflict, OrderNotOpen, BidNotPending, BidExpired, NotNegotiable, NotYourTurn,
    BidderGone or BidderNotVerified.
    """
    bid = _negotiable(locked_bid(bid, version), Party.PROVIDER)
    proposed = bid.counter_offers.filter(party=Party.CLIENT).latest("created_at", "pk")
    _pass_on(bid, proposed.amount)
    events.publish(
        CounterOfferAccepted(order_id=bid.order_id, bid_id=bid.pk, provider_id=bid.provider_id)
    )
    return bid


def _negotiable(bid: Bid, by: Party) -> Bid:
    """A locked bid, where it is up to a side to answer it."""
    if not bid.order.takes_bids:
        raise errors.OrderNotOpen
    require_open(bid)
    if not bid.is_negotiable:
        raise errors.NotNegotiable
    if bid.turn != by:
        raise errors.NotYourTurn
    require_bidder(bid)
    return bid


def _pass_on(bid: Bid, amount: Money) -> None:
    """Note the price of a bid and that the other side is to answer it."""
    bid.amount, bid.turn = amount, ANSWERED_BY[Party(bid.turn)]
    bid.save(update_fields=["amount", "turn"])
