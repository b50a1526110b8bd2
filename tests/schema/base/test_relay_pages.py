"""Connections: how large a page is, where it begins, and what is no page at all."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from strawberry.relay import to_base64

from tests.factories.catalog import CategoryFactory, LanguageFactory, SubcategoryFactory
from tests.factories.orders import BidFactory, OrderFactory
from tests.support.graphql import Answer, GraphQL, gid

PAGE = (
    "edges { cursor node { code } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
)


def languages(graphql: GraphQL, arguments: str = "", select: str = PAGE) -> Answer:
    """A page of the languages."""
    return graphql(f"{{ languages{f'({arguments})' if arguments else ''} {{ {select} }} }}")


def names(answer: Answer) -> list[str]:
    """The codes of the languages on a page, in its order."""
    return [edge["node"]["code"] for edge in answer.data["languages"]["edges"]]


def info(answer: Answer) -> dict[str, str]:
    """Where a page begins and ends."""
    found: dict[str, str] = answer.data["languages"]["pageInfo"]
    return found


def nested(arguments: str) -> str:
    """A page of each category's services, of all categories."""
    return (
        "{ serviceCategories { edges { node { subcategories(" + arguments + ") "
        "{ edges { node { id } } } } } } }"
    )


@pytest.fixture
def many(db: None) -> list[str]:
    """The codes of 105 languages, in the order of the list."""
    made = [LanguageFactory().code for _ in range(105)]
    return made[::-1]


def test_a_page_has_20_rows_when_not_said(graphql: GraphQL, many: list[str]):
    answer = languages(graphql)

    assert names(answer) == many[:20]
    assert info(answer)["hasNextPage"] is True
    assert info(answer)["hasPreviousPage"] is False


@pytest.mark.parametrize(("size", "rows"), [(0, 0), (1, 1), (99, 99), (100, 100)])
def test_a_page_has_up_to_100_rows(graphql: GraphQL, many: list[str], size: int, rows: int):
    assert names(languages(graphql, f"first: {size}")) == many[:rows]


@pytest.mark.parametrize(
    "arguments",
    ["first: 101", "first: 2147483647", "first: -1", "last: 101", "last: -1", "first: 1, last: 1"],
)
def test_other_sizes_are_refused(graphql: GraphQL, many: list[str], arguments: str):
    assert languages(graphql, arguments).code == "invalid_page"


@pytest.mark.parametrize("size", [1, 7, 100])
def test_last_alone_gives_the_end_of_the_list(graphql: GraphQL, many: list[str], size: int):
    answer = languages(graphql, f"last: {size}")

    assert names(answer) == many[-size:]
    assert info(answer)["hasNextPage"] is False
    assert info(answer)["hasPreviousPage"] is True


@pytest.mark.parametrize("size", [1, 20, 35, 100])
def test_walking_forward_meets_each_row_once(graphql: GraphQL, many: list[str], size: int):
    seen: list[str] = []
    arguments = f"first: {size}"
    while arguments:
        answer = languages(graphql, arguments)
        seen += names(answer)
        end = info(answer)["endCursor"] if info(answer)["hasNextPage"] else None
        arguments = f'first: {size}, after: "{end}"' if end else ""

    assert seen == many


@pytest.mark.parametrize("size", [1, 20, 35, 100])
def test_walking_backward_meets_each_row_once(graphql: GraphQL, many: list[str], size: int):
    seen: list[str] = []
    arguments = f"last: {size}"
    while arguments:
        answer = languages(graphql, arguments)
        seen = names(answer) + seen
        start = info(answer)["startCursor"] if info(answer)["hasPreviousPage"] else None
        arguments = f'last: {size}, before: "{start}"' if start else ""

    assert seen == many


def test_each_edge_has_the_cursor_to_go_on_from(graphql: GraphQL, many: list[str]):
    edges = languages(graphql, "first: 5").data["languages"]["edges"]

    answer = languages(graphql, f'first: 2, after: "{edges[2]["cursor"]}"')

    assert names(answer) == many[3:5]


def test_a_window_between_two_cursors(graphql: GraphQL, many: list[str]):
    edges = languages(graphql, "first: 10").data["languages"]["edges"]
    after, before = edges[2]["cursor"], edges[7]["cursor"]

    first = languages(graphql, f'first: 2, after: "{after}", before: "{before}"')
    last = languages(graphql, f'last: 2, after: "{after}", before: "{before}"')

    assert names(first) == many[3:5]
    assert names(last) == many[5:7]


def test_a_page_past_the_end_is_empty(graphql: GraphQL, many: list[str]):
    end = info(languages(graphql, "last: 1"))["endCursor"]
    far = to_base64("arrayconnection", "9" * 18)

    answers = [languages(graphql, f'first: 5, after: "{cursor}"') for cursor in (end, far)]

    assert [names(answer) for answer in answers] == [[], []]
    assert [info(answer)["hasNextPage"] for answer in answers] == [False, False]


