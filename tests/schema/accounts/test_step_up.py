"""Showing again who one is."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password

from apps.accounts.models import Session, User
from apps.accounts.services.sessions import start_session
from apps.core.models import AuditEntry
from kernel import clock
from tests.factories.accounts import UserFactory
from tests.support.authenticator import with_second_factor
from tests.support.graphql import Answer, GraphQL
from tests.support.unchanged import nothing_changes

PASSWORD = "drip-drop-42"


@pytest.fixture
def eve(db: None) -> User:
    """A user with a password."""
    return UserFactory(password=make_password(PASSWORD))


def _stale(user: User) -> str:
    """The token of a session that showed nothing for a while."""
    token = start_session(user=user).access_token
    Session.objects.filter(user=user).update(verified_at=clock.now() - timedelta(hours=1))
    return token


def _enroll(graphql: GraphQL, token: str) -> Answer:
    return graphql.mutate("enrollMfa", {"name": "Phone"}, token=token)


def test_the_password_opens_what_needs_a_fresh_proof(graphql: GraphQL, eve: User):
    token, other = _stale(eve), _stale(eve)

    before = _enroll(graphql, token)
    done = graphql.mutate("stepUp", {"password": PASSWORD}, token=token)

    assert before.code == "step_up_required"
    assert done.data["stepUp"] == {"__typename": "Done"}
    assert _enroll(graphql, token).data["enrollMfa"]["__typename"] == "MfaEnrollment"
    assert _enroll(graphql, other).code == "step_up_required"
    assert not Session.objects.exclude(second_factor_at=None).exists()


def test_who_has_a_second_factor_shows_that(graphql: GraphQL, eve: User):
    app, token = with_second_factor(eve), _stale(eve)

    password = graphql.mutate("stepUp", {"password": PASSWORD}, token=token)
    code = graphql.mutate("stepUp", {"code": app.code()}, token=token)

    session = Session.objects.get()
    assert password.code == "invalid_code"
    assert code.data["stepUp"] == {"__typename": "Done"}
    assert session.second_factor_at == session.verified_at
    assert clock.now() - session.verified_at < timedelta(minutes=1)


def test_who_has_none_cannot_do_without_the_password(graphql: GraphQL, eve: User):
    token = _stale(eve)

    with nothing_changes():
        wrong = graphql.mutate("stepUp", {"password": "drip-drop-43"}, token=token)
        code = graphql.mutate("stepUp", {"code": "123456"}, token=token)

    assert (wrong.code, code.code) == ("invalid_credentials", "invalid_credentials")


def test_both_outcomes_are_noted(graphql: GraphQL, eve: User):
    token = _stale(eve)
    graphql.mutate("stepUp", {"password": "drip-drop-43"}, token=token)
    graphql.mutate("stepUp", {"password": PASSWORD}, token=token)

    failed, done = AuditEntry.objects.exclude(action="SIGN_IN").exclude(
        object_type="accounts.User", action="INSERT"
    )[:2]

    assert (failed.action, failed.object_id, failed.actor_id) == ("SIGN_IN_FAILED", eve.pk, eve.pk)
    assert (done.action, done.object_id) == ("STEP_UP", Session.objects.get().pk)
    assert done.actor_id == eve.pk


def test_five_tries_a_minute(graphql: GraphQL, eve: User):
    token = _stale(eve)

    codes = [
        graphql.mutate("stepUp", {"password": "drip-drop-43"}, token=token).code for _ in range(6)
    ]

    assert codes == ["invalid_credentials"] * 5 + ["rate_limited"]


def test_the_signed_out_are_refused(graphql: GraphQL):
    with nothing_changes():
        answer = graphql.mutate("stepUp", {"password": PASSWORD})

    assert answer.code == "not_signed_in"
