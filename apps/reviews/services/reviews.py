"""Reviews: written, changed while they are hidden, answered, taken back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.reviews import errors
from apps.reviews.configuration import MODERATED_FIRST, WINDOW_DAYS
from apps.reviews.events import (
    ReviewAnswered,
    ReviewDeleted,
    ReviewRestored,
    ReviewSubmitted,
    ReviewUpdated,
)
from apps.reviews.models import Review, Side
from apps.reviews.services.publishing import (
    facts,
    locked_review,
    reveal_with_other,
    settle,
    shared_facts,
)
from apps.reviews.services.work import Assignment, Work, locked_work
from kernel import clock, events
from kernel.constraints import save_checked
from kernel.contacts import names_contact
from kernel.lookup import one_of
from kernel.models import require_version

Status = Review.Status


@transaction.atomic
def submit_review(*, assignment: Assignment, author: User, said: Mapping[str, Any]) -> Review:
    """Write about finished work as one of its two sides. The review is hidden until the other side
    wrote too, which this may be, or some days are over.

    ``said`` are ratings, title, comment and is_public. Raises NotFinished, ReviewWindowOver, or
    ValidationError (already_reviewed, invalid_rating, rating_not_applicable,
    review_of_client_private).
    """
    work = locked_work(assignment)
    _require_reviewable(work)
    review = Review(
        provider=work.provider,
        client_id=work.client_id,
        author=author,
        side=work.side_of(author.pk),
        **work.reference,
    )
    _say(review, {"is_public": None, **said})
    save_checked(review)
    events.publish(ReviewSubmitted(**facts(review)))
    reveal_with_other(review)
    return review


@transaction.atomic
def update_review(*, review: Review, said: Mapping[str, Any], version: int | None = None) -> Review:
    """Change what a review says while it is hidden; what staff decided about waits for them anew.

    Raises ReviewRevealed, VersionConflict, or ValidationError as ``submit_review`` does.
    """
    review = locked_review(review)
    require_version(review, version)
    if review.revealed_at is not None:
        raise errors.ReviewRevealed
    _say(review, said)
    settle(review, "moderation_status", *said)
    events.publish(ReviewUpdated(**facts(review)))
    return review


@transaction.atomic
def respond_to_review(*, review: Review, response: str, version: int | None = None) -> Review:
    """Answer a review that one is the subject of, once.

    Raises ReviewHidden, AlreadyAnswered, EmptyResponse, ContactInResponse, VersionConflict, or
    ValidationError for an answer that is too long.
    """
    review = locked_review(review)
    require_version(review, version)
    if review.revealed_at is None:
        raise errors.ReviewHidden
    if review.responded_at is not None:
        raise errors.AlreadyAnswered
    if not response.strip():
        raise errors.EmptyResponse
    # Refused rather than set before staff: an answer must not take a review down.
    if names_contact(response):
        raise errors.ContactInResponse
    review.provider_response, review.responded_at = response, clock.now()
    settle(review, "provider_response", "responded_at")
    events.publish(ReviewAnswered(**shared_facts(review)))
    return review


@transaction.atomic
def delete_review(*, review: Review, by: User) -> Review:
    """Take a review back, as its author while it is hidden, or take it away as staff.

    Raises ReviewRevealed for its author once it is shown.
    """
    review = locked_review(review)
    if review.author_id == by.pk and review.revealed_at is not None:
        raise errors.ReviewRevealed
    review.soft_delete()
    settle(review)
    events.publish(ReviewDeleted(**facts(review)))
    return review


@transaction.atomic
def restore_review(*, review: Review) -> Review:
    """Bring a deleted review back. Raises AlreadyReviewed where its author wrote another one, or
    NotFound where it is not deleted.
    """
    # The work first, as when its other side writes.
    assignment = review.order_assignment or review.lead_assignment
    assert assignment is not None
    locked_work(assignment)
    deleted = Review.objects.deleted_only().select_for_update(of=("self",))
    review = one_of(deleted, pk=review.pk)
    try:
        review.restore()
    except IntegrityError as error:
        raise errors.AlreadyReviewed from error
    settle(review)
    events.publish(ReviewRestored(**facts(review)))
    reveal_with_other(review)
    return review


def _require_reviewable(work: Work) -> None:
    if work.finished_at is None:
        raise errors.NotFinished
    if clock.now() > work.finished_at + timedelta(days=WINDOW_DAYS.value()):
        raise errors.ReviewWindowOver


def _say(review: Review, said: Mapping[str, Any]) -> None:
    """Set what a review says, and whether staff look at it before others do."""
    for name, value in said.items():
        setattr(review, name, value)
    if review.is_public is None:
        review.is_public = review.side == Side.CLIENT
    waits = (
        review.moderated_at is not None
        or names_contact(review.title, review.comment)
        or MODERATED_FIRST.value()
    )
    review.moderation_status = Status.PENDING if waits else Status.APPROVED
