"""Leads as their clients, the providers who have them, and staff see them."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry
import strawberry_django
from django.db.models import BooleanField, Case, F, OuterRef, Q, Subquery, TextField, Value, When
from strawberry import auto

from apps.accounts.models import User as UserModel
from apps.catalog.urgency import Urgency
from apps.core.models import OutboundMessage
from apps.leads import models
from apps.leads.access import LEAD_ACTIONS, asked_or_overseen, overseen, reaches_client
from apps.orders.models import Order as OrderModel
from schema.accounts.types.users import User
from schema.base.actions import viewer_can
from schema.base.pagination import Connection, connection
from schema.base.related import one_related
from schema.base.tariff import ListSizeDirective
from schema.base.types import Node, choices, computed, derived, money, only_for
from schema.catalog.types import ServiceArea, ServiceCategory, ServiceSubcategory
from schema.leads.filters import LeadAssignmentFilter, LeadAssignmentOrder
from schema.leads.wording import blotted
from schema.orders.types.orders import Order

if TYPE_CHECKING:
    from schema.leads.types.assignments import LeadAssignment

AssignmentType = Annotated["LeadAssignment", strawberry.lazy("schema.leads.types.assignments")]

LeadStatus = choices(
    models.Lead.Status,
    "LeadStatus",
    "Where a lead stands.",
    PENDING="Waits for the code that was texted to who asks.",
    VERIFIED="Ready for providers.",
    ASSIGNED="In the hands of providers.",
    WON="Given to one of them.",
    CONVERTED="Turned into an order.",
    REJECTED="Turned down by staff.",
    CANCELLED="Taken back by who asked.",
    EXPIRED="Not confirmed, or not handed to anybody, in time.",
)
LeadSource = choices(
    models.Lead.Source,
    "LeadSource",
    "Where a lead came from.",
    WEB="The web.",
    MOBILE="An app.",
    PARTNER="A partner.",
    STAFF="Staff wrote it down.",
)
LeadRejectionReason = choices(
    models.Lead.RejectionReason,
    "LeadRejectionReason",
    "Why staff turned a lead down.",
    SPAM="It was never meant.",
    UNREACHABLE="Nobody answers at its number.",
    NOT_SERVED="Nobody does such work here.",
    OTHER="Something else.",
)
CodeDelivery = choices(
    OutboundMessage.State,
    "CodeDelivery",
    "What became of the text message with a code.",
    WAITING="To be sent.",
    SENT="Handed over to the network.",
    DELIVERED="On the phone.",
    FAILED="Could not be delivered.",
)


@strawberry.type(description="How the price of a lead came about: the product of these, rounded.")
class PriceExplanation:
    """How the factors look to clients; the formula is in ``apps.leads.pricing``."""

    version: int = strawberry.field(description="The version of the formula.")
    base: int = strawberry.field(description="What its category costs, in credits.")
    urgency_percent: int = strawberry.field(description="How urgent it is, in percent.")
    score_percent: float = strawberry.field(
        description="The mean of the score and a hundred, in percent."
    )


@strawberry.type(description="One reason for the score of a lead.")
class VerificationSignal:
    """How signals look to clients; how they come about is in ``apps.leads.scoring``."""

    name: str = strawberry.field(description="What was looked at, such as phone_verified.")
    weight: int = strawberry.field(description="What it counts for, beside the other weights.")
    value: float = strawberry.field(description="How far it holds, from 0 to 1.")
    points: float = strawberry.field(description="What it gave of the score's 100 points.")
    reason: str = strawberry.field(description="Why, as a code, such as area_found.")


def _signals() -> Any:
    """The reasons for a lead's score, for who asked and staff."""

    def resolve(root: Any) -> list[VerificationSignal] | None:
        found = root._verification_signals
        return None if found is None else [VerificationSignal(**signal) for signal in found]

    def expression(info: Any) -> Any:
        known = asked_or_overseen(info.context.viewer)
        return Case(When(known, then=F("verification_details__signals")), default=None)

    return strawberry_django.field(
        resolve,
        annotate={"_verification_signals": expression},
        description="How the score came about; for who asked, and staff.",
        directives=[ListSizeDirective(assumed_size=10)],
    )


