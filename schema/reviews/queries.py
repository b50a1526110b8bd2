"""Reading reviews."""

import strawberry

from schema.base.gates import Anyone
from schema.base.pagination import Connection, connection
from schema.reviews.filters import ReviewFilter, ReviewOrder
from schema.reviews.types import Review


@strawberry.type
class ReviewsQuery:
    """Root fields of reviews."""

    reviews: Connection[Review] = connection(
        gate=Anyone,
        filters=ReviewFilter,
        order=ReviewOrder,
        description="Published reviews of providers, one's own, and those about oneself that are"
        " shown, the newest first; all of them for staff, whose queue is those that are PENDING.",
    )
