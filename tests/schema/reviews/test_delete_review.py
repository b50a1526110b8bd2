"""An author takes a hidden review back; staff take away any."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission

from apps.accounts.models import User
from apps.reviews.events import ReviewDeleted
from apps.reviews.models import Review
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.reviews import ReviewFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes


def _review(cast: Cast, **traits: Any) -> Review:
    """Ben's published review of Ada."""
    review: Review = ReviewFactory(order_assignment=cast.ada_finished_work(), **traits)
    return review


def _delete(graphql: GraphQL, review: Review, *, by: User | None) -> Any:
    return graphql.mutate("deleteReview", {"reviewId": gid(review)}, by=by)


def test_an_author_takes_a_hidden_one_back(graphql: GraphQL, cast: Cast):
    review, noise = _review(cast, hidden=True), _review(cast, hidden=True)

    with announced() as heard:
        answer = _delete(graphql, review, by=cast.ben)

    assert answer.data["deleteReview"] == {"__typename": "Review"}
    assert list(Review.objects.all()) == [noise]
    assert heard == [ReviewDeleted(review_id=review.pk, author_id=cast.ben.pk)]


def test_what_was_shown_stays(graphql: GraphQL, cast: Cast):
    review, by = _review(cast), cast.ben

    with nothing_changes():
        answer = _delete(graphql, review, by=by)

    assert answer.code == "review_revealed"


def test_staff_take_a_published_one_away_and_it_counts_no_longer(graphql: GraphQL, cast: Cast):
    review, noise = _review(cast, rating=1), _review(cast, rating=5)

    _delete(graphql, review, by=cast.dora)

    cast.ada_business.refresh_from_db()
    assert list(Review.objects.all()) == [noise]
    assert (cast.ada_business.total_reviews, cast.ada_business.average_rating) == (1, 5)


def test_staff_do_not_take_away_what_is_about_them(graphql: GraphQL, cast: Cast):
    review = _review(cast)
    User.objects.filter(pk=cast.ada.pk).update(is_staff=True, is_superuser=True)
    cast.ada.refresh_from_db()

    with nothing_changes():
        answer = _delete(graphql, review, by=cast.ada)

    assert answer.code == "not_author"


@pytest.mark.parametrize(
    ("permissions", "code"),
    [
        (("view_review",), "not_author"),
        (("view_review", "change_review"), "not_author"),
        (("view_review", "delete_review"), None),
    ],
)
def test_the_permission_counts(
    graphql: GraphQL, cast: Cast, permissions: tuple[str, ...], code: str | None
):
    review, by = _review(cast), UserFactory(is_staff=True)
    by.user_permissions.set(Permission.objects.filter(codename__in=permissions))

    answer = _delete(graphql, review, by=by)

    refused = answer.data["deleteReview"].get("messages")
    assert (refused[0]["code"] if refused else None) == code


@pytest.mark.parametrize(
    ("who", "code"),
    [
        *[(who, "not_author") for who in ("ada", "cleo", "eve")],
        ("nobody", "not_signed_in"),
    ],
)
def test_nobody_else_deletes_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    review, by = _review(cast), getattr(cast, who)

    with nothing_changes():
        answer = _delete(graphql, review, by=by)

    assert answer.code == code


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    review, by = _review(cast), cast.ben

    with nothing_changes():
        answer = graphql.mutate("deleteReview", {"reviewId": gid(review.provider)}, by=by)

    assert answer.code == "invalid_id"
