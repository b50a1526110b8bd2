"""Bringing back a deleted order."""

from typing import Any

import pytest

from apps.orders.models import Bid, Order, OrderAddon, OrderAttachment, OrderPhoto
from tests.factories.cast import Cast
from tests.factories.catalog import AddonFactory, SubcategoryFactory
from tests.factories.orders import BidFactory
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes


def test_an_order_comes_back_with_what_its_deletion_took_and_nothing_else(
    graphql: GraphQL, cast: Cast
):
    order = cast.ben_order(cancelled=True)
    earlier, taken = BidFactory(order=order), BidFactory(order=order)
    noise = cast.ben_order()
    for gone in (earlier, noise, order):
        gone.soft_delete()

    restored = graphql.mutate(
        "restoreOrder", {"orderId": gid(order)}, "... on Order { id isDeleted }", by=cast.ben
    ).data["restoreOrder"]

    assert (restored["id"], restored["isDeleted"]) == (gid(order), False)
    assert [*Order.objects.all()] == [order]
    assert [*Bid.objects.all()] == [taken]
    assert Order.objects.get().restored_at is not None


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_found"),
        ("cleo", "not_found"),
        ("dora", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_the_client_restores_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    order, by = cast.ada_work(confirmed=True), getattr(cast, who)
    order.soft_delete()

    with nothing_changes():
        answer = graphql.mutate("restoreOrder", {"orderId": gid(order)}, by=by)

    assert answer.code == code


def test_an_order_that_was_not_deleted_is_not_found(graphql: GraphQL, cast: Cast):
    order = cast.ben_order()

    with nothing_changes():
        answer = graphql.mutate("restoreOrder", {"orderId": gid(order)}, by=cast.ben)

    assert answer.code == "not_found"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid()

    with nothing_changes():
        answer = graphql.mutate("restoreOrder", {"orderId": gid(bid)}, by=cast.ben)

    assert answer.code == "invalid_id"


def _parts(order: Order) -> dict[str, list[Any]]:
    """A part of each kind that an order had and lost, and one that it has."""
    about = {"file": "a.pdf", "content_type": "application/pdf", "size": 9}
    made: dict[str, list[Any]] = {
        "addons": [
            OrderAddon.objects.create(order=order, addon=AddonFactory(), currency="ZAR", price=1)
            for _ in range(2)
        ],
        "photos": [
            OrderPhoto.objects.create(order=order, photo_url="a.jpg", is_primary=primary)
            for primary in (False, True)
        ],
        "attachments": [
            OrderAttachment.objects.create(order=order, name=name, **about) for name in "ab"
        ],
        "bids": [BidFactory(order=order, status="REJECTED") for _ in range(2)],
    }
    for gone, _left in made.values():
        gone.soft_delete()
    return made


def test_exactly_the_batch_comes_back_with_all_that_is_part_of_an_order(
    graphql: GraphQL, cast: Cast
):
    order, other = cast.ben_order(cancelled=True), cast.ben_order(cancelled=True)
    parts, noise = _parts(order), _parts(other)
    for each in (order, other):
        graphql.mutate("deleteOrder", {"orderId": gid(each)}, by=cast.ben)
    hidden = [len(getattr(order, name).all()) for name in parts]

    graphql.mutate("restoreOrder", {"orderId": gid(order)}, by=cast.ben)

    assert hidden == [0, 0, 0, 0]
    for name, (_gone, left) in parts.items():
        assert [*getattr(order, name).all()] == [left]
        assert not getattr(other, name).exists()
        batch = type(left).objects.all_with_deleted().get(pk=noise[name][1].pk).deletion_batch
        assert batch == Order.objects.deleted_only().get().deletion_batch


def test_a_draft_whose_service_was_deleted_comes_back_but_cannot_be_published(
    graphql: GraphQL, cast: Cast
):
    order = cast.ben_order()
    order.soft_delete()
    order.service_subcategory.soft_delete()

    restored = graphql.mutate(
        "restoreOrder",
        {"orderId": gid(order)},
        "... on Order { status serviceSubcategory { name } }",
        by=cast.ben,
    )
    with nothing_changes():
        published = graphql.mutate("publishOrder", {"orderId": gid(order)}, by=cast.ben)
    other = {"id": gid(order), "serviceSubcategoryId": gid(SubcategoryFactory())}
    graphql.mutate("updateOrder", other, by=cast.ben)
    graphql.mutate("publishOrder", {"orderId": gid(order)}, by=cast.ben)

    assert restored.data["restoreOrder"] == {
        "__typename": "Order",
        "status": "DRAFT",
        "serviceSubcategory": {"name": "Fix a leaking tap"},
    }
    assert published.code == "service_not_offered"
    assert Order.objects.get().status == "PUBLISHED"
