"""Setting another password by knowing the present one."""

from collections import Counter
from functools import partial

import pytest
from django.contrib.auth.hashers import make_password
from pytest_django import Settings

from apps.accounts.events import PasswordChanged, SessionRevoked
from apps.accounts.models import Session, User
from apps.accounts.services.passwords import send_reset_link
from apps.accounts.services.sessions import start_session
from apps.core.models import AuditEntry
from kernel.rates import Rate
from tests.factories.accounts import UserFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL
from tests.support.letters import letters_of, newest_token
from tests.support.races import race
from tests.support.unchanged import nothing_changes

OLD, NEW = "drip-drop-42", "drop-drip-43"
DOCUMENT = """mutation($input: ChangePasswordInput!) { changePassword(input: $input) {
  ... on Done { ok } ... on OperationInfo { messages { message field code retryAfter } } } }"""


@pytest.fixture(scope="session")
def hashed() -> str:
    """The hash of the password, made once: Argon2 takes its time."""
    return make_password(OLD)


@pytest.fixture
def eve(db: None, hashed: str) -> User:
    """A user with a password."""
    return UserFactory(email="eve@example.org", password=hashed)


def _change(graphql: GraphQL, token: str | None, current: str = OLD, new: str = NEW) -> Answer:
    given = {"currentPassword": current, "newPassword": new}
    return graphql(DOCUMENT, {"input": given}, token=token)


def _signs_in(graphql: GraphQL, password: str) -> bool:
    answer = graphql.mutate("signIn", {"email": "eve@example.org", "password": password})
    return bool(answer.data["signIn"]["__typename"] == "AuthPayload")


def test_the_new_password_opens_the_account_and_the_old_one_does_not(graphql: GraphQL, eve: User):
    token = start_session(user=eve).access_token

    with announced() as heard:
        answer = _change(graphql, token)

    assert answer.data["changePassword"] == {"ok": True}
    assert PasswordChanged(user_id=eve.pk) in heard
    assert (_signs_in(graphql, NEW), _signs_in(graphql, OLD)) == (True, False)


def test_all_other_sessions_end_and_this_one_goes_on(graphql: GraphQL, eve: User):
    here, elsewhere = start_session(user=eve), start_session(user=eve)
    stranger = start_session(user=UserFactory())
    _, second = Session.objects.filter(user=eve).order_by("created_at")

    with announced() as heard:
        _change(graphql, here.access_token)

    ended = [event for event in heard if isinstance(event, SessionRevoked)]
    tokens = (here, elsewhere, stranger)
    assert ended == [SessionRevoked(user_id=eve.pk, session_id=second.pk)]
    assert [graphql("{ me { id } }", token=t.access_token).status for t in tokens] == [
        *(200, 401, 200)
    ]


def test_the_owner_is_told_by_mail_in_their_client_s_language(graphql: GraphQL, eve: User):
    graphql.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "ru"

    _change(graphql, start_session(user=eve).access_token)

    (letter,) = letters_of("password_changed")
    assert (letter.recipient, letter.language) == ("eve@example.org", "ru")


def test_only_who_is_signed_in_changes_a_password(graphql: GraphQL, eve: User):
    with nothing_changes():
        answer = _change(graphql, None)

    assert answer.data["changePassword"]["messages"][0]["code"] == "not_signed_in"


def test_a_wrong_password_is_refused_and_noted(graphql: GraphQL, eve: User):
    token = start_session(user=eve).access_token

    with nothing_changes():
        answer = _change(graphql, token, current="drip-drop-41")

    entry = AuditEntry.objects.get(action="SIGN_IN_FAILED")
    assert (answer.code, answer.refusal["field"]) == ("invalid_credentials", "currentPassword")
    assert (entry.object_id, entry.actor_id) == (eve.pk, eve.pk)
    assert "drip" not in str(entry.changes)


def test_who_has_no_password_cannot_change_it(graphql: GraphQL):
    token = start_session(user=UserFactory(password="!")).access_token

    with nothing_changes():
        answers = [_change(graphql, token, current=guess) for guess in ("", "!")]

    assert [answer.code for answer in answers] == ["invalid_credentials"] * 2


@pytest.mark.parametrize(
    ("new", "code"),
    [("", "password_too_short"), ("password", "password_too_common"),
     ("73519482", "password_entirely_numeric"), ("eve@example.org", "password_too_similar")],
)  # fmt: skip
def test_a_weak_password_is_refused(graphql: GraphQL, eve: User, new: str, code: str):
    token = start_session(user=eve).access_token

    with nothing_changes():
        answer = _change(graphql, token, new=new)

    assert (answer.code, answer.refusal["field"]) == (code, "newPassword")


def test_guessing_is_limited_by_account(graphql: GraphQL, eve: User, settings: Settings):
    settings.RATES = settings.RATES | {"SIGN_IN": (Rate(2, 600), Rate(100, 600))}
    token, other = start_session(user=eve).access_token, start_session(user=UserFactory())

    wrong = [_change(graphql, token, current="drip-drop-41") for _ in range(2)]
    right = _change(graphql, token)

    assert [answer.code for answer in wrong] == ["invalid_credentials"] * 2
    assert right.code == "rate_limited"
    assert right.refusal["retryAfter"] > 200
    assert _change(graphql, other.access_token).code == "invalid_credentials"
    assert not _signs_in(graphql, NEW)


def test_a_link_that_was_mailed_before_is_void(graphql: GraphQL, eve: User):
    send_reset_link(user_id=eve.pk)
    _change(graphql, start_session(user=eve).access_token)

    answer = graphql.mutate("resetPassword", {"token": newest_token(), "newPassword": OLD})

    assert answer.code == "invalid_reset_token"


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_one_wins(hashed: str):
    eve = UserFactory(password=hashed)
    tokens = [start_session(user=eve).access_token for _ in range(2)]
    news = ["drop-drip-43", "drop-drip-44"]

    with announced() as heard:
        answers = race(
            *(partial(_change, GraphQL(), t, new=new) for t, new in zip(tokens, news, strict=True))
        )

    won = [
        answer
        for answer in answers
        if answer.body.get("data", {}).get("changePassword", {}).get("ok")
    ]
    eve.refresh_from_db()
    assert len(won) == 1
    assert eve.check_password(news[answers.index(won[0])])
    assert Counter(type(event) for event in heard)[PasswordChanged] == 1
