"""Staff approve reviews, and take them down."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission

from apps.accounts.models import User
from apps.reviews.events import ReviewModerated
from apps.reviews.models import Review
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.reviews import ReviewFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

SAID = "... on Review { moderationStatus moderationNote moderatedAt }"


def _review(cast: Cast, **traits: Any) -> Review:
    """Ben's published review of Ada."""
    review: Review = ReviewFactory(order_assignment=cast.ada_finished_work(), **traits)
    return review


def _given(review: Review, **more: Any) -> dict[str, Any]:
    return {"reviewId": gid(review), "status": "REJECTED", "note": "It is rude."} | more


def _figures(cast: Cast) -> tuple[Any, ...]:
    cast.ada_business.refresh_from_db()
    return cast.ada_business.total_reviews, cast.ada_business.average_rating


def test_staff_take_a_review_down_and_it_counts_no_longer(graphql: GraphQL, cast: Cast):
    review, _noise = _review(cast, rating=1), _review(cast, rating=5)

    with announced() as heard:
        answer = graphql.mutate("moderateReview", _given(review), SAID, by=cast.dora)

    said = answer.data["moderateReview"]
    assert (said["moderationStatus"], said["moderationNote"]) == ("REJECTED", "It is rude.")
    assert said["moderatedAt"] is not None
    assert Review.objects.get(pk=review.pk).moderated_by == cast.dora
    told = {"review_id": review.pk, "author_id": cast.ben.pk}
    assert heard == [ReviewModerated(**told, status="REJECTED", was="APPROVED")]
    assert _figures(cast) == (1, 5)


def test_back_and_forth_it_counts_once(graphql: GraphQL, cast: Cast):
    review, counted = _review(cast, rating=2), []

    for status in ("REJECTED", "REJECTED", "APPROVED", "APPROVED", "REJECTED", "APPROVED"):
        graphql.mutate("moderateReview", _given(review, status=status), by=cast.dora)
        counted.append(_figures(cast))

    assert counted == [(0, 0), (0, 0), (1, 2), (1, 2), (0, 0), (1, 2)]


def test_one_that_waits_counts_once_it_is_approved(graphql: GraphQL, cast: Cast):
    review = _review(cast, pending=True)
    before = _figures(cast)

    graphql.mutate("moderateReview", _given(review, status="APPROVED", note=""), by=cast.dora)

    assert (before, _figures(cast)) == ((0, 0), (1, 4))


def test_approving_a_hidden_one_does_not_show_it(graphql: GraphQL, cast: Cast):
    review = _review(cast, pending=True, hidden=True)

    graphql.mutate("moderateReview", _given(review, status="APPROVED"), by=cast.dora)

    assert Review.objects.get().revealed_at is None
    assert _figures(cast) == (0, 0)


@pytest.mark.parametrize(("who", "note"), [("ben", "It is rude."), ("dora", "It is rude.")])
def test_its_author_reads_why(graphql: GraphQL, cast: Cast, who: str, note: str):
    review = _review(cast, rejected=True, moderation_note="It is rude.")

    answer = graphql(
        "query($id: ID!) { node(id: $id) { ... on Review { moderationNote } } }",
        {"id": gid(review)},
        by=getattr(cast, who),
    )

    assert answer.data["node"]["moderationNote"] == note


@pytest.mark.parametrize("whose", ["author", "subject"])
@pytest.mark.parametrize("by_provider", [True, False])
def test_nobody_decides_about_their_own(
    graphql: GraphQL, cast: Cast, whose: str, by_provider: bool
):
    review = _review(cast, by_provider=by_provider)
    by = review.author if whose == "author" else cast.ben if by_provider else cast.ada
    User.objects.filter(pk=by.pk).update(is_staff=True, is_superuser=True)
    by.refresh_from_db()

    with nothing_changes():
        answer = graphql.mutate("moderateReview", _given(review), by=by)

    assert answer.code == "own_review"


def test_a_party_of_the_staff_is_not_told_that_they_decide(graphql: GraphQL, cast: Cast):
    review = _review(cast)
    User.objects.filter(pk=cast.ada.pk).update(is_staff=True, is_superuser=True)
    cast.ada.refresh_from_db()

    answer = graphql(
        "query($id: ID!) { node(id: $id) { ... on Review { viewerCan } } }",
        {"id": gid(review)},
        by=cast.ada,
    )

    assert answer.data["node"]["viewerCan"] == ["respondToReview"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"status": "PENDING"}, "no_decision"),
        ({"note": " "}, "note_required"),
        ({"note": "x" * 2001}, "max_length"),
        ({"version": 7}, "version_conflict"),
        ({"reviewId": "T3JkZXI6MQ=="}, "invalid_id"),
    ],
)
def test_bad_input_has_its_code(graphql: GraphQL, cast: Cast, more: dict[str, Any], code: str):
    review, by = _review(cast), cast.dora

    with nothing_changes():
        answer = graphql.mutate("moderateReview", _given(review, **more), by=by)

    assert answer.code == code


@pytest.mark.parametrize(
    ("permissions", "code"),
    [
        ((), "not_allowed"),
        (("view_review",), "not_allowed"),
        (("view_review", "delete_review"), "not_allowed"),
        (("view_review", "change_review"), None),
    ],
)
def test_the_permission_counts(
    graphql: GraphQL, cast: Cast, permissions: tuple[str, ...], code: str | None
):
    review, by = _review(cast), UserFactory(is_staff=True)
    by.user_permissions.set(Permission.objects.filter(codename__in=permissions))

    answer = graphql.mutate("moderateReview", _given(review), by=by)

    refused = answer.data["moderateReview"].get("messages")
    assert (refused[0]["code"] if refused else None) == code


@pytest.mark.parametrize(
    ("who", "code"),
    [
        *[(who, "not_allowed") for who in ("ada", "ben", "cleo", "eve")],
        ("nobody", "not_signed_in"),
    ],
)
def test_only_staff_do(graphql: GraphQL, cast: Cast, who: str, code: str):
    review, by = _review(cast), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("moderateReview", _given(review), by=by)

    assert answer.code == code
