"""Taking a photo of an order away."""

import pytest

from apps.orders.models import Order, OrderPhoto
from tests.factories.cast import Cast
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes


def _photos(order: Order, *captions: str) -> list[OrderPhoto]:
    """Photos of an order; the first one stands for it."""
    return [
        OrderPhoto.objects.create(
            order=order, photo_url="a.jpg", caption=caption, is_primary=caption == captions[0]
        )
        for caption in captions
    ]


def _left() -> dict[str, bool]:
    return dict(OrderPhoto.objects.values_list("caption", "is_primary"))


def test_the_oldest_one_left_stands_for_the_order_then(graphql: GraphQL, cast: Cast):
    first, *_others = _photos(cast.ben_order(published=True), "first", "second", "third")

    answer = graphql.mutate(
        "removeOrderPhoto",
        {"photoId": gid(first)},
        "... on OrderPhoto { id isDeleted isPrimary }",
        by=cast.ben,
    )

    removed = {"__typename": "OrderPhoto", "id": gid(first), "isDeleted": True, "isPrimary": False}
    assert answer.data["removeOrderPhoto"] == removed
    assert _left() == {"second": True, "third": False}


def test_the_one_that_stands_for_the_order_stays_when_another_goes(graphql: GraphQL, cast: Cast):
    _first, second, _third = _photos(cast.ben_order(), "first", "second", "third")

    graphql.mutate("removeOrderPhoto", {"photoId": gid(second)}, by=cast.ben)

    assert _left() == {"first": True, "third": False}


def test_the_last_one_goes_too(graphql: GraphQL, cast: Cast):
    (photo,) = _photos(cast.ben_order(), "first")

    graphql.mutate("removeOrderPhoto", {"photoId": gid(photo)}, by=cast.ben)
    again = graphql.mutate("removeOrderPhoto", {"photoId": gid(photo)}, by=cast.ben)

    assert _left() == {}
    assert again.code == "not_found"


@pytest.mark.parametrize("status", [s for s in Order.Status if s not in ("DRAFT", "PUBLISHED")])
def test_the_photos_of_an_order_that_went_on_stay(graphql: GraphQL, cast: Cast, status: str):
    (photo,) = _photos(cast.ben_order(status=status), "first")

    with nothing_changes():
        answer = graphql.mutate("removeOrderPhoto", {"photoId": gid(photo)}, by=cast.ben)

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
def test_only_the_client_removes_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    (photo,) = _photos(cast.ada_bid().order, "first")
    by = getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("removeOrderPhoto", {"photoId": gid(photo)}, by=by)

    assert answer.code == code
