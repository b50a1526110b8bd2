"""What clients, providers and staff do with orders and bids."""

from typing import BinaryIO, cast

import strawberry
from strawberry import relay

from apps.accounts import access as account_access
from apps.catalog import models as catalog
from apps.catalog.access import catalog_entry
from apps.orders import access
from apps.orders.models import Bid as BidModel
from apps.orders.models import Order as OrderModel
from apps.orders.models import OrderDispute as DisputeModel
from apps.orders.services import bids, orders, photos, work
from apps.orders.services.orders import ChosenAddon
from apps.providers.access import acting_provider
from schema.base.context import Info
from schema.base.gates import SignedIn, staff
from schema.base.ids import key
from schema.base.inputs import given
from schema.base.mutation import mutation
from schema.orders.inputs import (
    AddOrderPhotoInput,
    BidInput,
    CancelOrderInput,
    CompleteOrderInput,
    CreateOrderInput,
    OpenDisputeInput,
    OrderInput,
    PlaceBidInput,
    ResolveDisputeInput,
    UpdateBidInput,
    UpdateOrderInput,
)
from schema.orders.types import Bid, Order, OrderDispute, OrderPhoto


def _order(info: Info, action: str, id: relay.GlobalID) -> OrderModel:
    order: OrderModel = access.ORDER_ACTIONS.permit(
        info.context.viewer, action, key(id, of=OrderModel)
    )
    return order


def _bid(info: Info, action: str, id: relay.GlobalID) -> BidModel:
    bid: BidModel = access.BID_ACTIONS.permit(info.context.viewer, action, key(id, of=BidModel))
    return bid


@strawberry.type
class OrdersMutation:
    """Mutations of orders."""

    @mutation(gate=SignedIn, description="Write down what is needed, as a draft.")
    def create_order(self, info: Info, input: CreateOrderInput) -> Order:
        """Make a draft."""
        viewer = info.context.viewer
        details = given(input, without={"service_subcategory_id", "area_id", "addons", "currency"})
        details["service_subcategory"] = catalog_entry(
            viewer,
            catalog.ServiceSubcategory,
            key(input.service_subcategory_id, of=catalog.ServiceSubcategory),
        )
        if input.area_id:
            area_id = key(input.area_id, of=catalog.ServiceArea)
            details["area"] = catalog_entry(viewer, catalog.ServiceArea, area_id)
        addons = [
            ChosenAddon(
                addon=catalog_entry(
                    viewer, catalog.ServiceAddon, key(chosen.addon_id, of=catalog.ServiceAddon)
                ),
                quantity=chosen.quantity,
            )
            for chosen in input.addons
        ]
        return orders.create_order(
            client=account_access.client_of(viewer),
            details=details,
            currency=input.currency,
            addons=addons,
        )

    @mutation(gate=SignedIn, description="Change what an order asks for.")
    def update_order(self, info: Info, input: UpdateOrderInput) -> Order:
        """Change an order."""
        order = _order(info, "updateOrder", input.id)
        return orders.update_order(
            order=order, changes=given(input, without={"id", "version"}), version=input.version
        )

    @mutation(gate=SignedIn, description="Open a draft to bids.")
    def publish_order(self, info: Info, input: OrderInput) -> Order:
        """Publish an order."""
        order = _order(info, "publishOrder", input.order_id)
        return orders.publish_order(order=order)

    @mutation(gate=SignedIn, description="Call an order off before work begins.")
    def cancel_order(self, info: Info, input: CancelOrderInput) -> Order:
        """Cancel an order."""
        order = _order(info, "cancelOrder", input.order_id)
        return orders.cancel_order(order=order, reason=input.reason)

    @mutation(gate=SignedIn, description="Add a picture of what is to be done.")
    def add_order_photo(self, info: Info, input: AddOrderPhotoInput) -> OrderPhoto:
        """Add a photo to an order."""
        order = _order(info, "addOrderPhoto", input.order_id)
        return photos.add_order_photo(
            order=order,
            file=cast("BinaryIO", input.photo),
            caption=input.caption,
            is_primary=input.is_primary,
        )

    @mutation(gate=SignedIn, description="Hide an order that nobody counts on.")
    def delete_order(self, info: Info, input: OrderInput) -> Order:
        """Delete an order."""
        order = _order(info, "deleteOrder", input.order_id)
        return orders.delete_order(order=order)

    @mutation(gate=SignedIn, description="Bring back a deleted order.")
    def restore_order(self, info: Info, input: OrderInput) -> Order:
        """Restore an order."""
        order = access.own_deleted_order(info.context.viewer, key(input.order_id, of=OrderModel))
        return orders.restore_order(order=order)

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
        return bids.withdraw_bid(bid=bid)

    @mutation(gate=SignedIn, description="Decline a bid on one's order.")
    def reject_bid(self, info: Info, input: BidInput) -> Bid:
        """Reject a bid."""
        bid = _bid(info, "rejectBid", input.bid_id)
        return bids.reject_bid(bid=bid)

    @mutation(gate=SignedIn, description="Give one's order to a bidder.")
    def accept_bid(self, info: Info, input: BidInput) -> Bid:
        """Accept a bid."""
        bid = _bid(info, "acceptBid", input.bid_id)
        return bids.accept_bid(bid=bid)

    @mutation(gate=SignedIn, description="Begin the work on an assigned order.")
    def start_order(self, info: Info, input: OrderInput) -> Order:
        """Start the work."""
        order = _order(info, "startOrder", input.order_id)
        return work.start_order(order=order)

    @mutation(gate=SignedIn, description="Say that the work is done.")
    def complete_order(self, info: Info, input: CompleteOrderInput) -> Order:
        """Complete the work."""
        order = _order(info, "completeOrder", input.order_id)
        return work.complete_order(order=order, notes=input.notes)

    @mutation(gate=SignedIn, description="Agree that the work is done.")
    def confirm_order(self, info: Info, input: OrderInput) -> Order:
        """Confirm the work."""
        order = _order(info, "confirmOrder", input.order_id)
        return work.confirm_order(order=order)

    @mutation(gate=SignedIn, description="Have staff look at an order that went wrong.")
    def open_dispute(self, info: Info, input: OpenDisputeInput) -> OrderDispute:
        """Open a dispute."""
        viewer = info.context.viewer
        return work.open_dispute(
            order=_order(info, "openDispute", input.order_id),
            by=viewer.user,
            dispute_type=input.dispute_type,
            description=input.description,
        )

    @mutation(gate=staff("orders.change_orderdispute"), description="Decide a dispute.")
    def resolve_dispute(self, info: Info, input: ResolveDisputeInput) -> OrderDispute:
        """Decide a dispute."""
        viewer = info.context.viewer
        return work.resolve_dispute(
            dispute=access.dispute_visible_to(viewer, key(input.dispute_id, of=DisputeModel)),
            by=viewer.user,
            outcome=input.outcome,
            resolution=input.resolution,
        )
