"""Going on with a sign-in by its second factor."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.contrib.auth.hashers import make_password

from apps.accounts.models import Challenge, Session, User
from apps.accounts.services.mfa import regenerate_recovery_codes
from apps.accounts.services.sessions import SecondFactorNeeded, begin
from apps.core.models import AuditEntry
from kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.organizations import MembershipFactory
from tests.support.authenticator import Authenticator, with_second_factor
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.races import race

PASSWORD = "drip-drop-42"
ME = "{ me { id } }"
PAYLOAD = "... on AuthPayload { user { id email } accessToken refreshToken expiresIn }"


def _challenge(user: User) -> str:
    waiting = begin(user=user)
    assert isinstance(waiting, SecondFactorNeeded)
    return waiting.challenge


def _verify(graphql: GraphQL, challenge: str, code: str) -> Answer:
    return graphql.mutate("verifyMfa", {"challenge": challenge, "code": code}, PAYLOAD)


def _kind(answer: Answer) -> str:
    return str(answer.data["verifyMfa"]["__typename"])


@pytest.fixture
def eve(db: None) -> User:
    """A user who signs in with a second factor."""
    return UserFactory(email="eve@example.org")


@pytest.fixture
def app(eve: User) -> Authenticator:
    """Her app."""
    with_second_factor(UserFactory())
    return with_second_factor(eve)


def test_signing_in_asks_for_it_and_it_signs_in(graphql: GraphQL, eve: User, app: Authenticator):
    User.objects.filter(pk=eve.pk).update(password=make_password(PASSWORD))
    given = {"email": "eve@example.org", "password": PASSWORD}

    asked = graphql.mutate("signIn", given, "... on MfaRequired { challenge expiresIn }").data
    begun = Session.objects.count()
    answer = _verify(graphql, asked["signIn"]["challenge"], app.code()).data["verifyMfa"]

    session = Session.objects.get()
    assert (asked["signIn"]["__typename"], asked["signIn"]["expiresIn"]) == ("MfaRequired", 300)
    assert begun == 0
    assert answer["user"] == {"id": gid(eve), "email": "eve@example.org"}
    assert session.second_factor_at == session.verified_at
    assert session.ip_address == "127.0.0.1"
    assert graphql(ME, token=answer["accessToken"]).data["me"] == {"id": gid(eve)}


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_be_a_step_off(graphql: GraphQL, eve: User, app: Authenticator, steps: int):
    answer = _verify(graphql, _challenge(eve), app.code(steps=steps))

    assert _kind(answer) == "AuthPayload"


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_clock_may_not_be_two_steps_off(
    graphql: GraphQL, eve: User, app: Authenticator, steps: int
):
    with time_machine.travel(clock.now(), tick=False):
        answer = _verify(graphql, _challenge(eve), app.code(steps=steps))

    assert answer.code == "invalid_code"
    assert not Session.objects.exists()


def test_a_code_is_taken_once_and_none_before_it(graphql: GraphQL, eve: User, app: Authenticator):
    with time_machine.travel(clock.now(), tick=False):
        first = _verify(graphql, _challenge(eve), app.code())
        again = _verify(graphql, _challenge(eve), app.code())
        earlier = _verify(graphql, _challenge(eve), app.code(steps=-1))
        later = _verify(graphql, _challenge(eve), app.code(steps=1))

    assert _kind(first) == "AuthPayload"
    assert (again.code, earlier.code) == ("invalid_code", "invalid_code")
    assert _kind(later) == "AuthPayload"


def test_a_recovery_code_is_taken_once(graphql: GraphQL, eve: User, app: Authenticator):
    code = regenerate_recovery_codes(user=eve)[3]

    first = _verify(graphql, _challenge(eve), code)
    again = _verify(graphql, _challenge(eve), code)

    token = first.data["verifyMfa"]["accessToken"]
    assert again.code == "invalid_code"
    assert graphql("{ me { recoveryCodesLeft } }", token=token).data["me"]["recoveryCodesLeft"] == 9


def test_the_codes_of_others_are_wrong(graphql: GraphQL, eve: User, app: Authenticator):
    other = UserFactory()
    theirs = with_second_factor(other)
    recovery = regenerate_recovery_codes(user=other)[0]

    answers = [_verify(graphql, _challenge(eve), code) for code in (theirs.code(), recovery, "")]

    assert [answer.code for answer in answers] == ["invalid_code"] * 3


def test_a_challenge_is_taken_once(graphql: GraphQL, eve: User, app: Authenticator):
    challenge = _challenge(eve)
    _verify(graphql, challenge, app.code())

    answer = _verify(graphql, challenge, app.code(steps=1))

    assert answer.code == "invalid_challenge"
    assert Session.objects.count() == 1


def test_a_challenge_is_good_for_five_minutes(graphql: GraphQL, eve: User, app: Authenticator):
    issued = clock.now()
    with time_machine.travel(issued, tick=False):
        early, late = _challenge(eve), _challenge(eve)

    with time_machine.travel(issued + timedelta(seconds=299), tick=False):
        in_time = _verify(graphql, early, app.code())
    with time_machine.travel(issued + timedelta(seconds=301), tick=False):
        too_late = _verify(graphql, late, app.code(steps=1))

    assert _kind(in_time) == "AuthPayload"
    assert too_late.code == "invalid_challenge"


@pytest.mark.parametrize("text", ["", "rubbish", "é"])
def test_what_is_no_challenge_is_refused(
    graphql: GraphQL, eve: User, app: Authenticator, text: str
):
    _challenge(eve)

    assert _verify(graphql, text, app.code()).code == "invalid_challenge"


def test_after_five_wrong_codes_the_right_one_comes_too_late(
    graphql: GraphQL, eve: User, app: Authenticator
):
    challenge, wrong = _challenge(eve), app.wrong_code()

    codes = [_verify(graphql, challenge, wrong).code for _ in range(5)]
    right = _verify(graphql, challenge, app.code())

    assert codes == ["invalid_code"] * 5
    assert right.code == "too_many_attempts"
    assert Challenge.objects.get().attempts == 5
    assert not Session.objects.exists()


def test_nobody_tries_many_codes_by_many_challenges(
    graphql: GraphQL, eve: User, app: Authenticator
):
    wrong = app.wrong_code()

    codes = Counter(_verify(graphql, _challenge(eve), wrong).code for _ in range(12))

    assert codes == Counter(invalid_code=10, rate_limited=2)


def test_a_wrong_code_is_noted(graphql: GraphQL, eve: User, app: Authenticator):
    _verify(graphql, _challenge(eve), app.wrong_code())

    note = AuditEntry.objects.get(action=AuditEntry.Action.SIGN_IN_FAILED)
    assert (note.object_type, note.object_id) == ("accounts.User", eve.pk)
    assert (note.ip_address, note.actor_id, note.changes) == ("127.0.0.1", None, {})
    assert len(note.request_id) == 16


def test_the_account_must_still_be_open(graphql: GraphQL, eve: User, app: Authenticator):
    challenge = _challenge(eve)
    User.objects.filter(pk=eve.pk).update(blocked=True)

    assert _verify(graphql, challenge, app.code()).code == "invalid_challenge"


def test_it_opens_an_organization_that_requires_it(graphql: GraphQL, eve: User, app: Authenticator):
    membership = MembershipFactory(user=eve, organization__requires_second_factor=True)

    answer = _verify(graphql, _challenge(eve), app.code())

    session = Session.objects.get()
    assert _kind(answer) == "AuthPayload"
    assert session.organization == membership.organization


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round", range(3))
def test_of_two_uses_of_one_code_at_once_one_wins(round: int):
    user = UserFactory()
    app = with_second_factor(user)
    challenges, code = [_challenge(user) for _ in range(4)], app.code()

    answers = race(*(partial(_verify, GraphQL(), each, code) for each in challenges))

    assert Counter(map(_kind, answers)) == Counter(AuthPayload=1, OperationInfo=3)
    assert Session.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_uses_of_one_challenge_at_once_one_wins():
    user = UserFactory()
    app = with_second_factor(user)
    codes = [app.code(), *regenerate_recovery_codes(user=user)[:3]]
    challenge = _challenge(user)

    answers = race(*(partial(_verify, GraphQL(), challenge, code) for code in codes))

    assert Counter(map(_kind, answers)) == Counter(AuthPayload=1, OperationInfo=3)
    assert Session.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_tries_at_once_five_count():
    user = UserFactory()
    wrong, challenge = with_second_factor(user).wrong_code(), _challenge(user)

    answers = race(*[partial(_verify, GraphQL(), challenge, wrong)] * 9)

    codes = Counter(answer.code for answer in answers)
    assert codes == Counter(invalid_code=5, too_many_attempts=4)
