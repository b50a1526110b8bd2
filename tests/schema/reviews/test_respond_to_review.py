"""Who a review is about answers it, once."""

from typing import Any

import pytest

from apps.accounts.models import User
from apps.reviews.events import ReviewAnswered
from apps.reviews.models import Review
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.reviews import ReviewFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

SAID = "... on Review { providerResponse respondedAt version }"


def _review(cast: Cast, **traits: Any) -> Review:
    """Ben's published review of Ada."""
    review: Review = ReviewFactory(order_assignment=cast.ada_finished_work(), **traits)
    return review


def _given(review: Review, **more: Any) -> dict[str, Any]:
    return {"reviewId": gid(review), "response": "Thank you!"} | more


def test_a_provider_answers_a_client(graphql: GraphQL, cast: Cast):
    review, noise = _review(cast), _review(cast)

    with announced() as heard:
        answer = graphql.mutate("respondToReview", _given(review), SAID, by=cast.ada)

    said = answer.data["respondToReview"]
    assert (said["providerResponse"], said["version"]) == ("Thank you!", review.version + 1)
    assert said["respondedAt"] is not None
    (fact,) = heard
    assert fact == ReviewAnswered(
        review_id=review.pk, author_id=cast.ben.pk, subject_id=cast.ada.pk
    )
    assert Review.objects.get(pk=noise.pk).responded_at is None


def test_a_client_answers_a_provider(graphql: GraphQL, cast: Cast):
    review = _review(cast, by_provider=True)

    answer = graphql.mutate("respondToReview", _given(review), SAID, by=cast.ben)

    assert answer.data["respondToReview"]["providerResponse"] == "Thank you!"


@pytest.mark.parametrize(
    ("traits", "more", "code"),
    [
        ({"responded_at": clock.now()}, {}, "already_answered"),
        ({}, {"response": "  "}, "response_required"),
        ({}, {"response": "x" * 2001}, "max_length"),
        ({}, {"response": "Call 082 123 45 67"}, "contact_in_response"),
        ({}, {"version": 7}, "version_conflict"),
        ({}, {"reviewId": "T3JkZXI6MQ=="}, "invalid_id"),
        ({"hidden": True}, {}, "not_found"),
        ({"pending": True}, {}, "not_found"),
        ({"rejected": True}, {}, "not_found"),
    ],
)
def test_what_cannot_be_is_refused(
    graphql: GraphQL, cast: Cast, traits: dict[str, Any], more: dict[str, Any], code: str
):
    review, by = _review(cast, **traits), cast.ada

    with nothing_changes():
        answer = graphql.mutate("respondToReview", _given(review, **more), by=by)

    assert answer.code == code


def test_staff_do_not_answer_what_is_hidden_from_them_as_its_subject(graphql: GraphQL, cast: Cast):
    review = _review(cast, hidden=True)
    User.objects.filter(pk=cast.ada.pk).update(is_staff=True, is_superuser=True)
    cast.ada.refresh_from_db()

    with nothing_changes():
        answer = graphql.mutate("respondToReview", _given(review), by=cast.ada)

    assert answer.code == "review_hidden"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        *[(who, "not_about_you") for who in ("ben", "cleo", "dora", "eve")],
        ("nobody", "not_signed_in"),
    ],
)
def test_nobody_else_answers_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    review, by = _review(cast), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("respondToReview", _given(review), by=by)

    assert answer.code == code
