"""What both sides are written about reviews, and what authors earn."""

from typing import Any

import pytest

from apps.accounts.models import PointsAward, User, UserProfile
from apps.core.models import OutboundMessage
from apps.reviews import handlers
from apps.reviews.events import ReviewAnswered, ReviewModerated, ReviewRevealed, ReviewSubmitted
from apps.reviews.models import Review
from tests.factories.cast import Cast
from tests.factories.reviews import ReviewFactory

pytestmark = pytest.mark.django_db


def _review(cast: Cast, **traits: Any) -> Review:
    """Ben's review of Ada, published where nothing else is said."""
    review: Review = ReviewFactory(order_assignment=cast.ada_finished_work(), **traits)
    return review


def _facts(review: Review) -> dict[str, Any]:
    return {"review_id": review.pk, "author_id": review.author_id}


def _shared(review: Review, subject: User) -> dict[str, Any]:
    return {**_facts(review), "subject_id": subject.pk}


def _letters() -> list[tuple[str, str]]:
    letters = OutboundMessage.objects.order_by("pk")
    return [(letter.recipient, letter.template) for letter in letters]


def test_the_other_side_is_asked_for_theirs_and_told_nothing_of_it(cast: Cast):
    review = _review(cast, hidden=True)

    handlers.invite_other_side(ReviewSubmitted(**_facts(review)))

    letter = OutboundMessage.objects.get()
    assert (letter.recipient, letter.template) == (cast.ada.email, "review_requested")
    assert "Ben" in letter.subject
    assert "14 days" in letter.text
    for word in (review.title, review.comment, "Botha"):
        assert word not in letter.subject + letter.text + letter.html


def test_a_client_is_told_by_the_name_of_the_business(cast: Cast):
    review = _review(cast, hidden=True, by_provider=True)

    handlers.invite_other_side(ReviewSubmitted(**_facts(review)))

    letter = OutboundMessage.objects.get()
    assert letter.recipient == cast.ben.email
    assert cast.ada_business.business_name in letter.subject


def test_who_wrote_before_is_not_asked(cast: Cast):
    handlers.invite_other_side(ReviewSubmitted(**_facts(_review(cast))))

    assert _letters() == []


@pytest.mark.parametrize(
    ("traits", "letters"),
    [({}, 1), ({"is_public": False}, 1), ({"pending": True}, 0), ({"rejected": True}, 0)],
)
def test_an_author_hears_that_it_is_shown(cast: Cast, traits: dict[str, Any], letters: int):
    review = _review(cast, **traits)

    handlers.tell_shown(ReviewRevealed(**_shared(review, cast.ada)))

    assert _letters() == [(cast.ben.email, "review_shown")] * letters


def test_an_author_hears_that_it_was_answered(cast: Cast):
    review = _review(cast, provider_response="Thank you!")

    handlers.tell_answered(ReviewAnswered(**_shared(review, cast.ada)))

    letter = OutboundMessage.objects.get()
    assert (letter.recipient, letter.subject) == (cast.ben.email, "Your review was answered")
    assert "Thank you!" not in letter.text


@pytest.mark.parametrize(
    ("traits", "was", "letters"),
    [
        ({"rejected": True}, "APPROVED", ["review_rejected"]),
        ({"rejected": True}, "PENDING", ["review_rejected"]),
        ({"rejected": True}, "REJECTED", []),
        ({}, "REJECTED", ["review_shown"]),
        ({}, "APPROVED", []),
        ({"hidden": True}, "PENDING", []),
    ],
)
def test_an_author_hears_what_staff_changed(
    cast: Cast, traits: dict[str, Any], was: str, letters: list[str]
):
    review = _review(cast, moderation_note="It is rude.", **traits)

    handlers.tell_decided(
        ReviewModerated(**_facts(review), status=review.moderation_status, was=was)
    )

    assert _letters() == [(cast.ben.email, letter) for letter in letters]


def test_that_it_was_taken_down_is_told_with_the_note_also_to_who_wants_no_mails(cast: Cast):
    review = _review(cast, rejected=True, moderation_note="It is rude.")
    UserProfile.objects.update(notification_settings={"email": False})

    handlers.tell_decided(ReviewModerated(**_facts(review), status="REJECTED", was="APPROVED"))

    assert "It is rude." in OutboundMessage.objects.get().text


def test_who_wants_no_mails_is_asked_for_nothing(cast: Cast):
    review = _review(cast, hidden=True)
    UserProfile.objects.update(notification_settings={"email": False})

    handlers.invite_other_side(ReviewSubmitted(**_facts(review)))

    assert _letters() == []


def test_nobody_writes_to_who_left(cast: Cast):
    review = _review(cast, hidden=True)
    cast.ada.soft_delete()

    handlers.invite_other_side(ReviewSubmitted(**_facts(review)))

    assert _letters() == []


def test_a_deleted_review_is_no_matter(cast: Cast):
    review = _review(cast, hidden=True)
    review.soft_delete()

    handlers.invite_other_side(ReviewSubmitted(**_facts(review)))
    handlers.award_author(ReviewRevealed(**_shared(review, cast.ada)))

    assert _letters() == []
    assert not PointsAward.objects.exists()


def test_an_author_earns_points_once_for_each_work(cast: Cast):
    review = _review(cast)
    fact = ReviewRevealed(**_shared(review, cast.ada))

    handlers.award_author(fact)
    handlers.award_author(fact)

    cast.ben.refresh_from_db()
    assert cast.ben.points == 10
    assert PointsAward.objects.get().reference == review.order_assignment_id
