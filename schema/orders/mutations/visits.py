"""What both sides of an order do about visits."""

import strawberry
from strawberry import relay

from apps.orders import access
from apps.orders.models import OrderVisit as VisitModel
from apps.orders.services import visits
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.mutation import mutation
from schema.orders.inputs.visits import ProposeVisitInput, VisitInput
from schema.orders.mutations.permitted import permitted_order
from schema.orders.types.visits import OrderVisit


def _visit(info: Info, action: str, id: relay.GlobalID) -> VisitModel:
    visit: VisitModel = access.VISIT_ACTIONS.permit(
        info.context.viewer, action, key(id, of=VisitModel)
    )
    return visit


@strawberry.type
class VisitMutation:
    """What both sides of an order do about visits."""

    @mutation(gate=SignedIn, description="Propose when the provider comes, to the other side.")
    def propose_visit(self, info: Info, input: ProposeVisitInput) -> OrderVisit:
        """Propose a visit."""
        order = permitted_order(info, "proposeVisit", input.order_id)
        return visits.propose_visit(
            order=order,
            by=access.side_of_order(info.context.viewer, order.pk),
            starts_at=input.starts_at,
            ends_at=input.ends_at,
        )

    @mutation(gate=SignedIn, description="Agree to a visit that the other side proposed.")
    def confirm_visit(self, info: Info, input: VisitInput) -> OrderVisit:
        """Confirm a visit."""
        visit = _visit(info, "confirmVisit", input.visit_id)
        side = access.side_of_order(info.context.viewer, visit.order_id)
        return visits.confirm_visit(visit=visit, by=side)

    @mutation(gate=SignedIn, description="Call off a visit that has not ended.")
    def cancel_visit(self, info: Info, input: VisitInput) -> OrderVisit:
        """Cancel a visit."""
        return visits.cancel_visit(visit=_visit(info, "cancelVisit", input.visit_id))
