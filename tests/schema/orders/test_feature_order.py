"""Showing an order before others."""

import pytest

from apps.orders.events import OrderUpdated
from apps.orders.models import Order
from tests.factories.cast import Cast
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

LIST = "{ orders(order: [{isFeatured: DESC}, {createdAt: ASC}]) { edges { node { title } } } }"


def test_staff_feature_an_order_and_it_comes_first(graphql: GraphQL, cast: Cast):
    cast.ben_order(title="older", published=True)
    order = cast.ben_order(title="featured", published=True)
    cast.ben_order(title="newer", published=True)

    with announced() as heard:
        given = {"orderId": gid(order), "isFeatured": True}
        answer = graphql.mutate("featureOrder", given, "... on Order { isFeatured }", by=cast.dora)

    assert answer.data["featureOrder"]["isFeatured"] is True
    listed = graphql(LIST, by=cast.ben).data["orders"]["edges"]
    assert [edge["node"]["title"] for edge in listed] == ["featured", "older", "newer"]
    assert heard == [OrderUpdated(order_id=order.pk)]


def test_what_is_so_already_changes_nothing(graphql: GraphQL, cast: Cast):
    order, by = cast.ben_order(published=True, is_featured=True), cast.dora

    with nothing_changes():
        given = {"orderId": gid(order), "isFeatured": True}
        answer = graphql.mutate("featureOrder", given, by=by)

    assert answer.data["featureOrder"]["__typename"] == "Order"


def test_it_is_featured_no_longer(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(is_featured=True)

    graphql.mutate("featureOrder", {"orderId": gid(order), "isFeatured": False}, by=cast.dora)

    assert Order.objects.get().is_featured is False


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ben", "not_allowed"),
        ("ada", "not_allowed"),
        ("eve", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_staff_who_may_change_orders_do(graphql: GraphQL, cast: Cast, who: str, code: str):
    order, by = cast.ada_bid().order, getattr(cast, who)

    with nothing_changes():
        given = {"orderId": gid(order), "isFeatured": True}
        answer = graphql.mutate("featureOrder", given, by=by)

    assert answer.code == code
