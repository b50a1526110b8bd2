"""How staff get into the admin, and who they are there."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from apps.accounts.models import MfaDevice, User
from apps.accounts.services.mfa import regenerate_recovery_codes
from apps.core.models import AuditEntry
from kernel.rates import Rate
from tests.factories.accounts import UserFactory
from tests.support.authenticator import Authenticator, with_second_factor

PASSWORD = "drip-drop-42"
INDEX, LOGIN = "/admin/", "/admin/login/?next=/admin/"
HASHED = make_password(PASSWORD)


@pytest.fixture(autouse=True)
def strict(settings: Settings) -> None:
    """Staff must have a second factor, as in production."""
    settings.STAFF_SECOND_FACTOR = True


@pytest.fixture
def dora(db: None) -> User:
    """One of the staff."""
    return UserFactory(email="dora@example.org", password=HASHED, is_staff=True, is_superuser=True)


@pytest.fixture
def app(dora: User) -> Authenticator:
    """Her app."""
    return with_second_factor(dora)


@pytest.fixture
def sign_in(client: Client) -> Callable[..., Any]:
    """Fills in the form."""

    def submit(email: str = "dora@example.org", password: str = PASSWORD, code: str = "") -> Any:
        return client.post(LOGIN, {"username": email, "password": password, "code": code})

    return submit


def _notes() -> list[tuple[str, Any, Any]]:
    entries = AuditEntry.objects.filter(action__startswith="SIGN").order_by("created_at", "pk")
    return [(entry.action, entry.object_id, entry.actor_id) for entry in entries]


def _refusals(response: Any) -> list[str]:
    found: list[str] = response.context["form"].non_field_errors()
    return list(found)


def test_password_and_code_let_one_in(
    client: Client, sign_in: Callable[..., Any], dora: User, app: Authenticator
):
    response = sign_in(" Dora@example.org", code=app.code())

    assert (response.status_code, response["Location"]) == (302, INDEX)
    assert client.get(INDEX).status_code == 200
    assert _notes() == [("SIGN_IN", dora.pk, dora.pk)]
    (entry,) = AuditEntry.objects.filter(action="SIGN_IN")
    assert (entry.ip_address, len(entry.request_id)) == ("127.0.0.1", 16)


def test_a_recovery_code_does_too_once(
    client: Client, sign_in: Callable[..., Any], dora: User, app: Authenticator
):
    code = regenerate_recovery_codes(user=dora)[0]

    first = sign_in(code=code)
    client.logout()
    second = sign_in(code=code)

    assert (first.status_code, second.status_code) == (302, 200)
    assert _refusals(second) == ["The code is not right."]


@pytest.mark.parametrize("code", ["", "wrong"])
def test_the_password_alone_does_not(
    client: Client, sign_in: Callable[..., Any], dora: User, app: Authenticator, code: str
):
    response = sign_in(code=app.wrong_code() if code else "")

    assert _refusals(response) == ["The code is not right."]
    assert client.get(INDEX).status_code == 302
    assert _notes() == [("SIGN_IN_FAILED", dora.pk, None)]


def test_who_has_no_second_factor_is_told_how_to_get_one(
    client: Client, sign_in: Callable[..., Any], dora: User
):
    response = sign_in()

    (told,) = _refusals(response)
    assert "enrollMfa" in told
    assert "create_super_admin" in told
    assert client.get(INDEX).status_code == 302


def test_a_device_that_was_never_confirmed_is_none(sign_in: Callable[..., Any], dora: User):
    app = with_second_factor(dora)
    MfaDevice.objects.update(confirmed_at=None)

    (told,) = _refusals(sign_in(code=app.code()))

    assert "enrollMfa" in told


def test_where_it_is_not_required_the_password_does(
    client: Client, sign_in: Callable[..., Any], dora: User, settings: Settings
):
    settings.STAFF_SECOND_FACTOR = False

    response = sign_in()

    assert response.status_code == 302
    assert client.get(INDEX).status_code == 200
    settings.STAFF_SECOND_FACTOR = True
    assert client.get(INDEX).status_code == 302


def test_where_it_is_not_required_who_has_one_shows_it_all_the_same(
    sign_in: Callable[..., Any], dora: User, app: Authenticator, settings: Settings
):
    settings.STAFF_SECOND_FACTOR = False

    assert _refusals(sign_in()) == ["The code is not right."]
    assert sign_in(code=app.code()).status_code == 302


def test_a_made_up_code_of_one_without_a_device_counts_for_nothing(
    client: Client, sign_in: Callable[..., Any], dora: User, settings: Settings
):
    settings.STAFF_SECOND_FACTOR = False
    sign_in(code="123456")
    settings.STAFF_SECOND_FACTOR = True

    sign_in(code="123456")

    assert client.get(INDEX).status_code == 302


def test_strangers_all_look_alike(sign_in: Callable[..., Any], dora: User, app: Authenticator):
    UserFactory(email="ben@example.org", password=HASHED)
    UserFactory(email="gone@example.org", password=HASHED, is_staff=True, blocked=True)

    answers = [
        sign_in(password="drip-drop-43", code=app.code()),
        sign_in("ben@example.org"),
        sign_in("gone@example.org"),
        sign_in("nobody@example.org"),
    ]

    told = [_refusals(answer) for answer in answers]
    assert told == [["The email address or the password is wrong."]] * 4
    assert [action for action, _, _ in _notes()] == ["SIGN_IN_FAILED"] * 4


def test_an_account_is_tried_five_times_a_minute_here_and_in_the_api_together(
    sign_in: Callable[..., Any], dora: User, app: Authenticator, client: Client
):
    tries = [_refusals(sign_in(password="drip-drop-43"))[0] for _ in range(6)]

    right = sign_in(code=app.code())

    assert tries[:5] == ["The email address or the password is wrong."] * 5
    assert tries[5].startswith("Too many tries.")
    assert _refusals(right)[0].startswith("Too many tries.")


def test_one_who_is_blocked_is_out_at_once(
    client: Client, sign_in: Callable[..., Any], dora: User, app: Authenticator
):
    sign_in(code=app.code())
    User.objects.filter(pk=dora.pk).update(blocked=True)

    assert client.get(INDEX).status_code == 302


def test_signing_out_is_noted(
    client: Client, sign_in: Callable[..., Any], dora: User, app: Authenticator
):
    sign_in(code=app.code())

    client.post(reverse("admin:logout"))

    assert _notes()[-1] == ("SIGN_OUT", dora.pk, dora.pk)
    assert client.get(INDEX).status_code == 302


def test_the_form_asks_for_the_code(client: Client, db: None):
    page = client.get(LOGIN).content.decode()

    assert 'autocomplete="one-time-code"' in page
    assert "Of your authenticator app, or a recovery code." in page


def test_all_addresses_of_an_ipv6_network_count_as_one(
    client: Client, db: None, settings: Settings
):
    settings.RATES = settings.RATES | {"SIGN_IN": (Rate(9, 60), Rate(2, 60))}

    answers = [
        client.post(
            LOGIN,
            {"username": f"user{n}@example.org", "password": PASSWORD},
            REMOTE_ADDR=f"2001:db8:1:2::{n + 1:x}",
        )
        for n in range(3)
    ]

    assert [_refusals(answer)[0][:15] for answer in answers] == [
        *["The email addre"] * 2,
        "Too many tries.",
    ]
