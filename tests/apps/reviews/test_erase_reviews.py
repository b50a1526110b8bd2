"""The words of who is gone for good go; the stars stay."""

import pytest

from apps.accounts.events import AccountErased
from apps.accounts.models import User
from apps.reviews.handlers import erase_reviews
from apps.reviews.models import Review
from tests.factories.cast import Cast
from tests.factories.reviews import ReviewFactory

pytestmark = pytest.mark.django_db

WORDS = ("title", "comment", "provider_response", "moderation_note")


def _said(cast: Cast) -> tuple[Review, Review]:
    """What Ben and Ada said about each other, and answered."""
    work = cast.ada_finished_work()
    said = {"provider_response": "An answer", "moderation_note": "A note"}
    return (
        ReviewFactory(order_assignment=work, **said),
        ReviewFactory(order_assignment=work, by_provider=True, **said),
    )


def _erased(user: User) -> AccountErased:
    return AccountErased(user_id=user.pk, photos=[], evidence=[])


def _words(review: Review) -> tuple[str, ...]:
    found: tuple[str, ...] = Review.objects.all_with_deleted().values_list(*WORDS).get(pk=review.pk)
    return found


@pytest.mark.parametrize(("who", "own"), [("ben", 0), ("ada", 1)])
def test_what_somebody_wrote_and_answered_is_forgotten(cast: Cast, who: str, own: int):
    said = _said(cast)
    noise = ReviewFactory(provider_response="An answer", moderation_note="A note")

    erase_reviews(_erased(getattr(cast, who)))

    assert _words(said[own]) == ("", "", "An answer", "")
    assert _words(said[1 - own]) == ("Good work", "The tap is quiet now.", "", "A note")
    assert _words(noise) == ("Good work", "The tap is quiet now.", "An answer", "A note")


def test_the_stars_stay(cast: Cast):
    _said(cast)

    erase_reviews(_erased(cast.ben))

    cast.ada_business.refresh_from_db()
    assert (cast.ada_business.total_reviews, cast.ada_business.average_rating) == (1, 4)


def test_what_was_deleted_is_forgotten_too(cast: Cast):
    said, _ = _said(cast)
    said.soft_delete()

    erase_reviews(_erased(cast.ben))

    assert _words(said) == ("", "", "An answer", "")
