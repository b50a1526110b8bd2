"""The commands that make a database ready: they say what they did, and do it once."""

from io import StringIO
from typing import Any

import pyotp
import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from apps.accounts.models import MfaDevice, User
from apps.accounts.services.second_factors import take_code
from apps.accounts.services.staff import admit_staff
from apps.accounts.staff_groups import DOMAINS, RECORDS, STAFF_GROUPS
from apps.catalog.models import Language
from apps.core.models import AuditEntry
from apps.organizations.models import Role
from apps.organizations.permissions import SYSTEM_ROLES
from kernel.viewer import Viewer
from tests.factories.accounts import UserFactory
from tests.support.authenticator import Authenticator

pytestmark = pytest.mark.django_db

EMAIL, PASSWORD = "root@example.org", "drip-drop-42-drip"


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names no super admin."""
    for name in ("SUPER_ADMIN_EMAIL", "SUPER_ADMIN_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


def _run(command: str, **options: Any) -> tuple[str, str]:
    """What a command writes, as results and beside them."""
    out, beside = StringIO(), StringIO()
    call_command(command, stdout=out, stderr=beside, **options)
    return out.getvalue(), beside.getvalue()


def _may(group: str) -> set[str]:
    found = Group.objects.get(name=group).permissions.select_related("content_type")
    return {f"{each.content_type.app_label}.{each.codename}" for each in found}


def test_roles_and_groups_are_made_once():
    _, first = _run("setup_permissions")
    _, second = _run("setup_permissions")

    assert first == (
        "Roles: owner, admin, manager, salesperson, verifier, member.\n"
        "Staff groups: Support, Moderation, Finance, Administration.\n"
    )
    assert second == "Roles: nothing to change.\nStaff groups: nothing to change.\n"
    assert set(Role.objects.filter(is_system=True).values_list("name", flat=True)) == set(
        SYSTEM_ROLES
    )


def test_what_was_changed_by_hand_is_put_right():
    _run("setup_permissions")
    Role.objects.filter(name="member").update(permissions=["everything"], description="x")
    Group.objects.get(name="Support").permissions.clear()

    _, said = _run("setup_permissions")

    member = Role.objects.get(organization=None, name="member")
    assert said == "Roles: member.\nStaff groups: Support.\n"
    assert member.permissions == sorted(SYSTEM_ROLES["member"].permissions)
    assert member.description == SYSTEM_ROLES["member"].description
    assert "orders.view_order" in _may("Support")


def test_groups_of_the_staff_may_what_their_work_asks_for():
    _run("setup_permissions")

    may = {name: _may(name) for name in STAFF_GROUPS}
    assert {"accounts.view_user", "accounts.change_session"} <= may["Support"]
    assert not {"accounts.change_user", "accounts.change_userverification"} & may["Support"]
    assert {"accounts.change_user", "orders.change_orderdispute"} <= may["Moderation"]
    assert "accounts.view_session" not in may["Finance"]
    assert {"catalog.delete_language", "core.change_systemsetting"} <= may["Administration"]


def test_no_group_writes_records_or_grants_rights():
    _run("setup_permissions")

    written = {
        f"{name.partition('.')[0]}.{action}_{name.partition('.')[2]}"
        for name in RECORDS
        for action in ("add", "change", "delete")
    } - {"core.change_delivery", "credits.add_credittransaction"}
    for group in STAFF_GROUPS:
        assert not _may(group) & written
        assert not {name for name in _may(group) if name.startswith("auth.")}


def test_every_domain_is_somebodys_to_run():
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("apps.")}

    assert set(DOMAINS) == ours


def test_a_super_admin_is_made_with_password_and_second_factor(settings: Settings):
    settings.STAFF_SECOND_FACTOR = True

    told, _ = _run("create_super_admin", email=" Root@Example.org")

    lines = told.splitlines()
    password = next(line for line in lines if line.startswith("Password")).rpartition(" ")[2]
    uri = next(line for line in lines if line.startswith("otpauth://"))
    code = Authenticator(pyotp.parse_uri(uri).secret).code()
    user = User.objects.get(email=EMAIL)
    assert (user.is_superuser, user.is_staff, user.is_email_verified) == (True, True, True)
    viewer = Viewer(ip_address="192.0.2.7")
    admitted = admit_staff(email=EMAIL, password=password, code=code, viewer=viewer)
    assert (admitted.user, admitted.second_factor) == (user, True)
    take_code(device=MfaDevice.objects.get(), code=lines[-1].strip())
    assert "█" in told
    assert AuditEntry.objects.filter(action="GRANT", object_id=user.pk).count() == 1


def test_a_second_run_changes_nothing_and_says_so():
    _run("create_super_admin", email=EMAIL, password=PASSWORD)
    before = (User.objects.values().get(), MfaDevice.objects.values().get())

    told, _ = _run("create_super_admin", email=EMAIL, password="another-long-one-42")

    assert told == "root@example.org is a super admin already.\n"
    assert (User.objects.values().get(), MfaDevice.objects.values().get()) == before


def test_a_given_password_is_not_shown():
    told, _ = _run("create_super_admin", email=EMAIL, password=PASSWORD)

    assert PASSWORD not in told
    assert User.objects.get().check_password(PASSWORD)


def test_the_second_factor_can_come_later():
    _run("create_super_admin", email=EMAIL, password=PASSWORD, with_second_factor=False)
    without = MfaDevice.objects.count()

    told, _ = _run("create_super_admin", email=EMAIL)

    assert without == 0
    assert told.startswith("root@example.org is a super admin already.\n")
    assert "otpauth://" in told
    assert MfaDevice.objects.count() == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "--email"),
        ({"email": EMAIL, "password": "12345678"}, "too common"),
        ({"email": "root", "password": PASSWORD}, "valid email"),
        ({"email": "ben@example.org", "password": PASSWORD}, "none of a super admin"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, str], told: str):
    UserFactory(email="ben@example.org")

    with pytest.raises(CommandError, match=told):
        _run("create_super_admin", **options)

    assert not User.objects.filter(is_superuser=True).exists()


def test_the_app_is_initialized_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SUPER_ADMIN_EMAIL", EMAIL)
    monkeypatch.setenv("SUPER_ADMIN_PASSWORD", PASSWORD)

    told, beside = _run("initialize_app")
    again, beside_again = _run("initialize_app")

    assert "otpauth://" in told
    assert "Languages: en, fr, ru." in beside
    assert again == "root@example.org is a super admin already.\n"
    assert beside_again.count("nothing to change") == 5
    assert Language.objects.get(is_default=True).code == "en"
    assert User.objects.get().check_password(PASSWORD)


def test_without_a_name_there_is_no_super_admin():
    _run("initialize_app")

    assert not User.objects.exists()


def test_a_database_that_is_not_migrated_is_refused():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'orders'")

    with pytest.raises(CommandError, match="migrate first"):
        _run("initialize_app")

    assert not Group.objects.exists()
