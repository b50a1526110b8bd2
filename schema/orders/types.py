"""Orders, bids and assignments, as their parties see them."""

from datetime import datetime
from typing import Any

import strawberry
import strawberry_django
from django.db.models import CharField, IntegerField, Q, QuerySet, Value
from strawberry import auto

from apps.core.models import EventRecord
from apps.orders import models
from apps.orders.access import BID_ACTIONS, ORDER_ACTIONS
from kernel.viewer import Viewer
from schema.accounts.types.users import ClientProfile, User
from schema.base.actions import viewer_can
from schema.base.context import Info
from schema.base.nodes import find
from schema.base.pagination import Connection, connection
from schema.base.streams import position_of
from schema.base.types import Node, choices, computed, money, only_for
from schema.catalog.types import ServiceAddon, ServiceArea, ServiceSubcategory
from schema.orders.filters import BidFilter, BidOrder
from schema.providers.types import ServiceProviderProfile

OrderStatus = choices(
    models.Order.Status,
    "OrderStatus",
    "Where an order stands.",
    DRAFT="Being written; its client alone sees it.",
    PUBLISHED="Open to bids.",
    ASSIGNED="Given to a bidder.",
    IN_PROGRESS="Being worked on.",
    COMPLETED="Done, says the provider.",
    CONFIRMED="Done, agrees the client.",
    CANCELLED="Called off.",
    DISPUTED="Disagreed on; staff will decide.",
)
Urgency = choices(
    models.Order.Urgency,
    "OrderUrgency",
    "How soon an order is needed.",
    LOW="Whenever it suits.",
    MEDIUM="Soon.",
    HIGH="Within days.",
    URGENT="Today.",
)
BidStatus = choices(
    models.Bid.Status,
    "BidStatus",
    "Where a bid stands.",
    PENDING="The client has not decided.",
    ACCEPTED="It won the order.",
    REJECTED="The client declined it, or took another.",
    WITHDRAWN="The bidder took it back.",
)
DisputeType = choices(
    models.OrderDispute.Type,
    "DisputeType",
    "What went wrong.",
    QUALITY="The work is not good.",
    NO_SHOW="Somebody did not come.",
    PAYMENT="The money is not right.",
    DAMAGE="Something was broken.",
    OTHER="Something else.",
)
DisputeStatus = choices(
    models.OrderDispute.Status,
    "DisputeStatus",
    "Where a dispute stands.",
    OPEN="Nobody looked at it yet.",
    IN_REVIEW="Staff look at it.",
    RESOLVED="Decided.",
    DISMISSED="Turned down.",
)


def is_party(viewer: Viewer) -> Q:
    """The order's client and the provider who carries it out."""
    return Q(client_profile__user_profile__user=viewer.user_id) | Q(
        assignment__provider__user_profile__user=viewer.user_id
    )


@strawberry_django.type(models.Order)
class Order(Node):
    """A client's request for a service. Street and exact place are for its parties."""

    client: ClientProfile = strawberry_django.field(
        field_name="client_profile", description="Who asks."
    )
    service_subcategory: ServiceSubcategory
    area: ServiceArea | None
    title: auto
    description: auto
    city: auto
    state: auto
    country: auto
    service_date: auto
    service_time: auto
    urgency: models.Order.Urgency
    currency: auto
    status: models.Order.Status
    published_at: auto
    assigned_at: auto
    started_at: auto
    completed_at: auto
    confirmed_at: auto
    cancelled_at: auto
    cancellation_reason: auto
    special_requirements: auto
    is_featured: auto
    is_deleted: auto
    bid_count: auto
    created_at: auto
    updated_at: auto
    version: auto
    viewer_can = viewer_can(ORDER_ACTIONS)
    budget_min = money(models.Order, "budget_min")
    budget_max = money(models.Order, "budget_max")
    final_price = money(models.Order, "final_price", rule=is_party)
    location = only_for(models.Order, "location", rule=is_party)
    postal_code = only_for(models.Order, "postal_code", rule=is_party)
    latitude = only_for(models.Order, "latitude", rule=is_party)
    longitude = only_for(models.Order, "longitude", rule=is_party)
    addons: Connection["OrderAddon"] = connection(description="The addons chosen.")
    photos: Connection["OrderPhoto"] = connection(description="Pictures of what is to be done.")
    bids: Connection["Bid"] = connection(
        filters=BidFilter,
        order=BidOrder,
        description="The offers on it: all of them for its client, one's own for a provider.",
    )
    transitions: Connection["OrderTransition"] = connection(description="The steps it took.")
    disputes: Connection["OrderDispute"] = connection(description="Disagreements over it.")
    assignment: "OrderAssignment | None" = strawberry_django.field(
        description="Who carries it out."
    )


