"""Listing all settings, as staff."""

from typing import Any

import pytest

from tests.factories.cast import Cast
from tests.factories.core import SettingFactory, staff_with
from tests.support.graphql import GraphQL


def keys(graphql: GraphQL, arguments: str = "", *, by: Any) -> list[str]:
    """The keys that somebody lists."""
    document = f"{{ systemSettings{arguments} {{ edges {{ node {{ key }} }} }} }}"
    return [
        edge["node"]["key"] for edge in graphql(document, by=by).data["systemSettings"]["edges"]
    ]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("", ["a.one", "b.two", "c.three"]),
        ('(filter: {key: {iContains: "TWO"}})', ["b.two"]),
        ('(filter: {category: {exact: "money"}})', ["a.one"]),
        ("(filter: {isPublic: {exact: true}})", ["c.three"]),
        ("(filter: {requiresAdmin: {exact: true}})", ["a.one"]),
        ("(filter: {type: INTEGER})", ["b.two"]),
        ('(filter: {search: "PERCENT"})', ["a.one"]),
        ('(filter: {search: "17"})', ["b.two"]),
        ('(filter: {search: "mon"})', ["a.one"]),
        ('(filter: {search: "c.th"})', ["c.three"]),
        ("(order: [{key: DESC}])", ["c.three", "b.two", "a.one"]),
        ("(order: [{createdAt: ASC}])", ["c.three", "b.two", "a.one"]),
        ("(first: 1)", ["a.one"]),
    ],
)
def test_staff_list_filter_order_and_search_all(graphql: GraphQL, arguments: str, found: list[str]):
    SettingFactory(key="c.three", is_public=True)
    SettingFactory(key="b.two", value="17", setting_type="INTEGER")
    SettingFactory(key="a.one", description="In percent.", category="money", requires_admin=True)

    assert keys(graphql, arguments, by=staff_with("view_systemsetting")) == found


@pytest.mark.parametrize(
    ("who", "code"),
    [("cleo", "not_allowed"), ("eve", "not_allowed"), ("nobody", "not_signed_in")],
)
def test_nobody_else_does(graphql: GraphQL, cast: Cast, who: str, code: str):
    SettingFactory(is_public=True)

    answer = graphql("{ systemSettings { totalCount } }", by=getattr(cast, who))

    assert answer.code == code