RUBBISH = [
    "x",
    "",
    "é",
    "====",
    to_base64("arrayconnection", "x"),
    to_base64("arrayconnection", ""),
    to_base64("arrayconnection", "-1"),
    to_base64("arrayconnection", "1.5"),
    to_base64("arrayconnection", "²"),
    to_base64("arrayconnection", "9" * 19),
    to_base64("arrayconnection", str(2**63 - 1)),
    to_base64("arrayconnection", "9" * 5000),
    to_base64("other", "1"),
    to_base64("Language", "1"),
]


@pytest.mark.parametrize("side", ["after", "before"])
@pytest.mark.parametrize("cursor", RUBBISH, ids=lambda cursor: cursor[:40])
def test_a_rubbish_cursor_is_refused(graphql: GraphQL, many: list[str], side: str, cursor: str):
    assert languages(graphql, f'{side}: "{cursor}"').code == "invalid_cursor"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("first: 101", "invalid_page"),
        ("last: 101", "invalid_page"),
        ("first: -1", "invalid_page"),
        ("first: 1, last: 1", "invalid_page"),
        *[(f'after: "{cursor}"', "invalid_cursor") for cursor in RUBBISH],
    ],
    ids=lambda text: text[:40],
)
def test_a_page_within_a_list_is_checked_alike(graphql: GraphQL, arguments: str, code: str):
    SubcategoryFactory()

    assert graphql(nested(arguments)).code == code


@pytest.mark.usefixtures("unpriced")
def test_a_page_within_a_list_has_20_rows_when_not_said_and_100_at_most(graphql: GraphQL):
    category = CategoryFactory()
    for _ in range(101):
        SubcategoryFactory(category=category)

    def sizes(arguments: str) -> list[int]:
        found = graphql(nested(arguments)).data["serviceCategories"]["edges"]
        return [len(edge["node"]["subcategories"]["edges"]) for edge in found]

    assert sizes("before: null") == [20]
    assert sizes("first: 100") == [100]
    assert sizes("last: 3") == [3]


def test_walking_a_list_within_a_list_meets_each_row_once(graphql: GraphQL):
    categories = [CategoryFactory(), CategoryFactory()]
    made = {gid(SubcategoryFactory(category=c)) for c in categories for _ in range(7)}
    page = "{ edges { cursor node { id } } pageInfo { hasNextPage endCursor } }"

    seen: list[str] = []
    for after in ("null", *(f'"{to_base64("arrayconnection", n)}"' for n in (2, 5))):
        answer = graphql(
            nested(f"first: 3, after: {after}").replace("{ edges { node { id } } }", page)
        )
        for edge in answer.data["serviceCategories"]["edges"]:
            seen += [row["node"]["id"] for row in edge["node"]["subcategories"]["edges"]]

    assert len(seen) == 14
    assert set(seen) == made


def test_the_total_counts_all_rows_and_not_the_page(graphql: GraphQL, many: list[str]):
    answer = languages(graphql, "first: 3", "totalCount edges { node { code } }")

    assert answer.data["languages"]["totalCount"] == 105
    assert names(answer) == many[:3]


def test_the_total_leaves_out_what_the_viewer_may_not_see(graphql: GraphQL):
    order = OrderFactory()
    noise = BidFactory().order
    user = order.client_profile.user_profile.user

    answer = graphql("{ orders { totalCount edges { node { id } } } }", by=user)

    assert answer.data["orders"] == {"totalCount": 1, "edges": [{"node": {"id": gid(order)}}]}
    assert gid(noise) != gid(order)


def test_the_total_within_a_list_is_that_of_its_row(graphql: GraphQL):
    few, none = CategoryFactory(), CategoryFactory()
    for _ in range(3):
        SubcategoryFactory(category=few)

    answer = graphql(
        "{ serviceCategories { edges { node { id subcategories(first: 1) { totalCount } } } } }"
    )

    found = [edge["node"] for edge in answer.data["serviceCategories"]["edges"]]
    assert {row["id"]: row["subcategories"]["totalCount"] for row in found} == {
        gid(few): 3,
        gid(none): 0,
    }


def test_nothing_is_counted_unless_asked(graphql: GraphQL, many: list[str]):
    with CaptureQueriesContext(connection) as asked:
        languages(graphql, "first: 3", PAGE)
    with CaptureQueriesContext(connection) as asked_total:
        languages(graphql, "first: 3", "totalCount")

    assert [query for query in asked if "COUNT(" in query["sql"].upper()] == []
    assert len([query for query in asked_total if "COUNT(" in query["sql"].upper()]) == 1
