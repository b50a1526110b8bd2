"""Listing releases of apps, as staff."""

from datetime import date
from typing import Any

import pytest

from tests.factories.cast import Cast
from tests.factories.core import AppVersionFactory, staff_with
from tests.support.graphql import GraphQL


def names(graphql: GraphQL, arguments: str = "", *, by: Any) -> list[str]:
    """The names of the releases that somebody lists."""
    document = f"{{ appVersions{arguments} {{ edges {{ node {{ version }} }} }} }}"
    found = graphql(document, by=by).data["appVersions"]["edges"]
    return [edge["node"]["version"] for edge in found]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("", ["3.0.0", "2.0.0", "1.0.0"]),
        ("(filter: {platform: WEB})", ["2.0.0"]),
        ('(filter: {version: {exact: "1.0.0"}})', ["1.0.0"]),
        ("(filter: {buildNumber: {gte: 20}})", ["3.0.0", "2.0.0"]),
        ("(filter: {isActive: {exact: false}})", ["3.0.0"]),
        ("(filter: {isForcedUpdate: {exact: true}})", ["2.0.0"]),
        ('(filter: {releaseDate: {lt: "2026-01-02"}})', ["1.0.0"]),
        ('(filter: {search: "DRIPS"})', ["1.0.0"]),
        ('(filter: {search: "3.0"})', ["3.0.0"]),
        ("(order: [{buildNumber: ASC}])", ["1.0.0", "2.0.0", "3.0.0"]),
        ("(order: [{releaseDate: ASC}])", ["1.0.0", "3.0.0", "2.0.0"]),
    ],
)
def test_staff_list_filter_order_and_search_them(
    graphql: GraphQL, arguments: str, found: list[str]
):
    AppVersionFactory(
        version="1.0.0",
        build_number=10,
        release_date=date(2026, 1, 1),
        release_notes="It drips no more.",
    )
    AppVersionFactory(
        version="2.0.0",
        build_number=20,
        platform="WEB",
        is_forced_update=True,
        release_date=date(2026, 3, 1),
    )
    AppVersionFactory(
        version="3.0.0", build_number=30, is_active=False, release_date=date(2026, 2, 1)
    )

    assert names(graphql, arguments, by=staff_with("view_appversion")) == found


@pytest.mark.parametrize(
    ("who", "code"),
    [("cleo", "not_allowed"), ("eve", "not_allowed"), ("nobody", "not_signed_in")],
)
def test_nobody_else_does(graphql: GraphQL, cast: Cast, who: str, code: str):
    answer = graphql("{ appVersions { totalCount } }", by=getattr(cast, who))

    assert answer.code == code
