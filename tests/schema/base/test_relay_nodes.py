"""``node`` and ``nodes``: one door from ids to objects, which shows nobody what is hidden."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import models
from strawberry.relay import to_base64
from strawberry.types.base import StrawberryObjectDefinition

from apps.accounts.models import User
from apps.orders.models import OrderAddon, OrderDispute, OrderPhoto, OrderTransition
from schema.base.types import Node
from schema.root import schema
from tests.factories.cast import Cast
from tests.factories.catalog import AddonFactory, CategoryFactory, LanguageFactory
from tests.factories.orders import AssignmentFactory, BidFactory, OrderFactory
from tests.support.graphql import GraphQL, gid

NODE = "query($id: ID!) { node(id: $id) { id __typename } }"
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"

NODE_TYPES = sorted(
    definition.name
    for definition in schema.schema_converter.type_map.values()
    if isinstance(definition.definition, StrawberryObjectDefinition)
    and issubclass(definition.definition.origin, Node)
    for definition in [definition.definition]
)

#: Rows that are Ben's own business, by what makes them.
PRIVATE: dict[str, Callable[[Cast], models.Model]] = {
    "Order": lambda cast: draft(cast),
    "OrderAddon": lambda cast: OrderAddon.objects.create(
        order=draft(cast), addon=AddonFactory(), currency="ZAR", price=5
    ),
    "OrderPhoto": lambda cast: OrderPhoto.objects.create(order=draft(cast), photo_url="a.png"),
    "OrderTransition": lambda cast: OrderTransition.objects.create(
        order=draft(cast), name="publish", from_status="DRAFT", to_status="PUBLISHED"
    ),
    "OrderDispute": lambda cast: OrderDispute.objects.create(
        order=draft(cast), opened_by=cast.ben, dispute_type="OTHER", description="It drips."
    ),
    "OrderAssignment": lambda cast: AssignmentFactory(
        bid__order=OrderFactory(client_profile=cast.ben_client, assigned=True)
    ),
    "Bid": lambda cast: BidFactory(
        order=OrderFactory(client_profile=cast.ben_client, published=True)
    ),
    "User": lambda cast: cast.ben,
    "UserProfile": lambda cast: cast.ben_client.user_profile,
    "ClientProfile": lambda cast: cast.ben_client,
}


def draft(cast: Cast) -> models.Model:
    """A draft of Ben's."""
    return OrderFactory(client_profile=cast.ben_client)


def node(graphql: GraphQL, id: str, by: User | None) -> Any:
    """What ``node`` answers: a code, or the object's id."""
    answer = graphql(NODE, {"id": id}, by=by)
    return answer.code if "errors" in answer.body else answer.data["node"]["id"]


@pytest.mark.parametrize("name", sorted(PRIVATE))
def test_what_is_hidden_looks_like_what_is_missing(graphql: GraphQL, cast: Cast, name: str):
    row = PRIVATE[name](cast)

    asked = {by: node(graphql, gid(row), by) for by in (None, cast.cleo, cast.ben)}
    missing = node(graphql, to_base64(name, uuid4()), cast.ben)

    assert asked == {None: "not_found", cast.cleo: "not_found", cast.ben: gid(row)}
    assert missing == "not_found"


@pytest.mark.parametrize("name", NODE_TYPES)
def test_every_type_is_read_through_the_same_door(graphql: GraphQL, cast: Cast, name: str):
    unknown = to_base64(name, UUID(int=0))

    assert node(graphql, unknown, cast.ben) == "not_found"
    assert node(graphql, unknown, None) == "not_found"


def test_a_deleted_object_is_not_found(graphql: GraphQL, cast: Cast):
    order = OrderFactory(client_profile=cast.ben_client)
    order.delete()

    assert node(graphql, gid(order), cast.ben) == "not_found"


RUBBISH = [
    "",
    "x",
    "é",
    "=",
    "5",
    to_base64("Order", ""),
    to_base64("Order", "5"),
    to_base64("Order", "x" * 36),
    to_base64("Order", "9" * 5000),
    to_base64("Nothing", UUID(int=7)),
    to_base64("Money", UUID(int=7)),
    to_base64("OrderStatus", UUID(int=7)),
    to_base64("OrderInput", UUID(int=7)),
    to_base64("Query", UUID(int=7)),
    to_base64("String", UUID(int=7)),
    to_base64("Node", UUID(int=7)),
    to_base64("__Type", UUID(int=7)),
    to_base64("", UUID(int=7)),
]


@pytest.mark.parametrize("id", RUBBISH, ids=lambda id: id[:30] or "empty")
def test_an_id_that_is_none_is_refused(graphql: GraphQL, cast: Cast, id: str):
    assert node(graphql, id, cast.ben) == "invalid_id"
    assert graphql(NODES, {"ids": [id]}, by=cast.ben).code == "invalid_id"


@pytest.mark.parametrize("id", RUBBISH, ids=lambda id: id[:30] or "empty")
def test_an_id_that_is_none_is_refused_where_one_type_is_meant(
    graphql: GraphQL, cast: Cast, id: str
):
    answer = graphql("query($id: ID!) { order(id: $id) { id } }", {"id": id}, by=cast.ben)
    changed = graphql.mutate("publishOrder", {"orderId": id}, by=cast.ben)

    assert (answer.code, changed.code) == ("invalid_id", "invalid_id")


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    order = OrderFactory(client_profile=cast.ben_client)
    disguised = to_base64("User", order.pk)

    answer = graphql("query($id: ID!) { order(id: $id) { id } }", {"id": disguised}, by=cast.ben)
    changed = graphql.mutate("publishOrder", {"orderId": disguised}, by=cast.ben)

    assert (answer.code, changed.code) == ("invalid_id", "invalid_id")
    order.refresh_from_db()
    assert order.status == "DRAFT"


def test_nodes_are_null_where_hidden_or_missing_and_in_the_order_asked(
    graphql: GraphQL, cast: Cast
):
    own, hidden = OrderFactory(client_profile=cast.ben_client), OrderFactory()
    language, category = LanguageFactory(), CategoryFactory()
    missing = to_base64("Order", uuid4())
    ids = [gid(category), gid(hidden), gid(own), missing, gid(language), gid(own)]

    answer = graphql(NODES, {"ids": ids}, by=cast.ben)

    found = [row and row["id"] for row in answer.data["nodes"]]
    assert found == [gid(category), None, gid(own), None, gid(language), gid(own)]


def test_a_hundred_nodes_can_be_asked_for_and_no_more(graphql: GraphQL):
    id = gid(LanguageFactory())

    assert len(graphql(NODES, {"ids": [id] * 100}).data["nodes"]) == 100
    assert graphql(NODES, {"ids": [id] * 101}).code == "list_too_long"
