"""What providers and clients do with bids."""

import strawberry
from strawberry import relay

from apps.orders import access
from apps.orders.models import Bid as BidModel
from apps.orders.models import Order as OrderModel
from apps.orders.services import bids, negotiation
from apps.providers.access import acting_provider
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.inputs import given
from schema.base.mutation import mutation
from schema.orders.inputs.bids import BidInput, CounterBidInput, PlaceBidInput, UpdateBidInput
from schema.orders.types.bids import Bid


def _bid(info: Info, action: str, id: relay.GlobalID) -> BidModel:
    bid: BidModel = access.BID_ACTIONS.permit(info.context.viewer, action, key(id, of=BidModel))
    return bid


@strawberry.type
class BidMutation:
    """What providers and clients do with bids."""

    @mutation(gate=SignedIn, description="Offer to carry out a published order.")
    def place_bid(self, info: Info, input: PlaceBidInput) -> Bid:
        """Place a bid."""
        viewer = info.context.viewer
        return bids.place_bid(
            order=access.order_visible_to(viewer, key(input.order_id, of=OrderModel)),
            provider=acting_provider(viewer),
            amount=input.amount.to_money(),
            details=given(input, without={"order_id", "amount"}),
        )

    @mutation(gate=SignedIn, description="Change a pending bid.")
    def update_bid(self, info: Info, input: UpdateBidInput) -> Bid:
        """Change a bid."""
        bid = _bid(info, "updateBid", input.bid_id)
        changes = given(input, without={"bid_id", "version"})
        return bids.update_bid(bid=bid, changes=changes, version=input.version)

    @mutation(gate=SignedIn, description="Take a pending bid back.")
    def withdraw_bid(self, info: Info, input: BidInput) -> Bid:
        """Withdraw a bid."""
        bid = _bid(info, "withdrawBid", input.bid_id)
        return bids.withdraw_bid(bid=bid, version=input.version)

    @mutation(gate=SignedIn, description="Decline a bid on one's order.")
    def reject_bid(self, info: Info, input: BidInput) -> Bid:
        """Reject a bid."""
        bid = _bid(info, "rejectBid", input.bid_id)
        return bids.reject_bid(bid=bid, version=input.version)

    @mutation(gate=SignedIn, description="Give one's order to a bidder.")
    def accept_bid(self, info: Info, input: BidInput) -> Bid:
        """Accept a bid."""
        bid = _bid(info, "acceptBid", input.bid_id)
        return bids.accept_bid(bid=bid, version=input.version)

    @mutation(gate=SignedIn, description="Propose another price for a bid, when it is one's turn.")
    def counter_bid(self, info: Info, input: CounterBidInput) -> Bid:
        """Counter a bid."""
        bid = _bid(info, "counterBid", input.bid_id)
        return negotiation.counter_bid(
            bid=bid,
            by=access.side_of_bid(info.context.viewer, bid),
            amount=input.amount.to_money(),
            message=input.message,
            version=input.version,
        )

    @mutation(gate=SignedIn, description="Agree to the price that the client proposed.")
    def accept_counter_offer(self, info: Info, input: BidInput) -> Bid:
        """Accept a counter-offer."""
        bid = _bid(info, "acceptCounterOffer", input.bid_id)
        return negotiation.accept_counter_offer(bid=bid, version=input.version)
