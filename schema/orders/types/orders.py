"""Orders and what goes with them, as their parties see them."""

from typing import TYPE_CHECKING, Annotated

import strawberry
import strawberry_django
from django.db.models import Q
from strawberry import auto

from apps.catalog.urgency import Urgency
from apps.orders import models
from apps.orders.access import ORDER_ACTIONS
from kernel.viewer import Viewer
from schema.accounts.types.users import ClientProfile
from schema.base.actions import viewer_can
from schema.base.pagination import Connection, connection
from schema.base.tariff import ListSizeDirective
from schema.base.types import Node, choices, computed, money, only_for
from schema.catalog.quotes import PriceLine, kept_lines
from schema.catalog.types import ServiceArea, ServicePackage, ServiceSubcategory
from schema.orders.filters import BidFilter, BidOrder
from schema.orders.part_filters import (
    OrderAttachmentFilter,
    OrderAttachmentOrder,
    OrderPhotoFilter,
    OrderPhotoOrder,
)
from schema.orders.types.parts import OrderAddon, OrderAttachment, OrderPhoto
from schema.orders.work_filters import DisputeFilter, DisputeOrder, VisitFilter, VisitOrder

if TYPE_CHECKING:
    from schema.orders.types.bids import Bid
    from schema.orders.types.disputes import OrderDispute
    from schema.orders.types.visits import OrderVisit
    from schema.orders.types.work import OrderAssignment, OrderTransition

BidType = Annotated["Bid", strawberry.lazy("schema.orders.types.bids")]
OrderAssignmentType = Annotated["OrderAssignment", strawberry.lazy("schema.orders.types.work")]
OrderTransitionType = Annotated["OrderTransition", strawberry.lazy("schema.orders.types.work")]
OrderDisputeType = Annotated["OrderDispute", strawberry.lazy("schema.orders.types.disputes")]
OrderVisitType = Annotated["OrderVisit", strawberry.lazy("schema.orders.types.visits")]

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
    EXPIRED="No longer open to bids, as nobody was chosen in time.",
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
    package: ServicePackage | None
    title: auto
    description: auto
    city: auto
    state: auto
    country: auto
    service_date: auto
    service_time: auto
    urgency: Urgency
    currency: auto
    status: models.Order.Status
    published_at: auto
    expires_at: auto
    assigned_at: auto
    started_at: auto
    completed_at: auto
    confirmed_at: auto
    cancelled_at: auto
    special_requirements: auto
    is_featured: auto
    estimated_duration: auto
    is_deleted: auto
    bid_count: auto
    created_at: auto
    updated_at: auto
    version: auto
    viewer_can = viewer_can(ORDER_ACTIONS)
    estimated_price = money(models.Order, "estimated_price")
    budget_min = money(models.Order, "budget_min")
    budget_max = money(models.Order, "budget_max")
    final_price = money(models.Order, "final_price", rule=is_party)
    cancellation_reason = only_for(models.Order, "cancellation_reason", rule=is_party, otherwise="")
    location = only_for(models.Order, "location", rule=is_party)
    postal_code = only_for(models.Order, "postal_code", rule=is_party)
    latitude = only_for(models.Order, "latitude", rule=is_party)
    longitude = only_for(models.Order, "longitude", rule=is_party)
    addons: Connection[OrderAddon] = connection(description="The addons chosen.")
    photos: Connection[OrderPhoto] = connection(
        filters=OrderPhotoFilter,
        order=OrderPhotoOrder,
        description="Pictures of what is to be done.",
    )
    attachments: Connection[OrderAttachment] = connection(
        filters=OrderAttachmentFilter,
        order=OrderAttachmentOrder,
        description="Files that go with it, such as plans.",
    )
    bids: Connection[BidType] = connection(
        filters=BidFilter,
        order=BidOrder,
        description="The offers on it: all of them for its client, one's own for a provider.",
    )
    transitions: Connection[OrderTransitionType] = connection(description="The steps it took.")
    disputes: Connection[OrderDisputeType] = connection(
        filters=DisputeFilter, order=DisputeOrder, description="Disagreements over it."
    )
    visits: Connection[OrderVisitType] = connection(
        filters=VisitFilter, order=VisitOrder, description="When the provider comes."
    )
    assignment: OrderAssignmentType | None = strawberry_django.field(
        description="Who carries it out."
    )

    @computed(needs=["cancelled_by"], description="Who called it off.")
    def cancelled_by(self) -> models.Party | None:
        """Who called it off."""
        return models.Party(self.cancelled_by) if self.cancelled_by else None

    @computed(
        needs=["price_lines", "currency"],
        description="How the estimated price came about, line by line; empty without one.",
        size=ListSizeDirective(assumed_size=50),
    )
    def price_lines(self) -> list[PriceLine]:
        """The lines of its price by the catalog."""
        return kept_lines(self.price_lines, self.currency)
