"""Who reads which reviews, and what of them."""

from datetime import timedelta
from typing import Any

import pytest

from apps.reviews.models import Review
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.reviews import ReviewFactory, won_lead
from tests.support.graphql import GraphQL, gid

ALL = "{ reviews(first: 100) { totalCount edges { node { id } } } }"
EVERYBODY = ("ben", "ada", "cleo", "eve", "dora", "nobody")


def _ids(graphql: GraphQL, document: str = ALL, *, by: Any = None, **variables: Any) -> list[str]:
    found = graphql(document, variables, by=by).data["reviews"]
    assert found.get("totalCount", len(found["edges"])) == len(found["edges"])
    return [edge["node"]["id"] for edge in found["edges"]]


def _review(cast: Cast, **traits: Any) -> Review:
    """Ben's published review of Ada."""
    review: Review = ReviewFactory(order_assignment=cast.ada_finished_work(), **traits)
    return review


@pytest.mark.parametrize(
    ("traits", "readers"),
    [
        ({}, EVERYBODY),
        ({"hidden": True}, ("ben", "dora")),
        ({"hidden": True, "by_provider": True}, ("ada", "dora")),
        ({"pending": True}, ("ben", "dora")),
        ({"rejected": True}, ("ben", "dora")),
        ({"is_public": False}, ("ben", "ada", "dora")),
        ({"by_provider": True}, ("ben", "ada", "dora")),
        ({"by_provider": True, "rejected": True}, ("ada", "dora")),
    ],
)
def test_each_is_read_by_whom_it_is_for(
    graphql: GraphQL, cast: Cast, traits: dict[str, Any], readers: tuple[str, ...]
):
    review = _review(cast, **traits)

    seen = {who for who in EVERYBODY if _ids(graphql, by=getattr(cast, who)) == [gid(review)]}

    assert seen == set(readers)


def test_a_deleted_one_is_gone(graphql: GraphQL, cast: Cast):
    _review(cast).soft_delete()

    assert {len(_ids(graphql, by=getattr(cast, who))) for who in EVERYBODY} == {0}


@pytest.mark.parametrize(
    ("who", "client", "work"),
    [
        *[(who, None, False) for who in ("nobody", "cleo", "eve")],
        *[(who, "Ben Botha", True) for who in ("ben", "ada", "dora")],
    ],
)
def test_the_world_knows_a_client_by_the_first_name(
    graphql: GraphQL, cast: Cast, who: str, client: str | None, work: bool
):
    review = _review(cast)
    document = (
        "query($id: ID!) { node(id: $id) { ... on Review"
        " { authorName clientName orderAssignmentId leadAssignmentId } } }"
    )

    answer = graphql(document, {"id": gid(review)}, by=getattr(cast, who))

    assert answer.data["node"] == {
        "authorName": "Ben",
        "clientName": client,
        "orderAssignmentId": gid(review.order_assignment) if work else None,
        "leadAssignmentId": None,
    }


def test_a_review_of_a_lead_names_the_lead(graphql: GraphQL, cast: Cast):
    lead = won_lead(lead__client=cast.ben, provider=cast.ada_business)
    review = ReviewFactory(lead_assignment=lead)

    answer = graphql(
        "query($id: ID!) { node(id: $id) { ... on Review { leadAssignmentId } } }",
        {"id": gid(review)},
        by=cast.ada,
    )

    assert answer.data["node"]["leadAssignmentId"] == gid(lead)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("nobody", []),
        ("cleo", []),
        ("ben", ["updateReview", "deleteReview"]),
        ("ada", ["respondToReview"]),
        ("dora", ["deleteReview", "moderateReview"]),
    ],
)
def test_each_is_told_what_they_may_do(graphql: GraphQL, cast: Cast, who: str, may: list[str]):
    review = _review(cast)

    answer = graphql(
        "query($id: ID!) { node(id: $id) { ... on Review { viewerCan } } }",
        {"id": gid(review)},
        by=getattr(cast, who),
    )

    assert answer.data["node"]["viewerCan"] == may


