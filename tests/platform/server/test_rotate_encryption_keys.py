"""Sealing anew what older keys had sealed."""

import base64
from collections.abc import Callable
from io import StringIO
from threading import Event
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from pytest_django import Settings

from apps.accounts.models import MfaDevice, RecoveryCode, UserProfile
from apps.accounts.services.mfa import regenerate_recovery_codes
from apps.accounts.services.second_factors import take_code
from apps.core.models import AuditEntry
from kernel import rotation
from kernel.encryption import is_current
from tests.factories.accounts import UserProfileFactory
from tests.support.authenticator import with_second_factor
from tests.support.threads import in_background, somebody_waits_for_a_lock, wait_until

NUMBER = "+27821234567"
OLD, NEW = (f"{name}:{base64.b64encode(bytes([byte]) * 32).decode()}" for name, byte in
            (("old", 1), ("new", 2)))  # fmt: skip


@pytest.fixture(autouse=True)
def old_key(settings: Settings) -> None:
    """All is sealed by the old key at first."""
    settings.ENCRYPTION_KEYS = [OLD]


@pytest.fixture
def add_key(settings: Settings) -> Callable[[], None]:
    """Put the new key before the old one."""

    def add() -> None:
        settings.ENCRYPTION_KEYS = [NEW, OLD]

    return add


def _rotate() -> str:
    said = StringIO()
    call_command("rotate_encryption_keys", stderr=said)
    return said.getvalue()


def _stored(model: Any, column: str) -> list[str]:
    """What lies in a column."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {model._meta.db_table} ORDER BY id")
        return [value for (value,) in cursor.fetchall()]


def _found(number: str) -> list[UserProfile]:
    digests = UserProfile._meta.get_field("phone_number_index").digests(number)
    return list(UserProfile.objects.filter(phone_number_index__in=digests))


@pytest.mark.django_db
def test_after_it_the_old_key_can_go(settings: Settings, add_key: Callable[[], None]):
    profile, empty = UserProfileFactory(phone_number=NUMBER), UserProfileFactory()
    app = with_second_factor(profile.user)
    (code, *_) = regenerate_recovery_codes(user=profile.user)
    add_key()

    said = _rotate()
    settings.ENCRYPTION_KEYS = [NEW]

    assert said == "Sealed anew by new: 2.\n"
    assert UserProfile.objects.get(pk=profile.pk).phone_number == NUMBER
    assert UserProfile.objects.get(pk=empty.pk).phone_number == ""
    assert _found(NUMBER) == [profile]
    device = MfaDevice.objects.get()
    assert device.secret == app.secret
    take_code(device=device, code=code)
    assert RecoveryCode.objects.exclude(used_at=None).count() == 1


@pytest.mark.django_db
def test_before_it_all_is_read_and_found_by_either_key(add_key: Callable[[], None]):
    old = UserProfileFactory(phone_number=NUMBER)
    add_key()
    new = UserProfileFactory(phone_number="+27827654321")

    assert UserProfile.objects.get(pk=old.pk).phone_number == NUMBER
    assert (_found(NUMBER), _found("+27827654321")) == ([old], [new])


@pytest.mark.django_db
def test_a_second_run_has_nothing_to_do(add_key: Callable[[], None]):
    UserProfileFactory(phone_number=NUMBER)
    add_key()
    _rotate()
    before = _stored(UserProfile, "phone_number")

    said = _rotate()

    assert said == "Sealed anew by new: 0.\n"
    assert _stored(UserProfile, "phone_number") == before


@pytest.mark.django_db
def test_rows_keep_their_version_and_nothing_is_noted(add_key: Callable[[], None]):
    profile = UserProfileFactory(phone_number=NUMBER)
    notes = AuditEntry.objects.count()
    add_key()

    _rotate()

    found = UserProfile.objects.get()
    assert (found.version, found.updated_at) == (profile.version, profile.updated_at)
    assert AuditEntry.objects.count() == notes


@pytest.mark.django_db
def test_deleted_rows_are_sealed_anew_too(settings: Settings, add_key: Callable[[], None]):
    profile = UserProfileFactory(phone_number=NUMBER)
    profile.soft_delete()
    add_key()

    _rotate()

    assert [is_current(value) for value in _stored(UserProfile, "phone_number")] == [True]


@pytest.mark.django_db
def test_all_batches_are_done_also_after_a_run_that_was_cut_off(
    add_key: Callable[[], None], monkeypatch: pytest.MonkeyPatch
):
    for number in range(5):
        UserProfileFactory(phone_number=f"+2782123456{number}")
    monkeypatch.setattr(rotation, "BATCH", 2)
    add_key()
    _seal_one_by_hand()

    said = _rotate()

    assert said == "Sealed anew by new: 4.\n"
    assert all(map(is_current, _stored(UserProfile, "phone_number")))


def _seal_one_by_hand() -> None:
    """What an earlier run had come to."""
    profile = UserProfile.objects.order_by("-pk")[0]
    number, profile.phone_number = profile.phone_number, ""
    profile.phone_number = number
    profile.save()


@pytest.mark.django_db
def test_what_nobody_can_read_is_told_and_keeps_nothing_else(add_key: Callable[[], None]):
    first, second = (UserProfileFactory(phone_number=f"+2782123456{n}") for n in range(2))
    sealed = _stored(UserProfile, "phone_number")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_userprofile SET phone_number = %s WHERE id = %s", [sealed[1], first.pk]
        )
    add_key()

    with pytest.raises(CommandError, match="Nobody can read 1 values"):
        _rotate()

    assert [is_current(each) for each in _stored(UserProfile, "phone_number")] == [False, True]
    assert UserProfile.objects.get(pk=second.pk).phone_number == "+27821234561"


@pytest.mark.django_db(transaction=True)
def test_what_somebody_writes_meanwhile_stays(settings: Settings, add_key: Callable[[], None]):
    profile = UserProfileFactory(phone_number=NUMBER)
    add_key()

    written, may_commit = Event(), Event()

    def write() -> None:
        with transaction.atomic():
            profile.phone_number = "+27827654321"
            profile.save()
            written.set()
            may_commit.wait(20)

    def rotate() -> str:
        written.wait(20)
        return _rotate()

    with in_background(write, rotate) as (_, rotating):
        wait_until(somebody_waits_for_a_lock)
        may_commit.set()
    said = rotating.result()

    settings.ENCRYPTION_KEYS = [NEW]
    assert said == "Sealed anew by new: 0.\n"
    assert UserProfile.objects.get().phone_number == "+27827654321"
    assert _found("+27827654321") == [profile]
