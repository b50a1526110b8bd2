"""Changing what is said of a photo, and which one stands for its order."""

from typing import Any

import pytest

from apps.orders.models import Order, OrderPhoto
from tests.factories.cast import Cast
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes


def _photos(order: Order, *captions: str) -> list[OrderPhoto]:
    """Photos of an order; the first one stands for it."""
    return [
        OrderPhoto.objects.create(
            order=order, photo_url="a.jpg", caption=caption, is_primary=caption == captions[0]
        )
        for caption in captions
    ]


def _update(graphql: GraphQL, photo: OrderPhoto, *, by: Any, **given: Any) -> Answer:
    given = {"photoId": gid(photo)} | given
    return graphql.mutate(
        "updateOrderPhoto", given, "... on OrderPhoto { caption isPrimary version }", by=by
    )


def _primary() -> list[str]:
    return [*OrderPhoto.objects.filter(is_primary=True).values_list("caption", flat=True)]


def test_a_caption_is_changed_and_the_rest_stays(graphql: GraphQL, cast: Cast):
    first, _second = _photos(cast.ben_order(), "first", "second")

    answer = _update(graphql, first, by=cast.ben, caption="It drips", version=1)

    assert answer.data["updateOrderPhoto"] == {
        "__typename": "OrderPhoto",
        "caption": "It drips",
        "isPrimary": True,
        "version": 2,
    }
    assert _primary() == ["It drips"]


def test_another_photo_stands_for_the_order(graphql: GraphQL, cast: Cast):
    _first, second, _third = _photos(cast.ben_order(published=True), "first", "second", "third")
    _photos(cast.ben_order(), "noise")

    answer = _update(graphql, second, by=cast.ben, isPrimary=True)

    assert answer.data["updateOrderPhoto"]["isPrimary"] is True
    assert sorted(_primary()) == ["noise", "second"]


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"isPrimary": False}, "primary_needed", "isPrimary"),
        ({"isPrimary": None}, "invalid", "isPrimary"),
        ({"caption": "x" * 201}, "max_length", "caption"),
        ({"caption": "Later", "version": 7}, "version_conflict", "version"),
    ],
)
def test_bad_changes_are_refused(
    graphql: GraphQL, cast: Cast, given: dict[str, Any], code: str, field: str
):
    first, _second = _photos(cast.ben_order(), "first", "second")

    with nothing_changes():
        answer = _update(graphql, first, by=cast.ben, **given)

    assert (answer.code, answer.refusal["field"]) == (code, field)


@pytest.mark.parametrize("status", [s for s in Order.Status if s not in ("DRAFT", "PUBLISHED")])
def test_the_photos_of_an_order_that_went_on_stay(graphql: GraphQL, cast: Cast, status: str):
    (photo,) = _photos(cast.ben_order(status=status), "first")

    with nothing_changes():
        answer = _update(graphql, photo, by=cast.ben, caption="Late")

    assert answer.code == "illegal_transition"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("cleo", "not_allowed"),
        ("dora", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_the_client_changes_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    (photo,) = _photos(cast.ada_bid().order, "first")
    by = getattr(cast, who)

    with nothing_changes():
        answer = _update(graphql, photo, by=by, caption="Mine")

    assert answer.code == code


def test_to_a_stranger_the_photo_of_a_draft_is_not_there(graphql: GraphQL, cast: Cast):
    (photo,), by = _photos(cast.ben_order(), "first"), cast.cleo

    with nothing_changes():
        answer = _update(graphql, photo, by=by, caption="Mine")

    assert answer.code == "not_found"
