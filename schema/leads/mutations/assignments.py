"""What providers and clients do with leads in the hands of providers."""

import strawberry

from apps.accounts.access import client_of
from apps.catalog.models import ServiceSubcategory
from apps.leads.services import conversion, handing, outcomes, preferences
from apps.providers.access import acting_provider
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.inputs import given
from schema.base.mutation import mutation
from schema.catalog.quotes import entry
from schema.leads.inputs import (
    ClaimLeadInput,
    ConvertLeadToOrderInput,
    LeadAssignmentInput,
    QuoteLeadInput,
    UpdateLeadNotesInput,
    UpdateLeadPreferenceInput,
    ViewLeadAssignmentInput,
)
from schema.leads.mutations.permitted import permitted_assignment, permitted_lead
from schema.leads.types.assignments import LeadAssignment, LeadPreference
from schema.leads.types.leads import Lead


@strawberry.type
class LeadAssignmentMutation:
    """What providers and clients do with leads in the hands of providers."""

    @mutation(gate=SignedIn, description="Take a seat of a lead that one was offered, and pay it.")
    def claim_lead(self, info: Info, input: ClaimLeadInput) -> LeadAssignment:
        """Claim a lead."""
        return handing.claim_lead(
            lead=permitted_lead(info, "claimLead", input.lead_id),
            provider=acting_provider(info.context.viewer),
            price=input.price,
        )

    @mutation(gate=SignedIn, description="Note that one looked at a lead that one has.")
    def view_lead_assignment(self, info: Info, input: ViewLeadAssignmentInput) -> LeadAssignment:
        """View an assignment."""
        found = permitted_assignment(info, "viewLeadAssignment", input.assignment_id)
        return outcomes.view_assignment(assignment=found)

    @mutation(gate=SignedIn, description="Note that one got in touch with a lead's client.")
    def contact_lead(self, info: Info, input: LeadAssignmentInput) -> LeadAssignment:
        """Contact a client."""
        found = permitted_assignment(info, "contactLead", input.assignment_id)
        return outcomes.contact_lead(assignment=found, version=input.version)

    @mutation(gate=SignedIn, description="Name a price for a job, or another one.")
    def quote_lead(self, info: Info, input: QuoteLeadInput) -> LeadAssignment:
        """Quote."""
        return outcomes.quote_lead(
            assignment=permitted_assignment(info, "quoteLead", input.assignment_id),
            amount=input.amount.to_money(),
            version=input.version,
        )

    @mutation(gate=SignedIn, description="Note who got the job, as its client or as who did.")
    def win_lead(self, info: Info, input: LeadAssignmentInput) -> LeadAssignment:
        """Win a lead."""
        found = permitted_assignment(info, "winLead", input.assignment_id)
        return outcomes.win_lead(assignment=found, version=input.version)

    @mutation(gate=SignedIn, description="Note who did not get the job, as either side.")
    def lose_lead(self, info: Info, input: LeadAssignmentInput) -> LeadAssignment:
        """Lose a lead."""
        found = permitted_assignment(info, "loseLead", input.assignment_id)
        return outcomes.lose_lead(assignment=found, version=input.version)

    @mutation(gate=SignedIn, description="Note something about a lead, for oneself.")
    def update_lead_notes(self, info: Info, input: UpdateLeadNotesInput) -> LeadAssignment:
        """Note something."""
        return outcomes.note_for_oneself(
            assignment=permitted_assignment(info, "updateLeadNotes", input.assignment_id),
            notes=input.notes,
            version=input.version,
        )

    @mutation(gate=SignedIn, description="Say how one's business wants to get leads.")
    def update_lead_preference(
        self, info: Info, input: UpdateLeadPreferenceInput
    ) -> LeadPreference:
        """Change a preference."""
        return preferences.update_lead_preference(
            provider=acting_provider(info.context.viewer),
            changes=given(input, without={"version"}),
            version=input.version,
        )

    @mutation(
        gate=SignedIn,
        description="Make an order of a lead that was won, in the hands of who won it.",
    )
    def convert_lead_to_order(self, info: Info, input: ConvertLeadToOrderInput) -> Lead:
        """Convert a lead."""
        viewer, named = info.context.viewer, input.service_subcategory_id
        return conversion.convert_lead_to_order(
            lead=permitted_lead(info, "convertLeadToOrder", input.lead_id),
            client=client_of(viewer),
            service=None if named is None else entry(viewer, ServiceSubcategory, named),
            amount=input.amount.to_money() if input.amount else None,
            version=input.version,
        )
