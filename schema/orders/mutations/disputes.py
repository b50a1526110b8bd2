"""What parties and staff do about disputes."""

from typing import BinaryIO, cast

import strawberry
from strawberry import relay

from apps.orders import access
from apps.orders.models import OrderDispute as DisputeModel
from apps.orders.services import disputes
from schema.base.context import Info
from schema.base.gates import SignedIn, staff
from schema.base.ids import key
from schema.base.mutation import mutation
from schema.orders.inputs.disputes import (
    AddDisputeEvidenceInput,
    OpenDisputeInput,
    ResolveDisputeInput,
    ReviewDisputeInput,
)
from schema.orders.mutations.permitted import permitted_order
from schema.orders.types.disputes import OrderDispute

Deciders = staff("orders.change_orderdispute")


def _dispute(info: Info, action: str, id: relay.GlobalID) -> DisputeModel:
    dispute: DisputeModel = access.DISPUTE_ACTIONS.permit(
        info.context.viewer, action, key(id, of=DisputeModel)
    )
    return dispute


@strawberry.type
class DisputeMutation:
    """What parties and staff do about disputes."""

    @mutation(gate=SignedIn, description="Have staff look at an order that went wrong.")
    def open_dispute(self, info: Info, input: OpenDisputeInput) -> OrderDispute:
        """Open a dispute."""
        return disputes.open_dispute(
            order=permitted_order(info, "openDispute", input.order_id),
            by=info.context.viewer.user,
            dispute_type=input.dispute_type,
            description=input.description,
        )

    @mutation(gate=SignedIn, description="Show something on one's side of an open dispute.")
    def add_dispute_evidence(self, info: Info, input: AddDisputeEvidenceInput) -> OrderDispute:
        """Add evidence."""
        return disputes.add_dispute_evidence(
            dispute=_dispute(info, "addDisputeEvidence", input.dispute_id),
            by=info.context.viewer.user,
            text=input.text,
            files=cast("list[BinaryIO]", input.files),
        )

    @mutation(gate=Deciders, description="Look at a dispute, and note something on it for staff.")
    def review_dispute(self, info: Info, input: ReviewDisputeInput) -> OrderDispute:
        """Take a dispute."""
        return disputes.review_dispute(
            dispute=_dispute(info, "reviewDispute", input.dispute_id),
            by=info.context.viewer.user,
            notes=input.notes,
            version=input.version,
        )

    @mutation(gate=Deciders, description="Decide a dispute.")
    def resolve_dispute(self, info: Info, input: ResolveDisputeInput) -> OrderDispute:
        """Decide a dispute."""
        return disputes.resolve_dispute(
            dispute=_dispute(info, "resolveDispute", input.dispute_id),
            by=info.context.viewer.user,
            outcome=input.outcome,
            resolution=input.resolution,
            refund_share=input.refund_share,
        )
