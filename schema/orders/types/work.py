"""How orders are carried out, as their parties see it."""

from typing import Any, cast

import strawberry_django
from django.db.models import CharField, F, IntegerField, Q, QuerySet, Value
from strawberry import auto

from apps.orders import models
from kernel.viewer import Viewer, current_viewer
from schema.base.context import Info
from schema.base.looks import note_look
from schema.base.pagination import Connection, connection
from schema.base.types import Node, computed, only_for
from schema.orders.types.bids import Bid
from schema.orders.work_filters import ProgressNoteFilter, ProgressNoteOrder
from schema.providers.types import ServiceProviderProfile


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

    # Reviews are a domain still to come: nobody has written one yet.
    client_rating: int | None = strawberry_django.field(
        annotate=Value(None, output_field=IntegerField()),
        description="The client's rating, 1 to 5; null until they reviewed it.",
    )
    client_review: str | None = strawberry_django.field(
        annotate=Value(None, output_field=CharField()),
        description="What the client wrote; null until they reviewed it.",
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