@strawberry_django.type(models.OrderAddon)
class OrderAddon(Node):
    """An addon chosen for an order."""

    addon: ServiceAddon
    quantity: auto
    price = money(models.OrderAddon, "price")


@strawberry_django.type(models.OrderPhoto)
class OrderPhoto(Node):
    """A picture of what is to be done."""

    caption: auto
    is_primary: auto
    created_at: auto

    @computed(needs=["photo_url"], description="Where the picture is.")
    def photo_url(self) -> str:
        """Where the picture is."""
        return self.photo_url.url


@strawberry_django.type(models.Bid)
class Bid(Node):
    """A provider's offer to carry out an order."""

    order: Order
    provider: ServiceProviderProfile
    description: auto
    estimated_duration: auto
    terms_conditions: auto
    is_negotiable: auto
    status: models.Bid.Status
    accepted_at: auto
    rejected_at: auto
    withdrawn_at: auto
    created_at: auto
    updated_at: auto
    version: auto
    viewer_can = viewer_can(BID_ACTIONS)
    amount = money(models.Bid, "amount")


@strawberry_django.type(models.OrderAssignment)
class OrderAssignment(Node):
    """The provider who carries out an order, for its parties to see."""

    @classmethod
    def get_queryset(cls, queryset: QuerySet[Any], info: Info, **_kwargs: Any) -> QuerySet[Any]:
        """Also an order's own assignment by ``visible_to``: it leads to the bid that won."""
        return queryset.visible_to(info.context.viewer)  # type: ignore[attr-defined]

    provider: ServiceProviderProfile
    bid: Bid
    assigned_at: auto
    start_date: auto
    start_time: auto
    progress_notes: auto
    completion_notes: auto
    version: auto

    # Reviews are a domain still to come: nobody has written one yet.
    client_rating: int | None = strawberry_django.field(
        annotate=Value(None, output_field=IntegerField()),
        description="The client's rating, 1 to 5; null until they reviewed it.",
    )
    client_review: str | None = strawberry_django.field(
        annotate=Value(None, output_field=CharField()),
        description="What the client wrote; null until they reviewed it.",
    )


@strawberry_django.type(models.OrderTransition)
class OrderTransition(Node):
    """A step that an order took."""

    name: auto
    from_status: models.Order.Status
    to_status: models.Order.Status
    note: auto
    created_at: auto


@strawberry_django.type(models.OrderDispute)
class OrderDispute(Node):
    """A disagreement over an order."""

    order: Order
    opened_by: User
    dispute_type: models.OrderDispute.Type
    description: auto
    evidence: auto
    status: models.OrderDispute.Status
    resolution: auto
    resolved_at: auto
    created_at: auto
    version: auto


@strawberry.type(description="Something that happened to an order.")
class OrderEvent:
    """A fact of an order's stream, with the objects as they are now."""

    record: strawberry.Private[EventRecord]

    @strawberry.field(description="What happened, such as BidPlaced.")
    def type(self) -> str:
        """The fact's name."""
        return self.record.type

    @strawberry.field(description="When it happened.")
    def occurred_at(self) -> datetime:
        """When it happened."""
        return self.record.occurred_at

    @strawberry.field(description="Pass it as `after` to go on behind this event.")
    def cursor(self) -> str:
        """The position behind the fact."""
        return str(position_of(self.record))

    @strawberry.field(description="The order as it is now.")
    def order(self, info: Info) -> Order | None:
        """The order as it is now."""
        return find(models.Order, self.record.payload["order_id"], info)

    @strawberry.field(description="The bid as it is now, for those who may see it.")
    def bid(self, info: Info) -> Bid | None:
        """The bid as it is now."""
        return find(models.Bid, self.record.payload.get("bid_id"), info)
