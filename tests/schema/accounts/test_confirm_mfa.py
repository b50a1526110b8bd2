"""Switching a second factor on."""

import re

import pytest

from apps.accounts.events import MfaChanged, SessionRevoked
from apps.accounts.models import RecoveryCode, Session
from apps.accounts.services.mfa import enroll_mfa
from apps.accounts.services.sessions import start_session
from apps.core.events import MessageQueued
from apps.core.models import OutboundMessage
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.support.announced import announced
from tests.support.authenticator import Authenticator, with_second_factor
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

PAYLOAD = "... on RecoveryCodes { codes }"
STATE = "{ me { mfaEnabled recoveryCodesLeft } }"


def test_a_first_code_switches_it_on_and_gives_ten_recovery_codes(graphql: GraphQL):
    user = UserFactory()
    app = Authenticator(enroll_mfa(user=user, name="Phone").secret)
    token = start_session(user=user).access_token

    answer = graphql.mutate("confirmMfa", {"code": app.code()}, PAYLOAD, token=token)

    codes = answer.data["confirmMfa"]["codes"]
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[a-z2-9]{5}-[a-z2-9]{5}", code) for code in codes)
    assert graphql(STATE, token=token).data["me"] == {"mfaEnabled": True, "recoveryCodesLeft": 10}
    kept = RecoveryCode.objects.values_list("code_hash", flat=True)
    assert not set(kept) & {*codes, *(code.replace("-", "") for code in codes)}


def test_the_session_has_shown_it_and_all_others_end(graphql: GraphQL):
    user, noise = UserFactory(), start_session(user=UserFactory())
    app = Authenticator(enroll_mfa(user=user, name="Phone").secret)
    token, other = (start_session(user=user).access_token for _ in range(2))
    here, elsewhere = Session.objects.filter(user=user).order_by("created_at")

    with announced() as heard:
        graphql.mutate("confirmMfa", {"code": app.code()}, PAYLOAD, token=token)

    (message,) = OutboundMessage.objects.filter(template="mfa_changed")
    assert heard == [
        SessionRevoked(user_id=user.pk, session_id=elsewhere.pk),
        MessageQueued(message_id=message.pk),
        MfaChanged(user_id=user.pk, enabled=True),
    ]
    assert (message.recipient, message.user) == (user.email, user)
    here.refresh_from_db()
    assert here.second_factor_at is not None
    answers = [graphql("{ me { id } }", token=t) for t in (token, other, noise.access_token)]
    assert [answer.status for answer in answers] == [200, 401, 200]


def test_a_wrong_code_switches_nothing_on(graphql: GraphQL):
    user = UserFactory()
    app = Authenticator(enroll_mfa(user=user, name="Phone").secret)

    with nothing_changes():
        answer = graphql.mutate("confirmMfa", {"code": app.wrong_code()}, PAYLOAD, by=user)

    assert (answer.code, answer.refusal["field"]) == ("invalid_code", "code")


def test_the_first_code_is_used_up(graphql: GraphQL):
    user = UserFactory()
    app = Authenticator(enroll_mfa(user=user, name="Phone").secret)
    code = app.code()
    graphql.mutate("confirmMfa", {"code": code}, PAYLOAD, by=user)

    answer = graphql.mutate("disableMfa", {"code": code}, by=user)

    assert answer.code == "invalid_code"


def test_there_must_be_a_device_that_waits(graphql: GraphQL):
    nobody, somebody = UserFactory(), UserFactory()
    app = with_second_factor(somebody)

    with nothing_changes():
        without = graphql.mutate("confirmMfa", {"code": "123456"}, PAYLOAD, by=nobody)
        again = graphql.mutate("confirmMfa", {"code": app.code()}, PAYLOAD, by=somebody)

    assert (without.code, again.code) == ("mfa_not_enabled", "mfa_enabled")


def test_nobody_tries_many_codes(graphql: GraphQL):
    user = UserFactory()
    app = Authenticator(enroll_mfa(user=user, name="Phone").secret)
    token, wrong = start_session(user=user).access_token, app.wrong_code()

    answers = [
        graphql.mutate("confirmMfa", {"code": wrong}, PAYLOAD, token=token).code for _ in range(11)
    ]

    assert answers == ["invalid_code"] * 10 + ["rate_limited"]
    assert graphql.mutate("confirmMfa", {"code": app.code()}, token=token).code == "rate_limited"


def test_others_do_not_see_who_has_a_second_factor(graphql: GraphQL, cast: Cast):
    cast.ada_work()
    with_second_factor(cast.ben)

    seen = graphql(
        "query($id: ID!) { user(id: $id) { name mfaEnabled recoveryCodesLeft } }",
        {"id": gid(cast.ben)},
        by=cast.ada,
    ).data["user"]

    assert seen == {"name": "Ben Botha", "mfaEnabled": None, "recoveryCodesLeft": None}


@pytest.mark.parametrize("name", ["confirmMfa", "disableMfa"])
def test_the_signed_out_are_refused(graphql: GraphQL, name: str):
    with_second_factor(UserFactory())

    with nothing_changes():
        answer = graphql.mutate(name, {"code": "123456"})

    assert answer.code == "not_signed_in"
