"""Making settings."""

from typing import Any

import pytest

from apps.core.configuration import Setting
from apps.core.events import SettingChanged
from apps.core.models import AuditEntry, SystemSetting
from apps.core.services.system_settings import create_system_setting
from kernel.viewer import SYSTEM, acting_as
from schema.base.errors import explain
from tests.factories.cast import Cast
from tests.factories.core import SettingFactory, staff_with
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL
from tests.support.races import race
from tests.support.unchanged import nothing_changes

SHOW = (
    "... on SystemSetting { key value type description category isPublic requiresAdmin"
    " validationRegex minValue maxValue version }"
)
GIVEN: dict[str, Any] = {
    "key": "area.percent",
    "value": "25",
    "type": "DECIMAL",
    "description": "What an urgent order costs more.",
    "category": "pricing",
    "isPublic": True,
    "requiresAdmin": False,
    "validationRegex": "[0-9]+",
    "minValue": "0",
    "maxValue": "200",
}


def create(graphql: GraphQL, by: Any, **given: Any) -> Answer:
    """Make a setting."""
    return graphql.mutate("createSystemSetting", GIVEN | given, SHOW, by=by)


def test_it_is_made_as_it_is_given(graphql: GraphQL, cast: Cast):
    with announced() as heard:
        answer = create(graphql, cast.dora)

    row = SystemSetting.objects.get()
    assert answer.data["createSystemSetting"] == GIVEN | {
        "__typename": "SystemSetting",
        "minValue": "0.000000",
        "maxValue": "200.000000",
        "version": 1,
    }
    assert heard == [SettingChanged(key="area.percent")]
    assert heard[0].topics() == ["settings"]
    entry = AuditEntry.objects.get(object_id=row.pk)
    assert (entry.action, entry.actor, entry.organization) == ("INSERT", cast.dora, None)


def test_one_that_is_only_named_is_a_private_text_for_superusers(graphql: GraphQL, cast: Cast):
    given = {"key": "motto", "value": "Dry."}

    answer = graphql.mutate("createSystemSetting", given, SHOW, by=cast.dora)

    assert answer.data["createSystemSetting"] == {
        "__typename": "SystemSetting",
        "key": "motto",
        "value": "Dry.",
        "type": "STRING",
        "description": "",
        "category": "",
        "isPublic": False,
        "requiresAdmin": True,
        "validationRegex": "",
        "minValue": None,
        "maxValue": None,
        "version": 1,
    }


def test_a_repeat_makes_no_other(graphql: GraphQL, cast: Cast):
    first = create(graphql, cast.dora, idempotencyKey="k")
    again = create(graphql, cast.dora, idempotencyKey="k")

    assert again.data == first.data
    assert SystemSetting.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"value": "much"}, "invalid_type"),
        ({"value": ""}, "invalid_type"),
        ({"type": "INTEGER", "value": "2.5"}, "invalid_type"),
        ({"type": "BOOLEAN", "minValue": None, "maxValue": None, "value": "1"}, "invalid_type"),
        ({"type": "JSON", "minValue": None, "maxValue": None, "value": "{"}, "invalid_type"),
        ({"value": "201"}, "out_of_range"),
        ({"minValue": "26"}, "out_of_range"),
        ({"type": "STRING", "maxValue": "1"}, "out_of_range"),
        ({"value": "2.5"}, "pattern_mismatch"),
        ({"validationRegex": "3"}, "pattern_mismatch"),
        ({"validationRegex": "("}, "invalid_rule"),
        ({"validationRegex": "25)|(3"}, "invalid_rule"),
        ({"minValue": "5", "maxValue": "4"}, "invalid_rule"),
        ({"type": "BOOLEAN", "value": "true", "validationRegex": None}, "invalid_rule"),
        ({"type": "JSON", "value": "1", "maxValue": None}, "invalid_rule"),
        ({"key": "Pricing"}, "invalid_key"),
        ({"key": "a..b"}, "invalid_key"),
        ({"key": ""}, "blank"),
        ({"key": "k" * 101}, "max_length"),
        ({"value": "1" * 10_001}, "max_length"),
        ({"minValue": "0.1234567"}, "max_decimal_places"),
        ({"validationRegex": "x" * 301}, "max_length"),
        ({"isPublic": None}, "invalid"),
        ({"key": "taken"}, "key_taken"),
        ({"key": "declared.count"}, "key_taken"),
    ],
    ids=lambda given: str(given)[:60],
)
def test_bad_input_is_refused_with_its_code(
    graphql: GraphQL, cast: Cast, declared: Setting[int], given: dict[str, Any], code: str
):
    SettingFactory(key="taken")
    by = cast.dora

    with nothing_changes():
        assert create(graphql, by, **given).code == code


@pytest.mark.parametrize(
    ("who", "code"),
    [("cleo", "not_allowed"), ("eve", "not_allowed"), ("nobody", "not_signed_in")],
)
def test_only_staff_with_the_permission_do_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    by = getattr(cast, who)

    with nothing_changes():
        assert create(graphql, by).code == code


def test_one_that_requires_an_administrator_is_made_by_one(graphql: GraphQL):
    by = staff_with("add_systemsetting", "view_systemsetting")

    with nothing_changes():
        refused = create(graphql, by, requiresAdmin=True)
    made = create(graphql, by)

    assert refused.code == "not_allowed"
    assert made.data["createSystemSetting"]["requiresAdmin"] is False


@pytest.mark.django_db(transaction=True)
def test_a_key_that_many_want_at_once_is_given_to_one():
    def work() -> Any:
        with acting_as(SYSTEM):
            return create_system_setting(by=SYSTEM, details={"key": "one", "value": ""})

    outcomes = race(*[work] * 8)

    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [explain(refusal)[0]["code"] for refusal in refused] == ["key_taken"] * 7
    assert SystemSetting.objects.count() == 1
