"""A deleted review comes back, and counts again."""

import pytest

from apps.reviews import errors
from apps.reviews.events import ReviewRestored, ReviewRevealed
from apps.reviews.models import Review
from apps.reviews.services.reviews import delete_review, restore_review
from kernel.errors import NotFound
from tests.factories.accounts import UserFactory
from tests.factories.reviews import ReviewFactory, finished_order
from tests.support.announced import announced

pytestmark = pytest.mark.django_db


def _figures(review: Review) -> tuple[int, object]:
    review.provider.refresh_from_db()
    return review.provider.total_reviews, review.provider.average_rating


def test_it_counts_again_and_once():
    review = ReviewFactory(rating=3)
    delete_review(review=review, by=UserFactory())
    gone = _figures(review)

    with announced() as heard:
        restore_review(review=review)

    assert (gone, _figures(review)) == ((0, 0), (1, 3))
    assert heard == [ReviewRestored(review_id=review.pk, author_id=review.author_id)]


def test_what_the_other_side_answered_meanwhile_shows_both():
    work = finished_order()
    review = ReviewFactory(order_assignment=work, hidden=True)
    review.soft_delete()
    ReviewFactory(order_assignment=work, hidden=True, by_provider=True)

    with announced() as heard:
        restore_review(review=review)

    assert not Review.objects.hidden().exists()
    assert [type(fact) for fact in heard] == [ReviewRestored, ReviewRevealed, ReviewRevealed]
    assert _figures(review) == (1, 4)


def test_another_that_was_written_stands_in_the_way():
    work = finished_order()
    review = ReviewFactory(order_assignment=work, hidden=True)
    review.soft_delete()
    ReviewFactory(order_assignment=work)

    with pytest.raises(errors.AlreadyReviewed):
        restore_review(review=review)


def test_one_that_is_there_is_not_restored():
    with pytest.raises(NotFound):
        restore_review(review=ReviewFactory())
