"""Asking back what leads cost, and deciding that."""

import strawberry

from apps.leads import access
from apps.leads.models import LeadRefundReason
from apps.leads.services import refunds
from schema.base.context import Info
from schema.base.gates import SignedIn, staff
from schema.base.ids import key
from schema.base.mutation import mutation
from schema.leads.inputs import LeadRefundInput, RequestLeadRefundInput
from schema.leads.mutations.permitted import permitted_assignment
from schema.leads.types.assignments import LeadAssignment

Deciders = staff("leads.change_leadassignment")


@strawberry.type
class LeadRefundMutation:
    """Asking back what leads cost, and deciding that."""

    @mutation(
        gate=SignedIn,
        description="Ask back what a lead cost: a rule grants it at once, else staff decide.",
    )
    def request_lead_refund(self, info: Info, input: RequestLeadRefundInput) -> LeadAssignment:
        """Ask for a refund."""
        return refunds.request_refund(
            assignment=permitted_assignment(info, "requestLeadRefund", input.assignment_id),
            reason=access.refund_reason(
                info.context.viewer, key(input.reason_id, of=LeadRefundReason)
            ),
            evidence=input.evidence,
            version=input.version,
        )

    @mutation(gate=Deciders, description="Give a provider back what a lead cost.")
    def approve_lead_refund(self, info: Info, input: LeadRefundInput) -> LeadAssignment:
        """Approve a refund."""
        return refunds.approve_refund(
            assignment=permitted_assignment(info, "approveLeadRefund", input.assignment_id),
            by=info.context.viewer.user,
            note=input.note,
            version=input.version,
        )

    @mutation(gate=Deciders, description="Refuse a provider what it asks back.")
    def reject_lead_refund(self, info: Info, input: LeadRefundInput) -> LeadAssignment:
        """Reject a refund."""
        return refunds.reject_refund(
            assignment=permitted_assignment(info, "rejectLeadRefund", input.assignment_id),
            by=info.context.viewer.user,
            note=input.note,
            version=input.version,
        )
