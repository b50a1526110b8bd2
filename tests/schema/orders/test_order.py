"""Reading one order."""

from uuid import UUID, uuid4

import pytest
from strawberry.relay import to_base64

from tests.factories.cast import Cast
from tests.support.graphql import GraphQL, gid

SEE = "query($id: ID!) { order(id: $id) { id title status } }"
NODE = "query($id: ID!) { node(id: $id) { ... on Order { title } } }"


@pytest.mark.parametrize("who", ["ben", "dora"])
def test_a_draft_is_its_clients_and_staffs(graphql: GraphQL, cast: Cast, who: str):
    order = cast.ben_order()

    seen = graphql(SEE, {"id": gid(order)}, by=getattr(cast, who)).data["order"]

    assert seen == {"id": gid(order), "title": "The kitchen tap drips", "status": "DRAFT"}


@pytest.mark.parametrize("document", [SEE, NODE])
def test_a_strangers_draft_a_deleted_order_and_a_missing_one_look_alike(
    graphql: GraphQL, cast: Cast, document: str
):
    draft, deleted = cast.ben_order(), cast.ben_order(published=True)
    deleted.soft_delete()

    ids = gid(draft), gid(deleted), to_base64("Order", uuid4())
    hidden, gone, missing = (graphql(document, {"id": id}, by=cast.cleo) for id in ids)

    assert hidden.code == "not_found"
    assert hidden == gone == missing


@pytest.mark.parametrize("status", ["ASSIGNED", "IN_PROGRESS", "COMPLETED", "CONFIRMED"])
def test_an_order_that_went_to_another_is_hidden_from_strangers(
    graphql: GraphQL, cast: Cast, status: str
):
    order = cast.ada_work(status=status)

    stranger = graphql(SEE, {"id": gid(order)}, by=cast.cleo)
    provider = graphql(SEE, {"id": gid(order)}, by=cast.ada)

    assert stranger.code == "not_found"
    assert provider.data["order"]["status"] == status


def test_the_signed_out_are_refused(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(published=True)

    assert graphql(SEE, {"id": gid(order)}).code == "not_signed_in"
    assert graphql(NODE, {"id": gid(order)}).code == "not_found"


@pytest.mark.parametrize("rubbish", [to_base64("Bid", UUID(int=7)), to_base64("Order", "7")])
def test_an_id_of_another_type_or_of_nothing_is_refused(graphql: GraphQL, cast: Cast, rubbish: str):
    assert graphql(SEE, {"id": rubbish}, by=cast.ben).code == "invalid_id"
