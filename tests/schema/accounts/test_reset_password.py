"""Setting a password by a link that was mailed."""

from collections import Counter
from datetime import timedelta
from functools import partial
from threading import Thread
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from pytest_django import Settings

from apps.accounts.events import EmailVerified, PasswordChanged, SessionRevoked
from apps.accounts.models import Challenge, Device, MfaDevice, Session, User
from apps.accounts.services.passwords import send_reset_link
from apps.accounts.services.sessions import SecondFactorNeeded, begin, start_session
from kernel import clock
from kernel.rates import Rate
from tests.factories.accounts import UserFactory
from tests.factories.community import DeviceFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL
from tests.support.hashing import WatchingHasher
from tests.support.letters import letters_of, newest_token
from tests.support.races import race
from tests.support.unchanged import nothing_changes

PASSWORD = "drip-drop-42"


def _reset(graphql: GraphQL, token: str, password: str = PASSWORD) -> Answer:
    given = {"token": token, "newPassword": password}
    return graphql.mutate("resetPassword", given, "... on Done { ok }")


def _sign_in(graphql: GraphQL, user: User) -> str:
    """What signing in by the password comes to."""
    answer = graphql.mutate("signIn", {"email": user.email, "password": PASSWORD})
    return str(answer.data["signIn"]["__typename"])


def _with_link(**fields: Any) -> tuple[User, str]:
    """A user to whom a link was mailed, and its token."""
    user = UserFactory(**fields)
    send_reset_link(user_id=user.pk)
    return user, newest_token()


def test_the_password_is_set_and_nobody_is_signed_in(graphql: GraphQL):
    eve, token = _with_link()
    noise, _ = _with_link()

    with announced() as heard:
        answer = _reset(graphql, token)

    assert answer.data["resetPassword"] == {"__typename": "Done", "ok": True}
    assert PasswordChanged(user_id=eve.pk) in heard
    assert not Session.objects.exists()
    assert (_sign_in(graphql, eve), _sign_in(graphql, noise)) == ("AuthPayload", "OperationInfo")


def test_all_sessions_end_and_are_announced(graphql: GraphQL):
    eve, token = _with_link(is_email_verified=True)
    tokens = [start_session(user=eve) for _ in range(2)]
    other = start_session(user=UserFactory())

    with announced() as heard:
        _reset(graphql, token)

    ended = [event.session_id for event in heard if isinstance(event, SessionRevoked)]
    assert set(ended) == set(Session.objects.filter(user=eve).values_list("pk", flat=True))
    assert [graphql("{ me { id } }", token=t.access_token).status for t in tokens] == [401, 401]
    assert graphql("{ me { id } }", token=other.access_token).status == 200


def test_the_owner_is_told_by_mail(graphql: GraphQL):
    eve, token = _with_link(email="eve@example.org")

    _reset(graphql, token)

    (letter,) = letters_of("password_changed")
    assert (letter.recipient, letter.user) == ("eve@example.org", eve)


def test_the_link_came_by_mail_so_the_address_is_verified(graphql: GraphQL):
    eve, token = _with_link(is_email_verified=False)

    with announced() as heard:
        _reset(graphql, token)

    eve.refresh_from_db()
    assert eve.is_email_verified
    assert heard.count(EmailVerified(user_id=eve.pk)) == 1


def test_an_address_that_was_verified_is_not_announced_again(graphql: GraphQL):
    eve, token = _with_link(is_email_verified=True, firebase_user_id="firebase-eve")

    with announced() as heard:
        _reset(graphql, token)

    eve.refresh_from_db()
    assert EmailVerified(user_id=eve.pk) not in heard
    assert eve.firebase_user_id == "firebase-eve"


def test_a_firebase_user_who_never_showed_to_own_the_address_is_linked_no_more(graphql: GraphQL):
    eve, token = _with_link(is_email_verified=False, firebase_user_id="firebase-stranger")

    _reset(graphql, token)

    eve.refresh_from_db()
    assert eve.firebase_user_id == ""


def test_the_second_factor_stays(graphql: GraphQL):
    eve, token = _with_link()
    MfaDevice.objects.create(user=eve, name="phone", secret="A" * 32, confirmed_at=clock.now())

    _reset(graphql, token)

    assert MfaDevice.objects.filter(user=eve, confirmed_at__isnull=False).exists()
    assert _sign_in(graphql, eve) == "MfaRequired"


def test_a_sign_in_by_the_old_password_that_waits_for_its_second_factor_is_void(graphql: GraphQL):
    eve, token = _with_link()
    MfaDevice.objects.create(user=eve, name="phone", secret="A" * 32, confirmed_at=clock.now())
    waiting = begin(user=eve)

    _reset(graphql, token)

    assert isinstance(waiting, SecondFactorNeeded)
    answer = graphql.mutate("verifyMfa", {"challenge": waiting.challenge, "code": "123456"})
    assert answer.code == "invalid_challenge"


def test_a_link_is_good_once(graphql: GraphQL):
    _, token = _with_link()
    _reset(graphql, token)

    with nothing_changes():
        again = _reset(graphql, token, "another-drop-43")

    assert (again.code, again.refusal["field"]) == ("invalid_reset_token", "token")