def _is_again() -> Case:
    return Case(
        When(Q(duplicate_of__isnull=False), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )


def _newest_message() -> Subquery:
    codes = models.LeadVerificationCode.objects.filter(lead=OuterRef("pk"))
    newest = codes.order_by("-created_at", "-id").values("message__state")[:1]
    return Subquery(newest, output_field=TextField())


@strawberry_django.type(models.Lead)
class Lead(Node):
    """A client's request for a service, which is handed to providers who match it. How to reach the
    client, and where exactly, is for those who paid for it.
    """

    category: ServiceCategory
    subcategory: ServiceSubcategory | None
    area: ServiceArea | None
    city: auto
    state: auto
    country: auto
    currency: auto
    urgency: Urgency
    status: models.Lead.Status
    source: models.Lead.Source
    verification_score: auto
    is_sms_verified: auto
    verified_at: auto
    max_providers: auto
    expires_at: auto
    price: auto
    seats_taken: auto
    matched_at: auto
    cancelled_at: auto
    rejected_at: auto
    created_at: auto
    updated_at: auto
    version: auto
    viewer_can = viewer_can(LEAD_ACTIONS)
    title = blotted(models.Lead, "title", rule=reaches_client)
    description = blotted(models.Lead, "description", rule=reaches_client)
    budget_min = money(models.Lead, "budget_min")
    budget_max = money(models.Lead, "budget_max")
    contact_name = only_for(models.Lead, "contact_name", rule=reaches_client)
    contact_phone = only_for(models.Lead, "contact_phone", rule=reaches_client)
    contact_email = only_for(models.Lead, "contact_email", rule=reaches_client)
    address = only_for(models.Lead, "address", rule=reaches_client)
    suburb = only_for(models.Lead, "suburb", rule=reaches_client)
    postal_code = only_for(models.Lead, "postal_code", rule=reaches_client)
    latitude = only_for(models.Lead, "latitude", rule=reaches_client)
    longitude = only_for(models.Lead, "longitude", rule=reaches_client)
    client = one_related(
        "client",
        "client",
        User,
        lambda viewer: UserModel.objects.visible_to(viewer),
        needs=("client",),
        description="Who asks, where one may know of them; null for a visitor's.",
    )
    order = one_related(
        "order",
        "order",
        Order,
        lambda viewer: OrderModel.objects.visible_to(viewer),
        needs=("order",),
        description="The order that it was turned into, for its parties.",
    )
    assignments: Connection[AssignmentType] = connection(
        filters=LeadAssignmentFilter,
        order=LeadAssignmentOrder,
        description="The providers who have it, for its client; for a provider its own part.",
    )
    verification_signals = _signals()
    is_duplicate = derived(
        "is_duplicate",
        bool,
        _is_again(),
        rule=asked_or_overseen,
        description="Whether they asked for the same before; for who asked, and staff.",
    )
    rejection_note = derived(
        "rejection_note",
        str,
        F("rejection_note"),
        rule=overseen,
        description="What staff noted about turning it down; for staff.",
    )
    code_delivery = derived(
        "code_delivery",
        OutboundMessage.State,
        _newest_message(),
        rule=asked_or_overseen,
        description="What became of the text message with the newest code; for who asked, and"
        " staff. Forgotten after 90 days.",
    )

    @computed(
        needs=["max_providers", "seats_taken"], description="How many more providers can have it."
    )
    def seats_left(self) -> int:
        """The seats that are left."""
        return int(self.max_providers - self.seats_taken)

    @computed(needs=["price_details"], description="How its price came about; null without one.")
    def price_explanation(self) -> PriceExplanation | None:
        """The formula's version and factors."""
        found: dict[str, Any] = self.price_details  # type: ignore[attr-defined]
        return PriceExplanation(**found) if found else None

    @computed(needs=["status"], description="Whether it waits for the code that is texted.")
    def needs_code(self) -> bool:
        """Whether it waits for a code."""
        return bool(self.status == models.Lead.Status.PENDING)

    @computed(needs=["rejection_reason"], description="Why it was turned down.")
    def rejection_reason(self) -> models.Lead.RejectionReason | None:
        """Why it was turned down."""
        reason = self.rejection_reason
        return models.Lead.RejectionReason(reason) if reason else None
