"""What is done about facts."""

from apps.accounts.events import AccountErased
from apps.reviews.events import ReviewAnswered, ReviewModerated, ReviewRevealed, ReviewSubmitted
from apps.reviews.models import Review
from apps.reviews.services import departures, letters, rewards
from kernel.events import on


@on(ReviewSubmitted)
def invite_other_side(fact: ReviewSubmitted) -> None:
    """Ask the other side for their view."""
    letters.invite_other_side(review_id=fact.review_id)


@on(ReviewRevealed)
def tell_shown(fact: ReviewRevealed) -> None:
    """Tell the author that it can be read."""
    letters.tell_shown(review_id=fact.review_id)


@on(ReviewRevealed)
def award_author(fact: ReviewRevealed) -> None:
    """Give the author the points."""
    rewards.award_author(review_id=fact.review_id)


@on(ReviewAnswered)
def tell_answered(fact: ReviewAnswered) -> None:
    """Tell the author that it was answered."""
    letters.tell_answered(review_id=fact.review_id)


@on(ReviewModerated)
def tell_decided(fact: ReviewModerated) -> None:
    """Tell the author what staff changed."""
    if fact.status == fact.was:
        return
    if fact.status == Review.Status.REJECTED:
        letters.tell_rejected(review_id=fact.review_id)
    else:
        letters.tell_shown(review_id=fact.review_id)


@on(AccountErased)
def erase_reviews(fact: AccountErased) -> None:
    """Forget what a user wrote who is gone for good."""
    departures.erase_reviews_of(user_id=fact.user_id)
