"""Settings that the code declares: what they are worth, and the rows that they get."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from apps.core import configuration, errors
from apps.core.configuration import (
    BOOLEAN,
    DECIMAL,
    INTEGER,
    JSON,
    STRING,
    Setting,
    values,
)
from apps.core.models import AuditEntry, SystemSetting
from apps.core.services.system_settings import ensure_settings, update_system_setting
from kernel.viewer import SYSTEM, acting_as
from tests.support.declarations import declarations_forgotten

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def product() -> Iterator[dict[str, Setting[Any]]]:
    """A test has what it declares itself alone, and what the product does once it is over."""
    declared = dict(configuration.DECLARED)
    with declarations_forgotten():
        configuration.DECLARED.clear()
        yield declared


def declare(key: str = "pricing.urgent_percent", **fields: Any) -> Setting[Any]:
    """A setting of twenty-five percent, where nothing else is said."""
    return Setting(
        key,
        fields.pop("kind", DECIMAL),
        default=fields.pop("default", Decimal(25)),
        description="What an urgent order costs more.",
        **fields,
    )


def test_without_a_row_it_is_worth_its_default():
    assert declare().value() == Decimal(25)


@pytest.mark.parametrize(
    ("kind", "default", "text", "value"),
    [
        (STRING, "a", " b ", " b "),
        (INTEGER, 3, "-4", -4),
        (DECIMAL, Decimal("0.5"), "12.250", Decimal("12.250")),
        (BOOLEAN, False, "true", True),
        (JSON, {"a": [1]}, '{"b": [2.5, null]}', {"b": [2.5, None]}),
    ],
)
def test_its_row_is_read_as_its_type(kind: Any, default: Any, text: str, value: Any):
    setting = declare(kind=kind, default=default)
    ensure_settings()
    noise = SystemSetting.objects.create(key="noise", value="1")

    first = setting.value()
    SystemSetting.objects.exclude(pk=noise.pk).update(value=text)

    assert (first, setting.value()) == (default, value)
    assert type(setting.value()) is type(value)


def test_it_is_read_by_one_statement_and_never_kept(
    django_assert_num_queries: DjangoAssertNumQueries,
):
    urgent, least = declare(), declare("pricing.least", kind=INTEGER, default=1)
    ensure_settings()

    with django_assert_num_queries(2):
        found = urgent.value(), values(least, urgent)
    SystemSetting.objects.filter(key="pricing.least").update(value="7")

    assert found == (Decimal(25), [1, Decimal(25)])
    assert values(least, urgent) == [7, Decimal(25)]


def test_a_default_is_not_changed_by_those_who_got_it():
    setting = declare(kind=JSON, default={"steps": []})

    setting.value()["steps"].append(1)

    assert setting.value() == {"steps": []}


@pytest.mark.parametrize("text", ["much", "", "1e3", "NaN", "201", "-1"])
def test_a_row_that_was_written_past_the_services_stops_nobody(text: str):
    setting = declare(least=0, most=200)
    SystemSetting.objects.create(key=setting.key, value=text, setting_type=STRING)

    assert setting.value() == Decimal(25)


def test_the_same_key_is_declared_once():
    declare()

    with pytest.raises(ValueError, match="another setting"):
        declare()


@pytest.mark.parametrize("key", ["", "Pricing", "pricing.", ".urgent", "a b", "a..b", "a\n"])
def test_what_is_no_key_is_not_declared(key: str):
    with pytest.raises(ValueError, match="no key"):
        declare(key)

    assert key not in configuration.DECLARED


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"default": Decimal(201), "most": 200}, errors.OutOfRange),
        ({"kind": INTEGER, "default": "x"}, errors.InvalidType),
        ({"kind": INTEGER, "default": True}, errors.InvalidType),
        ({"least": 3, "most": 2}, errors.InvalidRule),
        ({"kind": BOOLEAN, "default": True, "least": 0}, errors.InvalidRule),
    ],
    ids=str,
)
def test_a_default_has_to_keep_its_rule(fields: dict[str, Any], error: type[Exception]):
    with pytest.raises(error):
        declare(**fields)

    assert "pricing.urgent_percent" not in configuration.DECLARED


def test_rows_are_made_once_and_never_overwritten():
    setting = declare(least=0, most=200, is_public=True, category="pricing", requires_admin=False)

    added = ensure_settings()
    row = SystemSetting.objects.get(key=setting.key)
    SystemSetting.objects.update(value="30", description="Ours.", is_public=False)
    again = ensure_settings()

    found = SystemSetting.objects.get(key=setting.key)
    assert (added, again) == (["pricing.urgent_percent"], [])
    assert (row.value, row.setting_type, row.category) == ("25", "DECIMAL", "pricing")
    assert (row.min_value, row.max_value, row.is_public, row.requires_admin) == (
        0,
        200,
        True,
        False,
    )
    assert row.description == "What an urgent order costs more."
    assert (found.value, found.description, found.is_public) == ("30", "Ours.", False)
    assert AuditEntry.objects.get(object_id=row.pk, action="INSERT").changes["value"] == [
        None,
        "25",
    ]


def test_a_default_that_its_expression_does_not_match_is_found_when_rows_are_made():
    declare(kind=STRING, default="abc", pattern="[0-9]+")

    with pytest.raises(errors.PatternMismatch):
        ensure_settings()

    assert not SystemSetting.objects.exists()


def test_what_the_product_declares_can_be_stored_and_read(product: dict[str, Setting[Any]]):
    configuration.DECLARED.update(product)

    added = ensure_settings()

    assert added == sorted(product)
    assert values(*product.values()) == [setting.default for setting in product.values()]


def test_the_app_is_initialized_with_them(capsys: pytest.CaptureFixture[str]):
    declare("zoo.gnus", kind=INTEGER, default=2)

    call_command("initialize_app")

    assert "zoo.gnus" in capsys.readouterr().err
    assert SystemSetting.objects.get(key="zoo.gnus").value == "2"


def test_its_row_keeps_the_rule_of_the_code_whatever_its_own_rule_says():
    setting = declare(least=0, most=200)
    ensure_settings()
    row = SystemSetting.objects.get()

    with acting_as(SYSTEM), pytest.raises(errors.OutOfRange):
        update_system_setting(setting=row, by=SYSTEM, changes={"max_value": 900, "value": "500"})
    with acting_as(SYSTEM):
        update_system_setting(setting=row, by=SYSTEM, changes={"max_value": 50, "value": "40"})

    assert setting.value() == Decimal(40)
