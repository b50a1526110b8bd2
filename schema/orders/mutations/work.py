"""What is done while an order is carried out, and how that ends before it began."""

from typing import BinaryIO, cast

import strawberry

from apps.orders import access
from apps.orders.services import cancelling, progress, withdrawals, work
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.mutation import mutation
from schema.orders.inputs.orders import OrderInput
from schema.orders.inputs.work import (
    AddProgressNoteInput,
    CancelOrderInput,
    CompleteOrderInput,
    WithdrawFromOrderInput,
)
from schema.orders.mutations.permitted import permitted_order
from schema.orders.types.orders import Order
from schema.orders.types.work import ProgressNote


@strawberry.type
class WorkMutation:
    """What is done while an order is carried out, and how that ends before it began."""

    @mutation(gate=SignedIn, description="Begin the work on an assigned order.")
    def start_order(self, info: Info, input: OrderInput) -> Order:
        """Start the work."""
        order = permitted_order(info, "startOrder", input.order_id)
        return work.start_order(order=order)

    @mutation(gate=SignedIn, description="Report how the work goes, as the provider who does it.")
    def add_progress_note(self, info: Info, input: AddProgressNoteInput) -> ProgressNote:
        """Report on the work."""
        return progress.add_progress_note(
            order=permitted_order(info, "addProgressNote", input.order_id),
            text=input.text,
            photos=cast("list[BinaryIO]", input.photos),
        )

    @mutation(gate=SignedIn, description="Say that the work is done.")
    def complete_order(self, info: Info, input: CompleteOrderInput) -> Order:
        """Complete the work."""
        order = permitted_order(info, "completeOrder", input.order_id)
        return work.complete_order(order=order, notes=input.notes)

    @mutation(gate=SignedIn, description="Agree that the work is done.")
    def confirm_order(self, info: Info, input: OrderInput) -> Order:
        """Confirm the work."""
        order = permitted_order(info, "confirmOrder", input.order_id)
        return work.confirm_order(order=order)

    @mutation(
        gate=SignedIn,
        description="Give an assigned order back before work begins: it is open to bids again.",
    )
    def withdraw_from_order(self, info: Info, input: WithdrawFromOrderInput) -> Order:
        """Give an order back."""
        order = permitted_order(info, "withdrawFromOrder", input.order_id)
        return withdrawals.withdraw_from_order(order=order, reason=input.reason)

    @mutation(
        gate=SignedIn,
        description="Call an order off: clients before work begins, staff until it is confirmed.",
    )
    def cancel_order(self, info: Info, input: CancelOrderInput) -> Order:
        """Cancel an order."""
        order = permitted_order(info, "cancelOrder", input.order_id)
        side = access.side_of_order(info.context.viewer, order.pk)
        return cancelling.cancel_order(order=order, reason=input.reason, by=side)
