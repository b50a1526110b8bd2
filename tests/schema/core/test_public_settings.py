"""Reading what the platform is set to, without an account."""

from typing import Any

import pytest

from tests.factories.cast import Cast
from tests.factories.core import SettingFactory, staff_with
from tests.support.graphql import GraphQL, gid

SHOW = "key value type description category isPublic isInUse"
RULE = "requiresAdmin validationRegex minValue maxValue viewerCan"
NO_RULE = {
    "requiresAdmin": None,
    "validationRegex": None,
    "minValue": None,
    "maxValue": None,
    "viewerCan": [],
}


def public(graphql: GraphQL, arguments: str = "", show: str = SHOW, *, by: Any = None) -> Any:
    """The rows that somebody reads."""
    document = f"{{ publicSettings{arguments} {{ totalCount edges {{ node {{ {show} }} }} }} }}"
    found = graphql(document, by=by).data["publicSettings"]
    assert found["totalCount"] == len(found["edges"])
    return [edge["node"] for edge in found["edges"]]


def test_everybody_reads_the_public_ones_alone(graphql: GraphQL, cast: Cast):
    SettingFactory(
        key="area.percent",
        value="25",
        setting_type="DECIMAL",
        description="What an urgent order costs more.",
        category="pricing",
        is_public=True,
    )
    SettingFactory(key="noise")

    found = [public(graphql, by=by) for by in (None, cast.cleo, cast.dora)]

    assert (
        found
        == [
            [
                {
                    "key": "area.percent",
                    "value": "25",
                    "type": "DECIMAL",
                    "description": "What an urgent order costs more.",
                    "category": "pricing",
                    "isPublic": True,
                    "isInUse": False,
                }
            ]
        ]
        * 3
    )


def test_the_rule_of_a_public_one_is_for_staff(graphql: GraphQL, cast: Cast):
    SettingFactory(is_public=True, validation_regex="x+", min_value=1, max_value="2.5")
    keeper = staff_with("view_systemsetting", "change_systemsetting")

    hidden = [public(graphql, show=RULE, by=by) for by in (None, cast.ben, cast.eve)]
    shown = [public(graphql, show=RULE, by=by) for by in (keeper, cast.dora)]

    assert hidden == [[NO_RULE]] * 3
    rule = {
        "requiresAdmin": False,
        "validationRegex": "x+",
        "minValue": "1.000000",
        "maxValue": "2.500000",
    }
    assert shown == [
        [rule | {"viewerCan": ["updateSystemSetting"]}],
        [rule | {"viewerCan": ["updateSystemSetting", "deleteSystemSetting"]}],
    ]


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        ("", ["a.one", "a.two", "b.one"]),
        ('(filter: {key: {exact: "a.two"}})', ["a.two"]),
        ('(filter: {key: {startsWith: "a."}})', ["a.one", "a.two"]),
        ('(filter: {category: {inList: ["b"]}})', ["b.one"]),
        ('(filter: {NOT: {category: {exact: "b"}}})', ["a.one", "a.two"]),
        ("(order: [{category: DESC}, {key: DESC}])", ["b.one", "a.two", "a.one"]),
    ],
)
def test_they_are_found_by_key_and_category(graphql: GraphQL, arguments: str, keys: list[str]):
    for key in ("b.one", "a.two", "a.one"):
        SettingFactory(key=key, category=key[0], is_public=True)
    SettingFactory(key="a.noise", category="a")

    assert [row["key"] for row in public(graphql, arguments)] == keys


def test_a_hidden_one_looks_missing_by_its_id(graphql: GraphQL, cast: Cast):
    shown, hidden = SettingFactory(is_public=True), SettingFactory()
    document = "query($id: ID!) { node(id: $id) { ... on SystemSetting { key } } }"

    answers = [graphql(document, {"id": gid(hidden)}, by=by) for by in (None, cast.ben, cast.eve)]

    assert [answer.code for answer in answers] == ["not_found"] * 3
    assert graphql(document, {"id": gid(shown)}).data == {"node": {"key": shown.key}}
