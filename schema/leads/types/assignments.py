"""Leads in the hands of providers, and those who were looked at."""

import strawberry
import strawberry_django
from django.db.models import F
from strawberry import auto

from apps.leads import models
from apps.leads.access import ASSIGNMENT_ACTIONS, holds_assignment
from schema.base.actions import viewer_can
from schema.base.tariff import ListSizeDirective
from schema.base.types import Node, choices, computed, derived, money, only_for
from schema.leads.types.leads import Lead
from schema.providers.types import ServiceProviderProfile

LeadAssignmentStatus = choices(
    models.LeadAssignment.Status,
    "LeadAssignmentStatus",
    "Where a lead in the hands of a provider stands.",
    ASSIGNED="The provider has paid for it.",
    VIEWED="The provider looked at it.",
    CONTACTED="The provider got in touch.",
    QUOTED="The provider named a price.",
    WON="The provider got the job.",
    LOST="The provider did not get the job.",
    REFUNDED="The provider got back what it cost.",
)
LeadRefundStatus = choices(
    models.LeadAssignment.RefundStatus,
    "LeadRefundStatus",
    "What came of asking back what a lead cost.",
    NONE="Nobody has asked.",
    REQUESTED="Staff are to decide.",
    APPROVED="The credits are back.",
    REJECTED="They are not given back.",
)
LeadMatchState = choices(
    models.LeadMatch.State,
    "LeadMatchState",
    "What came of looking at a provider for a lead.",
    WAITING="It is not the provider's turn yet.",
    OFFERED="The provider may claim it.",
    ASSIGNED="The provider has it.",
    REJECTED="The provider cannot have it.",
    ENDED="It cannot be had any more.",
)
LeadMatchReason = choices(
    models.LeadMatch.Reason,
    "LeadMatchReason",
    "Why a provider does not have a lead.",
    NOT_VERIFIED="It is not verified.",
    NOT_AVAILABLE="It takes no work now.",
    AWAY="It is away.",
    NOT_WANTED="It wants no leads.",
    DOCUMENTS_MISSING="It lacks a document that such work asks for.",
    TOO_BUSY="It has too many leads already.",
    NO_CREDITS="It could not pay.",
    DAILY_LIMIT="It would have cost more than it wants to spend in a day.",
    TAKEN="Others have all the seats.",
    EXPIRED="Its time was over.",
    CANCELLED="It was called off, or turned down.",
)
LeadRefundRule = choices(
    models.LeadRefundReason.Rule,
    "LeadRefundRule",
    "What decides whether a lead is refunded.",
    STAFF="Staff.",
    UNDELIVERED="Granted where no text message could be delivered to its number, else staff.",
    DUPLICATE="Granted where the provider had paid for the same before, else staff.",
    CANCELLED="Granted where it was called off before the provider got in touch, else staff.",
)


@strawberry_django.type(models.LeadRefundReason)
class LeadRefundReason(Node):
    """A reason for which a provider may ask back what a lead cost."""

    code: auto
    name: auto
    description: auto
    rule: models.LeadRefundReason.Rule
    needs_evidence: auto
    is_active: auto
    sort_order: auto
    version: auto


@strawberry_django.type(models.LeadAssignment)
class LeadAssignment(Node):
    """A lead in the hands of a provider, and what came of it."""

    lead: Lead
    provider: ServiceProviderProfile
    status: models.LeadAssignment.Status
    is_automatic: auto
    assigned_at: auto
    viewed_at: auto
    contacted_at: auto
    quoted_at: auto
    won_at: auto
    lost_at: auto
    created_at: auto
    updated_at: auto
    version: auto
    viewer_can = viewer_can(ASSIGNMENT_ACTIONS)
    quote_amount = money(models.LeadAssignment, "quote_amount")
    match_score = only_for(models.LeadAssignment, "match_score", rule=holds_assignment)
    credit_cost = only_for(models.LeadAssignment, "credit_cost", rule=holds_assignment)
    provider_notes = only_for(models.LeadAssignment, "provider_notes", rule=holds_assignment)
    refund_status = derived(
        "refund_status",
        models.LeadAssignment.RefundStatus,
        F("refund_status"),
        rule=holds_assignment,
        description="What came of asking back what it cost; for the provider, and staff.",
    )
    refund_code = derived(
        "refund_code",
        str,
        F("refund_kind__code"),
        rule=holds_assignment,
        description="For which reason, by its code; for the provider, and staff.",
    )
    refund_reason = only_for(models.LeadAssignment, "refund_reason", rule=holds_assignment)
    refund_requested_at = only_for(
        models.LeadAssignment, "refund_requested_at", rule=holds_assignment
    )
    refund_decided_at = only_for(models.LeadAssignment, "refund_decided_at", rule=holds_assignment)
    refund_note = only_for(models.LeadAssignment, "refund_note", rule=holds_assignment)
    refunded_at = only_for(models.LeadAssignment, "refunded_at", rule=holds_assignment)


@strawberry.type(description="A part of how well a provider fits a lead.")
class LeadMatchPart:
    """How parts look to clients; how they come about is in ``apps.leads.matching``."""

    name: str = strawberry.field(description="What was looked at, such as distance.")
    value: float = strawberry.field(description="How well it fits, from 0 to 1.")


@strawberry_django.type(models.LeadMatch)
class LeadMatch(Node):
    """A provider who was looked at for a lead: how well it fits, and what came of that."""

    lead: Lead
    provider: ServiceProviderProfile
    rank: auto
    score: auto
    scoring_version: auto
    is_automatic: auto
    state: models.LeadMatch.State
    offered_at: auto
    ended_at: auto
    created_at: auto

    @computed(
        needs=["parts"],
        description="What the score is made of.",
        size=ListSizeDirective(assumed_size=10),
    )
    def parts(self) -> list[LeadMatchPart]:
        """The parts, by name."""
        found: dict[str, float] = dict(self.parts)
        return [LeadMatchPart(name=name, value=found[name]) for name in sorted(found)]

    @computed(needs=["reason"], description="Why the provider does not have it.")
    def reason(self) -> models.LeadMatch.Reason | None:
        """Why not."""
        return models.LeadMatch.Reason(self.reason) if self.reason else None


LeadMode = choices(
    models.LeadPreference.Mode,
    "LeadMode",
    "How leads come to a provider.",
    AUTOMATIC="By themselves, to the best, as long as the credits last.",
    CLAIM="They are offered, and claimed.",
    NONE="Not at all.",
)


@strawberry_django.type(models.LeadPreference)
class LeadPreference(Node):
    """How a provider wants to get leads, and what that may cost."""

    provider: ServiceProviderProfile
    mode: models.LeadPreference.Mode
    daily_credits: auto
    created_at: auto
    updated_at: auto
    version: auto
