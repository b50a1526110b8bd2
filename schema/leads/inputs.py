"""What mutations of leads take."""

import strawberry
from strawberry import UNSET, relay

from apps.accounts.services.texting import target_digest
from schema.base.mutation import Keyed, Versioned
from schema.base.types import MoneyInput
from schema.catalog.quotes import Urgency
from schema.leads.types.assignments import LeadMode
from schema.leads.types.leads import LeadRejectionReason, LeadSource


@strawberry.input(description="What somebody asks for.")
class CreateLeadInput(Keyed):
    """A new lead."""

    title: str = strawberry.field(description="What it is about, in a line.")
    category_id: relay.GlobalID = strawberry.field(description="The branch of what is asked for.")
    subcategory_id: relay.GlobalID | None = strawberry.field(
        default=UNSET, description="The service in that branch, where it is known."
    )
    description: str | None = strawberry.field(default=UNSET, description="What is to be done.")
    area_id: relay.GlobalID | None = strawberry.field(
        default=UNSET,
        description="The area: its currency, and its city where none is given. One of the two is"
        " needed.",
    )
    address: str | None = strawberry.field(
        default=UNSET, description="Street and number, for those who pay."
    )
    suburb: str | None = strawberry.field(default=UNSET, description="Part of the city.")
    city: str | None = strawberry.field(default=UNSET, description="City or town.")
    state: str | None = strawberry.field(default=UNSET, description="Province.")
    country: str | None = strawberry.field(default=UNSET, description="ISO 3166-1 alpha-2 code.")
    postal_code: str | None = strawberry.field(default=UNSET, description="Postal code.")
    latitude: float | None = strawberry.field(default=UNSET, description="Degrees north.")
    longitude: float | None = strawberry.field(default=UNSET, description="Degrees east.")
    budget_min: MoneyInput | None = strawberry.field(
        default=UNSET, description="The least that would be spent."
    )
    budget_max: MoneyInput | None = strawberry.field(
        default=UNSET, description="The most that would be spent, in the same currency."
    )
    urgency: Urgency = strawberry.field(
        default=Urgency.MEDIUM, description="How soon it is needed."
    )
    contact_name: str | None = strawberry.field(
        default=UNSET, description="Whom to ask for; by the account where it is left out."
    )
    contact_phone: str | None = strawberry.field(
        default=UNSET,
        description="A mobile phone's number, international or as the platform's country writes it;"
        " the verified one of the account where it is left out. Visitors have to give it.",
    )
    contact_email: str | None = strawberry.field(
        default=UNSET, description="Where to write to; by the account where it is left out."
    )
    max_providers: int | None = strawberry.field(
        default=UNSET,
        description="How many providers it is handed to at most, 1 to 10; leads.max_providers where"
        " it is left out.",
    )
    source: LeadSource = strawberry.field(default=LeadSource.WEB, description="WEB or MOBILE.")

    def visitor(self) -> str:
        """A digest of the phone number, as far as one is given."""
        return target_digest(self.contact_phone) if self.contact_phone else ""


@strawberry.input(description="A lead that one asked for.")
class OwnLead:
    """Names a lead, and shows that one made it."""

    lead_id: relay.GlobalID = strawberry.field(description="The lead.")
    visitor_token: str | None = strawberry.field(
        default=None, description="The lead's token, for those without an account."
    )


@strawberry.input(description="A lead to have a code texted for.")
class RequestLeadCodeInput(OwnLead):
    """Asks for a code."""


@strawberry.input(description="A lead and the code that was texted for it.")
class ConfirmLeadCodeInput(OwnLead):
    """Shows a code."""

    code: str = strawberry.field(description="The six digits that were texted last.")


@strawberry.input(description="A lead to take back.")
class CancelLeadInput(OwnLead, Versioned):
    """Takes a lead back."""


@strawberry.input(description="A lead to turn down.")
class RejectLeadInput(Versioned):
    """Turns a lead down."""

    lead_id: relay.GlobalID = strawberry.field(description="The lead.")
    reason: LeadRejectionReason = strawberry.field(description="Why.")
    note: str = strawberry.field(default="", description="What to note about that, for staff.")


@strawberry.input(description="A lead that one was offered.")
class ClaimLeadInput(Keyed):
    """Claims a lead."""

    lead_id: relay.GlobalID = strawberry.field(description="The lead.")
    price: int | None = strawberry.field(
        default=None, description="The price that was read: another one answers price_changed."
    )


@strawberry.input(description="A lead in the hands of a provider.")
class LeadAssignmentInput(Versioned):
    """Names an assignment."""

    assignment_id: relay.GlobalID = strawberry.field(description="The lead in a provider's hands.")


@strawberry.input(description="A lead that one looks at.")
class ViewLeadAssignmentInput:
    """Looks at an assignment."""

    assignment_id: relay.GlobalID = strawberry.field(description="The lead in one's hands.")


@strawberry.input(description="The price of a job.")
class QuoteLeadInput(LeadAssignmentInput):
    """Names a price."""

    amount: MoneyInput = strawberry.field(description="The price, in the lead's currency.")


@strawberry.input(description="What one notes about a lead, for oneself.")
class UpdateLeadNotesInput(LeadAssignmentInput):
    """Notes something."""

    notes: str = strawberry.field(
        description="The notes, in place of those before. Up to 5,000 characters."
    )


@strawberry.input(description="How one's business wants to get leads; what is left out stays.")
class UpdateLeadPreferenceInput(Versioned):
    """Changes of a preference."""

    mode: LeadMode | None = strawberry.field(default=UNSET, description="How they are to come.")
    daily_credits: int | None = strawberry.field(
        default=UNSET,
        description="What leads that come by themselves may cost in a day, by UTC; null for any.",
    )


@strawberry.input(description="What a lead cost, to be given back.")
class RequestLeadRefundInput(LeadAssignmentInput):
    """Asks for a refund."""

    reason_id: relay.GlobalID = strawberry.field(description="The reason.")
    evidence: str = strawberry.field(
        default="", description="What happened; some reasons need it. Up to 5,000 characters."
    )


@strawberry.input(description="A refund to decide.")
class LeadRefundInput(LeadAssignmentInput):
    """Decides a refund."""

    note: str = strawberry.field(
        default="",
        description="What to tell the provider about that. Up to 5,000 characters.",
    )


@strawberry.input(description="A lead that was won, to become an order.")
class ConvertLeadToOrderInput(Versioned):
    """Converts a lead."""

    lead_id: relay.GlobalID = strawberry.field(description="The lead.")
    service_subcategory_id: relay.GlobalID | None = strawberry.field(
        default=None, description="The service; that of the lead where it is left out."
    )
    amount: MoneyInput | None = strawberry.field(
        default=None, description="The price; that of the quote where it is left out."
    )
