"""What each of an order's people may do with it and its bids."""

import pytest

from tests.factories.cast import Cast
from tests.support.graphql import GraphQL, gid

CLIENTS = {
    *("updateOrder", "publishOrder", "extendOrder", "cancelOrder", "confirmOrder"),
    *("addOrderPhoto", "addOrderAttachment", "deleteOrder", "openDispute", "proposeVisit"),
}
PROVIDERS = {
    *("startOrder", "addProgressNote", "completeOrder", "withdrawFromOrder"),
    *("openDispute", "proposeVisit"),
}
STAFF = {"cancelOrder", "featureOrder"}
NODE = "query($id: ID!) { node(id: $id) { ... on Order { viewerCan } ... on Bid { viewerCan } } }"


@pytest.mark.parametrize(("who", "may"), [("ben", CLIENTS), ("ada", PROVIDERS), ("dora", STAFF)])
def test_an_order_says_what_each_of_its_people_may_do(
    graphql: GraphQL, cast: Cast, who: str, may: set[str]
):
    order = cast.ada_work()

    answer = graphql(NODE, {"id": gid(order)}, by=getattr(cast, who))

    assert set(answer.data["node"]["viewerCan"]) == may


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("ben", {"acceptBid", "rejectBid", "counterBid"}),
        ("ada", {"updateBid", "withdrawBid", "counterBid", "acceptCounterOffer"}),
        ("dora", set()),
    ],
)
def test_a_bid_says_what_each_side_may_do(graphql: GraphQL, cast: Cast, who: str, may: set[str]):
    bid = cast.ada_bid()

    answer = graphql(NODE, {"id": gid(bid)}, by=getattr(cast, who))

    assert set(answer.data["node"]["viewerCan"]) == may
