"""Settings and releases in the admin: by the services, with their refusals, and their history."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.configuration import INTEGER, Setting
from apps.core.events import AppVersionChanged, SettingChanged
from apps.core.models import AppVersion, AuditEntry, SystemSetting
from apps.core.services.system_settings import ensure_settings
from tests.factories.cast import Cast
from tests.factories.core import AppVersionFactory, SettingFactory, staff_with
from tests.support.announced import announced
from tests.support.declarations import declarations_forgotten

SETTING = {"key": "fee", "value": "7", "setting_type": "INTEGER", "min_value": "5"}
RELEASE = {
    "platform": "IOS",
    "version": "2.4.1",
    "build_number": "241",
    "release_date": "2026-02-01",
    "is_active": "on",
    "device_requirements": "{}",
}


@pytest.fixture
def browser(client: Client, cast: Cast) -> Client:
    """Dora's browser."""
    client.force_login(cast.dora)
    return client


@pytest.fixture
def in_use(db: None) -> Iterator[SystemSetting]:
    """The row of a setting that the product reads."""
    with declarations_forgotten():
        setting = Setting("area.count", INTEGER, default=3, most=9, description="How many.")
        ensure_settings()
        yield SystemSetting.objects.get(key=setting.key)


def page(model: Any, name: str, *args: Any) -> str:
    """The address of a page."""
    return reverse(f"admin:core_{model._meta.model_name}_{name}", args=args)


def problems(answer: Any) -> dict[str, list[str]]:
    """The codes of what stands at the fields of a form."""
    errors = answer.context["adminform"].form.errors.as_data()
    return {field: [each.code for each in found] for field, found in errors.items()}


def test_a_setting_is_made_changed_and_deleted_by_the_services(browser: Client, cast: Cast):
    with announced() as heard:
        browser.post(page(SystemSetting, "add"), SETTING)
        row = SystemSetting.objects.get()
        browser.post(page(SystemSetting, "change", row.pk), SETTING | {"value": "8"})
        changed = SystemSetting.objects.get()
        browser.post(page(SystemSetting, "delete", row.pk), {"post": "yes"})

    assert (row.value, changed.value, changed.version) == ("7", "8", 2)
    assert not SystemSetting.objects.exists()
    assert heard == [SettingChanged(key="fee")] * 3
    actors = AuditEntry.objects.filter(object_id=row.pk).values_list("actor", flat=True)
    assert [*actors] == [cast.dora.pk] * 3


def test_many_settings_are_deleted_by_the_service(browser: Client, cast: Cast):
    rows = [SettingFactory(key="a"), SettingFactory(key="b")]
    chosen = {
        "action": "delete_selected",
        "_selected_action": [str(row.pk) for row in rows],
        "post": "yes",
    }

    with announced() as heard:
        browser.post(page(SystemSetting, "changelist"), chosen)

    assert sorted(fact.key for fact in heard if isinstance(fact, SettingChanged)) == ["a", "b"]
    assert not SystemSetting.objects.exists()


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ({"value": "much"}, {"value": ["invalid_type"]}),
        ({"value": "4"}, {"value": ["out_of_range"]}),
        ({"validation_regex": "[a-z]"}, {"value": ["pattern_mismatch"]}),
        ({"validation_regex": "["}, {"validation_regex": ["invalid_rule"]}),
        ({"max_value": "1"}, {"__all__": ["invalid_rule"]}),
        ({"setting_type": "BOOLEAN"}, {"__all__": ["invalid_rule"]}),
        ({"key": "Fee"}, {"key": ["invalid_key"]}),
        ({"key": "taken"}, {"__all__": ["key_taken"]}),
        ({"key": "area.count"}, {"key": ["key_taken"]}),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_setting_stands_at_its_field(
    browser: Client, in_use: SystemSetting, typed: dict[str, str], codes: dict[str, list[str]]
):
    in_use.delete()
    row = SettingFactory(**SETTING)
    SettingFactory(key="taken")
    before = SystemSetting.objects.count()

    with announced() as heard:
        added = browser.post(page(SystemSetting, "add"), SETTING | {"key": "other"} | typed)
        changed = browser.post(page(SystemSetting, "change", row.pk), SETTING | typed)

    assert [problems(added), problems(changed)] == [codes, codes]
    assert heard == []
    assert SystemSetting.objects.get(pk=row.pk).version == 1
    assert SystemSetting.objects.count() == before


