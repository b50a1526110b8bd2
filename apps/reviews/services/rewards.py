"""Points for those who write."""

from uuid import UUID

from apps.accounts.deeds import REVIEW_WRITTEN
from apps.accounts.services.points import award
from apps.reviews.models import Review


def award_author(*, review_id: UUID) -> None:
    """Give the author of a review that is shown their points, once for each work."""
    for review in Review.objects.filter(pk=review_id):
        work = review.order_assignment_id or review.lead_assignment_id
        award(user_id=review.author_id, deed=REVIEW_WRITTEN, reference=work)
