"""Asking for work, with or without an account."""

import strawberry

from apps.leads import access
from apps.leads.models import Lead as LeadModel
from apps.leads.services import codes, leads, visitors
from kernel.viewer import acting_as
from schema.accounts.languages import accepted_languages
from schema.accounts.types.codes import CodeSent, code_sent
from schema.base.context import Info
from schema.base.gates import Anyone, staff
from schema.base.ids import key
from schema.base.limits import Limit
from schema.base.mutation import mutation
from schema.leads.inputs import (
    CancelLeadInput,
    ConfirmLeadCodeInput,
    CreateLeadInput,
    OwnLead,
    RejectLeadInput,
    RequestLeadCodeInput,
)
from schema.leads.mutations.entries import wanted
from schema.leads.types.leads import Lead
from schema.leads.visitors import VisitorLead, told_to_visitor


def _asked_by(info: Info, action: str, input: OwnLead) -> LeadModel:
    """The lead that the caller asked for; raises NotFound or NotAllowed."""
    return access.lead_asked_by(
        info.context.viewer,
        action,
        key(input.lead_id, of=LeadModel),
        token=input.visitor_token,
    )


@strawberry.type
class LeadMutation:
    """Asking for work, with or without an account."""

    @mutation(
        gate=Anyone,
        description="Ask for work. A client who is known well enough is believed at once, others"
        " confirm it by a code; those without an account always, and it is texted right away.",
        limit=Limit("CREATE_LEAD"),
        to_visitors=told_to_visitor,
    )
    def create_lead(self, info: Info, input: CreateLeadInput) -> Lead | VisitorLead:
        """Make a lead."""
        viewer, details = info.context.viewer, wanted(info, input)
        if viewer.is_signed_in:
            return leads.create_lead(client=viewer.user, details=details)
        return visitors.create_visitor_lead(
            details=details, language=accepted_languages(info.context)
        )

    @mutation(
        gate=Anyone,
        description="Have a code texted to the number of a lead that waits for one.",
        limit=Limit("CODE"),
    )
    def request_lead_code(self, info: Info, input: RequestLeadCodeInput) -> CodeSent:
        """Have a code texted."""
        return code_sent(
            codes.request_code(
                lead=_asked_by(info, "requestLeadCode", input),
                language=accepted_languages(info.context),
            )
        )

    @mutation(
        gate=Anyone,
        description="Confirm a lead by the code that was texted last.",
        own_transactions=True,
        limit=Limit("CODE"),
        to_visitors=told_to_visitor,
    )
    def confirm_lead_code(self, info: Info, input: ConfirmLeadCodeInput) -> Lead | VisitorLead:
        """Confirm a lead."""
        viewer = info.context.viewer
        with acting_as(viewer):
            lead = _asked_by(info, "confirmLeadCode", input)
        return codes.confirm_code(viewer=viewer, lead=lead, code=input.code)

    @mutation(
        gate=Anyone,
        description="Take back a lead that nobody won.",
        to_visitors=told_to_visitor,
    )
    def cancel_lead(self, info: Info, input: CancelLeadInput) -> Lead | VisitorLead:
        """Take a lead back."""
        lead = _asked_by(info, "cancelLead", input)
        return leads.cancel_lead(lead=lead, version=input.version)

    @mutation(gate=staff("leads.change_lead"), description="Turn down a lead that nobody won.")
    def reject_lead(self, info: Info, input: RejectLeadInput) -> Lead:
        """Turn a lead down."""
        viewer = info.context.viewer
        lead: LeadModel = access.LEAD_ACTIONS.permit(
            viewer, "rejectLead", key(input.lead_id, of=LeadModel)
        )
        return leads.reject_lead(
            lead=lead, reason=input.reason, note=input.note, version=input.version
        )