def test_all_links_of_the_account_are_void_after_one_was_used(graphql: GraphQL):
    eve, first = _with_link()
    send_reset_link(user_id=eve.pk)
    second = newest_token()
    _, third = _with_link()

    _reset(graphql, first)

    assert _reset(graphql, second).code == "invalid_reset_token"
    assert _reset(graphql, third).data["resetPassword"]["__typename"] == "Done"


def test_a_link_is_good_for_an_hour(graphql: GraphQL):
    start = clock.now()
    with time_machine.travel(start, tick=False):
        (_, first), (_, second) = _with_link(), _with_link()

    with time_machine.travel(start + timedelta(seconds=3599), tick=False):
        in_time = _reset(graphql, first)
    with time_machine.travel(start + timedelta(seconds=3600), tick=False), nothing_changes():
        late = _reset(graphql, second)

    assert in_time.data["resetPassword"]["__typename"] == "Done"
    assert late.code == "invalid_reset_token"


@pytest.mark.parametrize(
    ("password", "code"),
    [("", "password_too_short"), ("password", "password_too_common"),
     ("73519482", "password_entirely_numeric"), ("eve@example.org", "password_too_similar")],
)  # fmt: skip
def test_a_weak_password_is_refused_and_the_link_stays_good(
    graphql: GraphQL, password: str, code: str
):
    _, token = _with_link(email="eve@example.org")

    with nothing_changes():
        weak = _reset(graphql, token, password)

    assert (weak.code, weak.refusal["field"]) == (code, "newPassword")
    assert _reset(graphql, token).data["resetPassword"]["__typename"] == "Done"


@pytest.mark.parametrize("shut", ["blocked", "is_deleted"])
def test_a_link_of_an_account_that_was_shut_is_void(graphql: GraphQL, shut: str):
    eve, token = _with_link()
    User.objects.filter(pk=eve.pk).update(**{shut: True})

    with nothing_changes():
        answer = _reset(graphql, token)

    assert answer.code == "invalid_reset_token"


@pytest.mark.parametrize("token", ["", "rubbish", "é\0", "x" * 100_000])
def test_what_is_no_token_of_ours_is_refused(graphql: GraphQL, token: str):
    _with_link()

    with nothing_changes():
        answer = _reset(graphql, token)

    assert answer.code == "invalid_reset_token"


def test_what_lies_in_the_table_is_no_token(graphql: GraphQL):
    _with_link()

    stored = Challenge.objects.get().secret_hash

    assert _reset(graphql, stored).code == "invalid_reset_token"


def test_another_token_is_no_link(graphql: GraphQL):
    eve = UserFactory()
    MfaDevice.objects.create(user=eve, name="phone", secret="A" * 32, confirmed_at=clock.now())
    waiting = begin(user=eve)

    assert isinstance(waiting, SecondFactorNeeded)
    assert _reset(graphql, waiting.challenge).code == "invalid_reset_token"


def test_guessing_is_limited_by_the_caller_s_address(graphql: GraphQL, settings: Settings):
    settings.RATES = settings.RATES | {"RESET": (Rate(100, 600), Rate(3, 600))}
    _, token = _with_link()

    answers = [_reset(graphql, f"guess {number}") for number in range(3)]
    right = _reset(graphql, token)

    assert [answer.code for answer in answers] == ["invalid_reset_token"] * 3
    assert right.code == "rate_limited"


def test_the_audit_names_no_password(graphql: GraphQL):
    _, token = _with_link()
    _reset(graphql, token)

    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(to_jsonb(a)::text, ' ') FROM core_auditentry a")
        (entries,) = cursor.fetchone()

    assert "argon2" not in entries
    assert '"password": null' in entries


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round", range(3))
def test_of_two_uses_at_once_one_wins(round: int):
    eve, token = _with_link()
    passwords = ["drip-drop-42", "drop-drip-43"]

    with announced() as heard:
        answers = race(*(partial(_reset, GraphQL(), token, password) for password in passwords))

    kinds = Counter(answer.data["resetPassword"]["__typename"] for answer in answers)
    won = [a.data["resetPassword"]["__typename"] for a in answers].index("Done")
    eve.refresh_from_db()
    assert kinds == Counter(Done=1, OperationInfo=1)
    assert eve.check_password(passwords[won])
    assert heard.count(PasswordChanged(user_id=eve.pk)) == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_connection_while_a_password_is_hashed(
    graphql: GraphQL, settings: Settings
):
    _, token = _with_link()
    settings.PASSWORD_HASHERS = ["tests.support.hashing.WatchingHasher"]
    WatchingHasher.held.clear()

    _reset(graphql, token)

    assert WatchingHasher.held == [False]


def test_no_device_takes_messages_any_more(graphql: GraphQL):
    eve, token = _with_link()
    DeviceFactory(user=eve)
    noise = DeviceFactory()

    _reset(graphql, token)

    assert [*Device.objects.all()] == [noise]


@pytest.mark.django_db(transaction=True)
def test_no_link_goes_to_an_address_that_is_being_left():
    eve = UserFactory(email="old@example.org")

    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=eve.pk)
        sending = Thread(target=_send_and_disconnect, args=(eve,))
        sending.start()
        sending.join(timeout=0.5)
        User.objects.filter(pk=eve.pk).update(email="new@example.org")
    sending.join()

    (letter,) = letters_of("password_reset")
    assert letter.recipient == "new@example.org"


def _send_and_disconnect(user: User) -> None:
    send_reset_link(user_id=user.pk)
    connection.close()
