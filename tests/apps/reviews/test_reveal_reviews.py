"""Reviews are shown once they were hidden long enough."""

from datetime import timedelta

import pytest

from apps.reviews.events import ReviewRevealed
from apps.reviews.models import Review
from apps.reviews.services.publishing import reveal_due
from apps.reviews.tasks import reveal_reviews
from kernel import clock
from tests.factories.core import SettingFactory
from tests.factories.reviews import ReviewFactory
from tests.support.announced import announced

pytestmark = pytest.mark.django_db

LATE, SOON = timedelta(days=14, seconds=1), timedelta(days=13, hours=23)


def _hidden(age: timedelta, **traits: object) -> Review:
    review: Review = ReviewFactory(hidden=True, created_at=clock.now() - age, **traits)
    return review


def test_after_fourteen_days_it_is_shown_and_counts():
    review, noise = _hidden(LATE), _hidden(SOON)

    with announced() as heard:
        count = reveal_due()

    review.refresh_from_db()
    review.provider.refresh_from_db()
    assert (count, review.is_counted, review.provider.total_reviews) == (1, True, 1)
    assert review.revealed_at is not None
    told = {"review_id": review.pk, "author_id": review.author_id}
    assert heard == [
        ReviewRevealed(**told, subject_id=review.provider.user_profile.user_id),
    ]
    assert list(Review.objects.hidden()) == [noise]


def test_how_long_is_a_setting():
    SettingFactory(key="reviews.blind_days", value="2", setting_type="INTEGER")
    _hidden(timedelta(days=3))

    assert reveal_due() == 1


@pytest.mark.parametrize("status", ["PENDING", "REJECTED"])
def test_what_staff_did_not_approve_is_hidden_no_longer_and_does_not_count(status: str):
    review = _hidden(LATE, moderation_status=status)

    reveal_due()

    review.refresh_from_db()
    review.provider.refresh_from_db()
    assert review.revealed_at is not None
    assert (review.is_counted, review.provider.total_reviews) == (False, 0)


def test_what_was_taken_back_stays_hidden():
    _hidden(LATE).soft_delete()

    assert reveal_due() == 0


def test_the_task_shows_all_of_them_in_batches():
    for _ in range(3):
        _hidden(LATE)

    assert (reveal_due(batch=2), reveal_reviews(), reveal_reviews()) == (2, 1, 0)
