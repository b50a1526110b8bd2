"""What clients do with their orders, and which of them staff show first."""

import strawberry

from apps.accounts import access as account_access
from apps.orders import access
from apps.orders.models import Order as OrderModel
from apps.orders.services import expiry, orders
from schema.base.context import Info
from schema.base.gates import SignedIn, staff
from schema.base.ids import key
from schema.base.mutation import mutation
from schema.orders.inputs.orders import (
    CreateOrderInput,
    ExtendOrderInput,
    FeatureOrderInput,
    OrderInput,
    UpdateOrderInput,
)
from schema.orders.mutations.entries import wanted
from schema.orders.mutations.permitted import permitted_order
from schema.orders.types.orders import Order


@strawberry.type
class OrderMutation:
    """What clients do with their orders, and which of them staff show first."""

    @mutation(gate=SignedIn, description="Write down what is needed, as a draft with its price.")
    def create_order(self, info: Info, input: CreateOrderInput) -> Order:
        """Make a draft."""
        details = wanted(info, input, without={"currency"})
        addons = details.pop("addons", ())
        return orders.create_order(
            client=account_access.client_of(info.context.viewer),
            details=details,
            currency=input.currency,
            addons=addons,
        )

    @mutation(
        gate=SignedIn,
        description="Change what a draft asks for, or an order that is published or expired but for"
        " what bids were made on. It is priced anew where that makes a difference.",
    )
    def update_order(self, info: Info, input: UpdateOrderInput) -> Order:
        """Change an order."""
        order = permitted_order(info, "updateOrder", input.id)
        changes = wanted(info, input, without={"id", "version"})
        return orders.update_order(order=order, changes=changes, version=input.version)

    @mutation(gate=SignedIn, description="Open a draft to bids, at the prices of this moment.")
    def publish_order(self, info: Info, input: OrderInput) -> Order:
        """Publish an order."""
        order = permitted_order(info, "publishOrder", input.order_id)
        return orders.publish_order(order=order)

    @mutation(
        gate=SignedIn,
        description="Have an order take bids for longer; one that expired is open again, with the"
        " bids that it had.",
    )
    def extend_order(self, info: Info, input: ExtendOrderInput) -> Order:
        """Extend an order."""
        order = permitted_order(info, "extendOrder", input.order_id)
        return expiry.extend_order(order=order, until=input.until, version=input.version)

    @mutation(gate=staff("orders.change_order"), description="Show an order first, or no longer.")
    def feature_order(self, info: Info, input: FeatureOrderInput) -> Order:
        """Feature an order."""
        order = permitted_order(info, "featureOrder", input.order_id)
        return orders.feature_order(order=order, is_featured=input.is_featured)

    @mutation(gate=SignedIn, description="Hide an order that nobody counts on.")
    def delete_order(self, info: Info, input: OrderInput) -> Order:
        """Delete an order."""
        order = permitted_order(info, "deleteOrder", input.order_id)
        return orders.delete_order(order=order)

    @mutation(gate=SignedIn, description="Bring back a deleted order.")
    def restore_order(self, info: Info, input: OrderInput) -> Order:
        """Restore an order."""
        order = access.own_deleted_order(info.context.viewer, key(input.order_id, of=OrderModel))
        return orders.restore_order(order=order)
