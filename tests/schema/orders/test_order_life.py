"""An order's life through the endpoint, from draft to confirmed."""

from tests.factories.cast import Cast
from tests.factories.catalog import AreaFactory, SubcategoryFactory
from tests.support.graphql import GraphQL, gid


def test_an_order_is_posted_bid_on_assigned_done_and_confirmed(graphql: GraphQL, cast: Cast):
    service, area = SubcategoryFactory(), AreaFactory()
    cast.ada_business, cast.ben_client  # noqa: B018

    created = graphql.mutate(
        "createOrder",
        {"title": "Tap", "serviceSubcategoryId": gid(service), "areaId": gid(area)},
        "... on Order { id status currency client { name } }",
        by=cast.ben,
    ).data["createOrder"]
    order = {"orderId": created["id"]}
    graphql.mutate("publishOrder", order, by=cast.ben)
    bid = graphql.mutate(
        "placeBid",
        order | {"amount": {"amount": "850.00", "currency": "ZAR"}},
        "... on Bid { id amount { formatted } order { bidCount } }",
        by=cast.ada,
    ).data["placeBid"]
    graphql.mutate("acceptBid", {"bidId": bid["id"]}, by=cast.ben)
    graphql.mutate("startOrder", order, by=cast.ada)
    graphql.mutate("completeOrder", order, by=cast.ada)
    confirmed = graphql.mutate(
        "confirmOrder",
        order,
        "... on Order { status finalPrice { amount } transitions { edges { node { name } } } }",
        by=cast.ben,
    ).data["confirmOrder"]

    assert (created["status"], created["currency"]) == ("DRAFT", "ZAR")
    assert created["client"] == {"name": "Ben Botha"}
    assert bid["amount"] == {"formatted": "ZAR850.00"}
    assert bid["order"] == {"bidCount": 1}
    assert confirmed["status"] == "CONFIRMED"
    assert confirmed["finalPrice"] == {"amount": "850.00"}
    names = [edge["node"]["name"] for edge in confirmed["transitions"]["edges"]]
    assert names[::-1] == ["publish", "assign", "start", "complete", "confirm"]
