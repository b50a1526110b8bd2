"""How orders are carried out, as their parties see it."""

from typing import Any, cast

import strawberry_django
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from strawberry import auto

from apps.orders import models
from apps.reviews.models import Review as ReviewModel
from apps.reviews.models import Side
from kernel.viewer import Viewer, current_viewer
from schema.base.context import Info
from schema.base.looks import note_look
from schema.base.pagination import Connection, connection
from schema.base.types import Node, computed, only_for
from schema.orders.types.bids import Bid
from schema.orders.work_filters import ProgressNoteFilter, ProgressNoteOrder
from schema.providers.types import ServiceProviderProfile
from schema.reviews.filters import ReviewFilter, ReviewOrder
from schema.reviews.types import Review


def _client_said(name: str, description: str) -> Any:
    """A column of the client's review of the work, for those who may read it."""

    def expression(info: Any) -> Subquery:
        seen = ReviewModel.objects.visible_to(info.context.viewer)
        about = seen.filter(order_assignment=OuterRef("pk"), side=Side.CLIENT)
        return Subquery(about.order_by("pk").values(name)[:1])

    return strawberry_django.field(annotate=expression, description=description)


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
    completion_notes: auto
    version: auto
    progress_notes: Connection["ProgressNote"] = connection(
        filters=ProgressNoteFilter,
        order=ProgressNoteOrder,
        description="What the provider reported while working.",
    )

    reviews: Connection[Review] = connection(
        filters=ReviewFilter,
        order=ReviewOrder,
        description="What its two sides say about each other: those that the caller may read.",
    )
    client_rating: int | None = _client_said(
        "rating", "The client's rating, 1 to 5; null until the caller may read it."
    )
    client_review: str | None = _client_said(
        "comment", "What the client wrote; null until the caller may read it."
    )


@strawberry_django.type(models.ProgressNote)
class ProgressNote(Node):
    """What the provider reports while working."""

    assignment: OrderAssignment
    text: auto
    created_at: auto
    photos: Connection["ProgressPhoto"] = connection(description="Pictures of the work.")


@strawberry_django.type(models.ProgressPhoto)
class ProgressPhoto(Node):
    """A picture of the work, with a report on it."""

    created_at: auto

    @computed(needs=["file"], description="Where the picture can be had for some minutes.")
    def url(self) -> str:
        """An address that expires; that staff got one is noted."""
        row = cast("models.ProgressPhoto", self)
        if current_viewer().is_staff:
            note_look(row)
        return str(row.file.url)


def was_party(viewer: Viewer) -> Q:
    """The order's client, and the provider who carries it out, of what came since they do."""
    return Q(order__client_profile__user_profile__user=viewer.user_id) | Q(
        order__assignment__provider__user_profile__user=viewer.user_id,
        created_at__gte=F("order__assignment__assigned_at"),
    )


@strawberry_django.type(models.OrderTransition)
class OrderTransition(Node):
    """A step that an order took."""

    name: auto
    from_status: models.Order.Status
    to_status: models.Order.Status
    created_at: auto
    note = only_for(models.OrderTransition, "note", rule=was_party, otherwise="")
