"""What clients and providers say about each other, as others see it."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry
import strawberry_django
from django.db.models import Case, CharField, F, Q, When
from strawberry import auto, relay

from apps.reviews import models
from apps.reviews.access import REVIEW_ACTIONS
from kernel.viewer import Viewer
from schema.base.actions import viewer_can
from schema.base.types import Node, choices, only_for

if TYPE_CHECKING:
    from schema.providers.types.profiles import ServiceProviderProfile

Provider = Annotated["ServiceProviderProfile", strawberry.lazy("schema.providers.types.profiles")]

ReviewSide = choices(
    models.Side,
    "ReviewSide",
    "Which side of finished work wrote a review.",
    CLIENT="Who asked for the work, about the provider.",
    PROVIDER="Who carried it out, about the client.",
)

ModerationStatus = choices(
    models.ModerationStatus,
    "ModerationStatus",
    "What staff think of a review.",
    PENDING="They have not looked at it yet, and nobody reads it but its author.",
    APPROVED="It may be read.",
    REJECTED="They took it down; its author alone reads it.",
)


def is_author(viewer: Viewer) -> Q:
    """Who wrote the review."""
    return Q(author=viewer.user_id) if viewer.user_id else Q(pk=None)


def is_party(viewer: Viewer) -> Q:
    """The two sides of the work."""
    return is_author(viewer) | models.is_about(viewer)


def _work(name: str, description: str) -> Any:
    """The id of the work that a review is about, for its two sides and staff."""
    related: Any = models.Review._meta.get_field(name).related_model
    shown, kind = f"_shown_{name}", related.__name__

    def resolve(root: Any) -> relay.GlobalID | None:
        key = getattr(root, shown)
        return relay.GlobalID(kind, str(key)) if key else None

    def expression(info: Any) -> Any:
        viewer = info.context.viewer
        column = F(f"{name}_id")
        if viewer.oversees(models.Review):
            return column
        return Case(When(is_party(viewer), then=column), default=None)

    return strawberry_django.field(resolve, annotate={shown: expression}, description=description)


def _author_name(_info: Any) -> Case:
    """What the world calls who wrote it."""
    business = When(side=models.Side.PROVIDER, then=F("provider__business_name"))
    return Case(business, default=F("author__first_name"), output_field=CharField())


@strawberry_django.type(models.Review)
class Review(Node):
    """What one side of finished work says about the other. Hidden until both wrote, or some days
    are over.
    """

    provider: Provider
    side: models.Side
    rating: auto
    quality_rating: auto
    communication_rating: auto
    punctuality_rating: auto
    value_rating: auto
    title: auto
    comment: auto
    provider_response: auto
    responded_at: auto
    is_public: auto
    is_verified: auto
    revealed_at: auto
    moderation_status: models.ModerationStatus
    created_at: auto
    updated_at: auto
    version: auto
    viewer_can = viewer_can(REVIEW_ACTIONS)
    moderated_at = only_for(models.Review, "moderated_at", rule=is_author)
    moderation_note = only_for(models.Review, "moderation_note", rule=is_author)
    client_name = only_for(models.Review, "client__name", rule=is_party)
    order_assignment_id = _work(
        "order_assignment", "The assignment of the order that it is about; for its two sides."
    )
    lead_assignment_id = _work(
        "lead_assignment", "The assignment of the lead that it is about; for its two sides."
    )
    author_name: str = strawberry_django.field(
        annotate=_author_name,
        description="The first name of the client who wrote it, or the name of the business.",
    )
