"""Templates: those in use for everybody who is signed in, all of them for staff."""

from typing import Any

import pytest

from tests.factories.cast import Cast
from tests.factories.chat import ChatTemplateFactory
from tests.support.graphql import GraphQL, gid

LIST = """query($filter: ChatTemplateFilter, $order: [ChatTemplateOrder!]! = [], $search: String,
  $deleted: Boolean! = false) {
  chatTemplates(filter: $filter, order: $order, search: $search, deleted: $deleted) {
    totalCount edges { node { id name variables usageCount isActive viewerCan } } } }"""
NODE = "query($id: ID!) { node(id: $id) { ... on ChatTemplate { name } } }"


@pytest.fixture(autouse=True)
def _templates(db: None) -> None:
    """Two in use, one that is not, one that was deleted."""
    ChatTemplateFactory(name="Late", category="visits", usage_count=2, subject="On the road")
    ChatTemplateFactory(name="Done", category="work", usage_count=5)
    ChatTemplateFactory(name="Draft", is_active=False)
    ChatTemplateFactory(name="Gone").soft_delete()


def _names(answer: Any) -> list[str]:
    return [edge["node"]["name"] for edge in answer.data["chatTemplates"]["edges"]]


@pytest.mark.parametrize(
    ("who", "names"),
    [("ben", ["Done", "Late"]), ("eve", ["Done", "Late"]), ("dora", ["Done", "Draft", "Late"])],
)
def test_those_in_use_are_everybodys_and_the_others_staffs(
    graphql: GraphQL, cast: Cast, who: str, names: list[str]
):
    answer = graphql(LIST, by=getattr(cast, who))

    assert _names(answer) == names
    assert answer.data["chatTemplates"]["totalCount"] == len(names)


@pytest.mark.parametrize(("who", "names"), [("dora", ["Gone"]), ("ben", []), ("eve", [])])
def test_the_trash_is_staffs(graphql: GraphQL, cast: Cast, who: str, names: list[str]):
    assert _names(graphql(LIST, {"deleted": True}, by=getattr(cast, who))) == names


def test_one_that_is_not_in_use_is_not_there(graphql: GraphQL, cast: Cast):
    draft = ChatTemplateFactory(is_active=False)

    assert graphql(NODE, {"id": gid(draft)}, by=cast.ben).code == "not_found"
    assert graphql(NODE, {"id": gid(draft)}, by=cast.dora).data["node"]["name"] == draft.name


def test_each_tells_its_blanks_and_what_one_may_do(graphql: GraphQL, cast: Cast):
    seen = [
        graphql(LIST, {"search": "Late"}, by=by).data["chatTemplates"]["edges"][0]["node"]
        for by in (cast.ben, cast.dora)
    ]

    assert [node["variables"] for node in seen] == [["name"], ["name"]]
    assert [node["viewerCan"] for node in seen] == [
        [],
        ["updateChatTemplate", "deleteChatTemplate"],
    ]


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"filter": {"category": {"exact": "work"}}}, ["Done"]),
        ({"filter": {"isActive": {"exact": False}}}, ["Draft"]),
        ({"filter": {"name": {"startsWith": "D"}}}, ["Done", "Draft"]),
        ({"order": [{"usageCount": "DESC"}, {"name": "ASC"}]}, ["Done", "Late", "Draft"]),
        ({"search": "ROAD"}, ["Late"]),
        ({"search": "hello draft"}, ["Draft"]),
        ({"search": " "}, []),
    ],
)
def test_they_are_filtered_ordered_and_searched(
    graphql: GraphQL, cast: Cast, given: Any, names: list[str]
):
    assert _names(graphql(LIST, given, by=cast.dora)) == names


def test_the_signed_out_are_refused(graphql: GraphQL):
    assert graphql(LIST).code == "not_signed_in"
