"""An author changes a review while it is hidden."""

from typing import Any

import pytest

from apps.reviews.events import ReviewUpdated
from apps.reviews.models import Review
from tests.factories.cast import Cast
from tests.factories.reviews import ReviewFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

SAID = "... on Review { rating qualityRating title comment isPublic moderationStatus version }"


def _review(cast: Cast, **traits: Any) -> Review:
    """Ben's review of Ada, which is hidden."""
    review: Review = ReviewFactory(
        order_assignment=cast.ada_finished_work(), **{"revealed_at": None} | traits
    )
    return review


def _given(review: Review, **more: Any) -> dict[str, Any]:
    return {"reviewId": gid(review), "rating": 2} | more


def test_what_is_given_changes_and_the_rest_stays(graphql: GraphQL, cast: Cast):
    review, noise = _review(cast, quality_rating=3), _review(cast)

    with announced() as heard:
        answer = graphql.mutate("updateReview", _given(review, title="So so"), SAID, by=cast.ben)

    assert answer.data["updateReview"] == {
        "__typename": "Review",
        "rating": 2,
        "qualityRating": 3,
        "title": "So so",
        "comment": "The tap is quiet now.",
        "isPublic": True,
        "moderationStatus": "APPROVED",
        "version": 2,
    }
    assert heard == [ReviewUpdated(review_id=review.pk, author_id=cast.ben.pk)]
    assert Review.objects.get(pk=noise.pk).rating == 4


def test_a_rating_is_taken_back(graphql: GraphQL, cast: Cast):
    review = _review(cast, quality_rating=3)

    answer = graphql.mutate(
        "updateReview", _given(review, qualityRating=None, comment=None), SAID, by=cast.ben
    )

    said = answer.data["updateReview"]
    assert (said["qualityRating"], said["comment"]) == (None, "")


@pytest.mark.parametrize(
    ("traits", "more", "status"),
    [
        ({}, {"comment": "Call 082 123 45 67"}, "PENDING"),
        ({"pending": True, "comment": "Call 082 123 45 67"}, {"comment": "Well"}, "APPROVED"),
        (
            {"rejected": True, "moderated_at": "2026-01-01T00:00:00Z"},
            {"comment": "Well"},
            "PENDING",
        ),
    ],
)
def test_whether_it_waits_for_staff_is_seen_anew(
    graphql: GraphQL, cast: Cast, traits: dict[str, Any], more: dict[str, Any], status: str
):
    review = _review(cast, **traits)

    answer = graphql.mutate("updateReview", _given(review, **more), SAID, by=cast.ben)

    assert answer.data["updateReview"]["moderationStatus"] == status


def test_what_was_shown_stays(graphql: GraphQL, cast: Cast):
    review, by = ReviewFactory(order_assignment=cast.ada_finished_work()), cast.ben

    with nothing_changes():
        answer = graphql.mutate("updateReview", _given(review), by=by)

    assert answer.code == "review_revealed"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"rating": 6}, "invalid_rating"),
        ({"rating": None}, "null"),
        ({"comment": "x" * 4001}, "max_length"),
        ({"version": 7}, "version_conflict"),
        ({"reviewId": "T3JkZXI6MQ=="}, "invalid_id"),
    ],
)
def test_bad_input_has_its_code(graphql: GraphQL, cast: Cast, more: dict[str, Any], code: str):
    review, by = _review(cast), cast.ben

    with nothing_changes():
        answer = graphql.mutate("updateReview", _given(review, **more), by=by)

    assert answer.code == code


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_found"),
        ("cleo", "not_found"),
        ("dora", "not_author"),
        ("eve", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_nobody_else_changes_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    review, by = _review(cast), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("updateReview", _given(review), by=by)

    assert answer.code == code
