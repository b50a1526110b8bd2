"""What mutations of reviews take."""

import strawberry
from strawberry import UNSET, relay

from schema.base.mutation import Keyed, Versioned
from schema.reviews.types import ModerationStatus

STARS = "1 to 5; of providers alone."


@strawberry.input(description="What is said about the other side of finished work.")
class SubmitReviewInput(Keyed):
    """A new review."""

    order_assignment_id: relay.GlobalID | None = strawberry.field(
        default=None, description="The assignment of a confirmed order; this or that of a lead."
    )
    lead_assignment_id: relay.GlobalID | None = strawberry.field(
        default=None, description="The assignment of a lead that was won."
    )
    rating: int = strawberry.field(description="The whole, 1 to 5 stars.")
    quality_rating: int | None = strawberry.field(default=None, description=f"The work, {STARS}")
    communication_rating: int | None = strawberry.field(
        default=None, description="How one could talk with them, 1 to 5."
    )
    punctuality_rating: int | None = strawberry.field(
        default=None, description=f"How they kept to times, {STARS}"
    )
    value_rating: int | None = strawberry.field(
        default=None, description=f"What it was for the price, {STARS}"
    )
    title: str = strawberry.field(default="", description="In a line, up to 120 characters.")
    comment: str = strawberry.field(default="", description="Up to 4,000 characters.")
    is_public: bool | None = strawberry.field(
        default=None,
        description="Whether everybody may read it and it counts, which a client's is and a"
        " provider's is never; else the two sides alone do.",
    )


@strawberry.input(description="Changes to a review that is hidden; what is not given stays.")
class UpdateReviewInput(Versioned):
    """Names a review, and what it says instead."""

    review_id: relay.GlobalID = strawberry.field(description="The review.")
    rating: int | None = strawberry.field(default=UNSET, description="The whole, 1 to 5 stars.")
    quality_rating: int | None = strawberry.field(default=UNSET, description=f"The work, {STARS}")
    communication_rating: int | None = strawberry.field(
        default=UNSET, description="How one could talk with them, 1 to 5."
    )
    punctuality_rating: int | None = strawberry.field(
        default=UNSET, description=f"How they kept to times, {STARS}"
    )
    value_rating: int | None = strawberry.field(
        default=UNSET, description=f"What it was for the price, {STARS}"
    )
    title: str | None = strawberry.field(
        default=UNSET, description="In a line, up to 120 characters."
    )
    comment: str | None = strawberry.field(default=UNSET, description="Up to 4,000 characters.")
    is_public: bool | None = strawberry.field(
        default=UNSET, description="Whether everybody may read it; else the two sides alone do."
    )


@strawberry.input(description="A review.")
class ReviewInput:
    """Names a review."""

    review_id: relay.GlobalID = strawberry.field(description="The review.")


@strawberry.input(description="An answer to a review.")
class RespondToReviewInput(Versioned):
    """Names a review, and what its subject says to it."""

    review_id: relay.GlobalID = strawberry.field(description="The review.")
    response: str = strawberry.field(
        description="What one says to it, up to 2,000 characters, without links, mail addresses"
        " and phone numbers."
    )


@strawberry.input(description="A decision on a review.")
class ModerateReviewInput(Versioned):
    """Names a review, and what staff think of it."""

    review_id: relay.GlobalID = strawberry.field(description="The review.")
    status: ModerationStatus = strawberry.field(description="APPROVED or REJECTED.")
    note: str = strawberry.field(
        default="", description="Why, for its author to read; a rejection needs one."
    )
