"""What staff decide about reviews."""

from django.db import transaction

from apps.accounts.models import User
from apps.reviews import errors
from apps.reviews.events import ReviewModerated
from apps.reviews.models import ModerationStatus, Review
from apps.reviews.services.publishing import facts, locked_review, settle, subject_id
from kernel import clock, events
from kernel.models import require_version


@transaction.atomic
def moderate_review(
    *,
    review: Review,
    by: User,
    status: ModerationStatus,
    note: str = "",
    version: int | None = None,
) -> Review:
    """Approve a review or take it down, in either direction and any number of times.

    Raises OwnReview for a party to it, NoDecision, NoteRequired, VersionConflict, or
    ValidationError for a note that is too long.
    """
    review = locked_review(review)
    require_version(review, version)
    if by.pk in (review.author_id, subject_id(review)):
        raise errors.OwnReview
    if status == ModerationStatus.PENDING:
        raise errors.NoDecision
    if status == ModerationStatus.REJECTED and not note.strip():
        raise errors.NoteRequired
    was, review.moderation_status = review.moderation_status, status
    review.moderation_note, review.moderated_by = note, by
    review.moderated_at = clock.now()
    settle(review, "moderation_status", "moderation_note", "moderated_by", "moderated_at")
    events.publish(ReviewModerated(**facts(review), status=status, was=was))
    return review