def test_that_the_other_side_wrote_is_nowhere_to_be_seen(graphql: GraphQL, cast: Cast):
    work = cast.ada_finished_work()
    document = (
        "query($work: ID!, $of: ID!) { reviews { totalCount edges { node"
        " { id version updatedAt viewerCan revealedAt } } }"
        " node(id: $work) { ... on OrderAssignment"
        " { version clientRating clientReview reviews { totalCount } } }"
        " provider(id: $of) { version totalReviews averageRating reviews { totalCount } } }"
    )
    ReviewFactory(order_assignment=work, by_provider=True, hidden=True)
    variables = {"work": gid(work), "of": gid(cast.ada_business)}
    before = graphql(document, variables, by=cast.ada)

    ReviewFactory(order_assignment=work, hidden=True)

    assert graphql(document, variables, by=cast.ada) == before
    assert before.data["reviews"]["totalCount"] == 1


FILTERED = "query($f: ReviewFilter) { reviews(filter: $f) { edges { node { id } } } }"


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ({"rating": {"exact": 5}}, "five"),
        ({"rating": {"lte": 3}}, "three"),
        ({"side": "PROVIDER"}, "of_client"),
        ({"moderationStatus": "PENDING"}, "waiting"),
        ({"createdAt": {"lt": "2026-01-01T00:00:00Z"}}, "old"),
    ],
)
def test_staff_filter_them(graphql: GraphQL, cast: Cast, condition: dict[str, Any], found: str):
    reviews = {
        "five": _review(cast, rating=5),
        "three": _review(cast, rating=3),
        "of_client": _review(cast, by_provider=True),
        "waiting": _review(cast, pending=True),
        "old": _review(cast, created_at="2025-01-01T00:00:00Z"),
    }

    ids = _ids(graphql, FILTERED, f=condition, by=cast.dora)

    assert ids == [gid(reviews[found])]


@pytest.mark.parametrize(
    ("who", "is_own", "count"),
    [
        ("ben", True, 1),
        ("ben", False, 1),
        ("ada", True, 0),
        ("nobody", True, 0),
        ("nobody", False, 2),
    ],
)
def test_one_finds_ones_own(graphql: GraphQL, cast: Cast, who: str, is_own: bool, count: int):
    _review(cast), ReviewFactory()

    ids = _ids(graphql, FILTERED, f={"isOwn": is_own}, by=getattr(cast, who))

    assert len(ids) == count


def test_those_of_one_provider_are_found_and_listed_there(graphql: GraphQL, cast: Cast):
    review, _noise = _review(cast), ReviewFactory()
    of = gid(cast.ada_business)
    listed = "query($of: ID!) { provider(id: $of) { reviews { edges { node { id } } } } }"

    by_filter = _ids(graphql, FILTERED, f={"providerId": {"exact": of}})
    on_page = graphql(listed, {"of": of}).data["provider"]["reviews"]["edges"]

    assert by_filter == [gid(review)] == [edge["node"]["id"] for edge in on_page]


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ([], [2, 1, 0]),
        ([{"createdAt": "ASC"}], [0, 1, 2]),
        ([{"rating": "DESC"}], [1, 0, 2]),
    ],
)
def test_they_come_in_the_order_asked_for(
    graphql: GraphQL, cast: Cast, order: list[Any], found: list[int]
):
    now = clock.now()
    reviews = [
        _review(cast, rating=rating, created_at=now + timedelta(minutes=number))
        for number, rating in enumerate((3, 5, 1))
    ]
    document = "query($o: [ReviewOrder!]!) { reviews(order: $o) { edges { node { id } } } }"

    assert _ids(graphql, document, o=order) == [gid(reviews[number]) for number in found]


@pytest.mark.parametrize(
    ("who", "traits", "said"),
    [
        ("ada", {}, (4, "The tap is quiet now.")),
        ("ben", {"hidden": True}, (4, "The tap is quiet now.")),
        ("ada", {"hidden": True}, (None, None)),
        ("ada", {"rejected": True}, (None, None)),
        ("ada", {"by_provider": True}, (None, None)),
    ],
)
def test_an_assignment_shows_what_its_client_said(
    graphql: GraphQL, cast: Cast, who: str, traits: dict[str, Any], said: tuple[Any, ...]
):
    review = _review(cast, **traits)

    answer = graphql(
        "query($id: ID!)"
        " { node(id: $id) { ... on OrderAssignment { clientRating clientReview } } }",
        {"id": gid(review.order_assignment)},
        by=getattr(cast, who),
    )

    assert tuple(answer.data["node"].values()) == said