def test_one_that_the_product_reads_changes_in_its_value_alone(
    browser: Client, in_use: SystemSetting
):
    url = page(SystemSetting, "change", in_use.pk)
    typed = {"value": "5", "key": "other", "setting_type": "STRING", "description": "How many."}

    changed = browser.post(url, typed)
    refused = browser.post(url, typed | {"value": "12", "max_value": "20"})
    deleted = browser.post(page(SystemSetting, "delete", in_use.pk), {"post": "yes"})

    row = SystemSetting.objects.get(pk=in_use.pk)
    assert (changed.status_code, row.key, row.setting_type, row.value) == (
        302,
        "area.count",
        "INTEGER",
        "5",
    )
    assert problems(refused) == {"value": ["out_of_range"]}
    assert deleted.status_code == 403


def test_staff_change_what_requires_no_administrator(client: Client, cast: Cast):
    free, guarded = SettingFactory(), SettingFactory(requires_admin=True)
    client.force_login(
        staff_with(
            "view_systemsetting",
            "add_systemsetting",
            "change_systemsetting",
            "delete_systemsetting",
        )
    )
    typed = {"key": "fee", "value": "y", "setting_type": "STRING"}

    changed = client.post(page(SystemSetting, "change", free.pk), typed)
    seized = client.post(page(SystemSetting, "change", free.pk), typed | {"requires_admin": "on"})
    refused = [
        client.post(page(SystemSetting, name, guarded.pk), typed | {"post": "yes"}).status_code
        for name in ("change", "delete")
    ]

    assert (changed.status_code, refused) == (302, [403, 403])
    assert "You may not do this." in str(seized.context["errors"])
    assert SystemSetting.objects.get(pk=free.pk).requires_admin is False
    assert SystemSetting.objects.get(pk=guarded.pk).value == "x"


def test_staff_without_the_permission_see_none_of_it(client: Client, cast: Cast):
    setting, release = SettingFactory(), AppVersionFactory()
    client.force_login(cast.eve)

    statuses = [
        client.get(page(type(row), name, *args)).status_code
        for row in (setting, release)
        for name, args in (("changelist", []), ("change", [row.pk]), ("add", []))
    ]

    assert statuses == [403] * 6


def test_a_release_is_made_changed_and_deleted_by_the_services(browser: Client):
    told = {**RELEASE, "release_notes": "Faster.", "platform": "WEB", "build_number": "300"}

    with announced() as heard:
        browser.post(page(AppVersion, "add"), RELEASE)
        row = AppVersion.objects.get()
        browser.post(page(AppVersion, "change", row.pk), told)
        changed = AppVersion.objects.get()
        browser.post(page(AppVersion, "delete", row.pk), {"post": "yes"})

    assert (row.version, row.is_active) == ("2.4.1", True)
    # What it is stays, whatever is sent.
    assert (changed.release_notes, changed.platform, changed.build_number) == (
        "Faster.",
        "IOS",
        241,
    )
    assert not AppVersion.objects.exists()
    assert heard == [AppVersionChanged(platform="IOS")] * 3


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ({"version": "two"}, {"version": ["invalid_version"]}),
        ({"build_number": "239"}, {"build_number": ["build_not_newer"]}),
        ({"download_url": "http://apps.example"}, {"download_url": ["invalid_download_url"]}),
        ({"checksum": "beef"}, {"checksum": ["invalid_checksum"]}),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_release_stands_at_its_field(
    browser: Client, typed: dict[str, str], codes: dict[str, list[str]]
):
    AppVersionFactory(build_number=240)

    answer = browser.post(page(AppVersion, "add"), RELEASE | typed)

    assert problems(answer) == codes
    assert AppVersion.objects.count() == 1


def test_the_history_of_a_row_is_its_audit_trail(browser: Client, client: Client, cast: Cast):
    row, noise = SettingFactory(), SettingFactory()
    browser.post(
        page(SystemSetting, "change", row.pk),
        {"key": row.key, "value": "after", "setting_type": "STRING"},
    )

    shown = browser.get(page(SystemSetting, "history", row.pk), follow=True)

    entries = list(shown.context["cl"].result_list)
    assert [entry.action for entry in entries] == ["UPDATE", "INSERT"]
    assert {entry.object_id for entry in entries} == {row.pk} != {noise.pk}
    assert entries[0].actor == cast.dora


def test_who_may_not_read_the_trail_sees_what_was_done_in_the_admin(client: Client, db: None):
    row = SettingFactory()
    client.force_login(staff_with("view_systemsetting"))

    shown = client.get(page(SystemSetting, "history", row.pk))

    assert shown.status_code == 200
