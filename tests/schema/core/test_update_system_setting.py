"""Changing settings: their value, and the rule that it keeps."""

from typing import Any

import pytest

from apps.core.configuration import Setting
from apps.core.events import SettingChanged
from apps.core.models import AuditEntry, SystemSetting
from apps.core.services.system_settings import ensure_settings
from tests.factories.cast import Cast
from tests.factories.core import SettingFactory, staff_with
from tests.factories.organizations import MembershipFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

SHOW = (
    "... on SystemSetting { key value type category validationRegex minValue maxValue version"
    " isInUse }"
)


def change(graphql: GraphQL, row: Any, by: Any, **given: Any) -> Answer:
    """Change a setting."""
    return graphql.mutate("updateSystemSetting", {"id": gid(row), **given}, SHOW, by=by)


def a_number(**fields: Any) -> SystemSetting:
    """The number seven, between five and nine, written with one digit."""
    found: SystemSetting = SettingFactory(
        key="n",
        value="7",
        setting_type="INTEGER",
        min_value=5,
        max_value=9,
        validation_regex="[0-9]",
        category="c",
        **fields,
    )
    return found


def test_what_is_given_changes_and_the_rest_stays(graphql: GraphQL):
    row, keeper = a_number(), staff_with("view_systemsetting", "change_systemsetting")
    MembershipFactory(user=keeper)

    with announced() as heard:
        answer = change(graphql, row, keeper, value="8", maxValue="8", version=1)

    assert answer.data["updateSystemSetting"] == {
        "__typename": "SystemSetting",
        "key": "n",
        "value": "8",
        "type": "INTEGER",
        "category": "c",
        "validationRegex": "[0-9]",
        "minValue": "5.000000",
        "maxValue": "8.000000",
        "version": 2,
        "isInUse": False,
    }
    assert heard == [SettingChanged(key="n")]
    entry = AuditEntry.objects.get(object_id=row.pk, action="UPDATE")
    assert entry.changes == {"value": ["7", "8"], "max_value": [9, 8]}
    # What the platform is set to is not in the trail of an organization that one acts for.
    assert (entry.actor, entry.organization) == (keeper, None)


def test_a_new_key_is_told_under_both(graphql: GraphQL, cast: Cast):
    row = a_number()

    with announced() as heard:
        change(graphql, row, cast.dora, key="m", type="STRING", minValue=None)

    assert heard == [SettingChanged(key="n"), SettingChanged(key="m")]
    assert (SystemSetting.objects.get().setting_type, SystemSetting.objects.get().min_value) == (
        "STRING",
        None,
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"value": "x"}, "invalid_type"),
        ({"value": None}, "invalid_type"),
        ({"type": "BOOLEAN", "minValue": None, "maxValue": None}, "invalid_type"),
        ({"value": "4"}, "out_of_range"),
        ({"minValue": "8"}, "out_of_range"),
        ({"maxValue": "6"}, "out_of_range"),
        ({"type": "STRING"}, "out_of_range"),
        ({"value": "07"}, "pattern_mismatch"),
        ({"validationRegex": "[a-z]"}, "pattern_mismatch"),
        ({"validationRegex": "[a-z"}, "invalid_rule"),
        ({"minValue": "10"}, "invalid_rule"),
        ({"type": "BOOLEAN"}, "invalid_rule"),
        ({"key": "N"}, "invalid_key"),
        ({"key": "taken"}, "key_taken"),
        ({"key": "declared.count"}, "key_taken"),
        ({"value": "8", "version": 2}, "version_conflict"),
    ],
    ids=lambda given: str(given)[:60],
)
def test_bad_input_is_refused_with_its_code(
    graphql: GraphQL, cast: Cast, declared: Setting[int], given: dict[str, Any], code: str
):
    row, by = a_number(), cast.dora
    SettingFactory(key="taken")

    with nothing_changes():
        assert change(graphql, row, by, **given).code == code


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"key": "other"}, "setting_in_use"),
        ({"type": "DECIMAL"}, "setting_in_use"),
        ({"value": "10", "maxValue": "99"}, "out_of_range"),
    ],
    ids=lambda given: str(given)[:60],
)
def test_one_that_the_product_reads_keeps_its_key_and_type_and_the_codes_rule(
    graphql: GraphQL, cast: Cast, declared: Setting[int], given: dict[str, Any], code: str
):
    ensure_settings()
    row, by = SystemSetting.objects.get(key=declared.key), cast.dora

    with nothing_changes():
        refused = change(graphql, row, by, **given)
    changed = change(graphql, row, by, value="5", key=declared.key, type="INTEGER")

    assert refused.code == code
    assert (changed.data["updateSystemSetting"]["isInUse"], declared.value()) == (True, 5)


def test_the_expression_of_an_attacker_does_not_hold_a_thread(graphql: GraphQL, cast: Cast):
    row, by = SettingFactory(value="a" * 999), cast.dora

    with nothing_changes():
        answer = change(graphql, row, by, validationRegex=r"(a+)(a+)(a+)(a+)(a+)\1\2\3\4\5")

    assert (answer.code, answer.refusal["field"]) == ("invalid_rule", "validationRegex")
    assert "too long" in answer.refusal["message"]


@pytest.mark.parametrize(
    ("who", "code"),
    [("cleo", "not_allowed"), ("eve", "not_allowed"), ("nobody", "not_signed_in")],
)
def test_only_staff_with_the_permission_do_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    row, by = a_number(is_public=True), getattr(cast, who)

    with nothing_changes():
        assert change(graphql, row, by, value="8").code == code


def test_one_that_requires_an_administrator_is_changed_by_superusers_alone(
    graphql: GraphQL, cast: Cast
):
    keeper, boss = staff_with("view_systemsetting", "change_systemsetting"), cast.dora
    guarded, free = a_number(requires_admin=True), SettingFactory()

    with nothing_changes():
        codes = [
            change(graphql, guarded, keeper, value="8").code,
            change(graphql, guarded, keeper, requiresAdmin=False).code,
            change(graphql, free, keeper, requiresAdmin=True).code,
        ]
    changed = change(graphql, guarded, boss, value="8")

    assert codes == ["not_allowed"] * 3
    assert changed.data["updateSystemSetting"]["value"] == "8"


def test_who_may_change_but_not_see_them_finds_none(graphql: GraphQL):
    row, by = a_number(), staff_with("change_systemsetting")

    with nothing_changes():
        assert change(graphql, row, by, value="8").code == "not_found"
