"""Removing settings."""

from typing import Any

import pytest

from apps.core.configuration import Setting
from apps.core.events import SettingChanged
from apps.core.models import AuditEntry, SystemSetting
from apps.core.services.system_settings import ensure_settings
from tests.factories.cast import Cast
from tests.factories.core import SettingFactory, staff_with
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes


def delete(graphql: GraphQL, row: Any, by: Any) -> Answer:
    """Remove a setting."""
    return graphql.mutate("deleteSystemSetting", {"id": gid(row)}, "... on Done { ok }", by=by)


def test_it_is_gone_and_that_is_told(graphql: GraphQL):
    row, noise = SettingFactory(key="gone"), SettingFactory()

    with announced() as heard:
        answer = delete(graphql, row, staff_with("view_systemsetting", "delete_systemsetting"))

    assert answer.data["deleteSystemSetting"] == {"__typename": "Done", "ok": True}
    assert list(SystemSetting.objects.all()) == [noise]
    assert heard == [SettingChanged(key="gone")]
    assert AuditEntry.objects.filter(object_id=row.pk, action="DELETE").count() == 1


def test_one_that_the_product_reads_stays(graphql: GraphQL, cast: Cast, declared: Setting[int]):
    ensure_settings()
    row, by = SystemSetting.objects.get(key=declared.key), cast.dora

    with nothing_changes():
        assert delete(graphql, row, by).code == "setting_in_use"


@pytest.mark.parametrize(
    ("who", "code"),
    [("cleo", "not_allowed"), ("eve", "not_allowed"), ("nobody", "not_signed_in")],
)
def test_only_staff_with_the_permission_do_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    row, by = SettingFactory(is_public=True), getattr(cast, who)

    with nothing_changes():
        assert delete(graphql, row, by).code == code


def test_one_that_requires_an_administrator_is_removed_by_superusers_alone(
    graphql: GraphQL, cast: Cast
):
    row = SettingFactory(requires_admin=True)
    by, boss = staff_with("view_systemsetting", "delete_systemsetting"), cast.dora

    with nothing_changes():
        refused = delete(graphql, row, by)
    removed = delete(graphql, row, boss)

    assert refused.code == "not_allowed"
    assert removed.data["deleteSystemSetting"]["ok"] is True


def test_a_missing_one_is_not_found(graphql: GraphQL, cast: Cast):
    row, by = SettingFactory(), cast.dora
    delete(graphql, row, by)

    with nothing_changes():
        assert delete(graphql, row, by).code == "not_found"
