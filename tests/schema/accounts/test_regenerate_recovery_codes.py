"""Making new recovery codes."""

from datetime import timedelta

from apps.accounts.models import RecoveryCode, Session
from apps.accounts.services.mfa import regenerate_recovery_codes
from apps.accounts.services.sessions import start_session
from kernel import clock
from tests.factories.accounts import UserFactory
from tests.support.authenticator import with_second_factor
from tests.support.graphql import GraphQL
from tests.support.unchanged import nothing_changes

NEW_CODES = """mutation { regenerateRecoveryCodes { __typename ... on RecoveryCodes { codes }
  ... on OperationInfo { messages { kind message field code } } } }"""


def test_the_new_ones_count_and_the_earlier_ones_are_void(graphql: GraphQL):
    user, noise = UserFactory(), UserFactory()
    for each in (user, noise):
        with_second_factor(each)
    (old, *_), _ = (regenerate_recovery_codes(user=each) for each in (user, noise))

    codes = graphql(NEW_CODES, by=user).data["regenerateRecoveryCodes"]["codes"]

    assert len(codes) == 10
    assert old not in codes
    assert RecoveryCode.objects.filter(device__user=noise).count() == 10
    assert graphql.mutate("disableMfa", {"code": old}, by=user).code == "invalid_code"
    assert graphql.mutate("disableMfa", {"code": codes[9]}, by=user).data["disableMfa"]


def test_there_must_be_a_second_factor(graphql: GraphQL):
    user = UserFactory()

    with nothing_changes():
        answer = graphql(NEW_CODES, by=user)

    assert answer.code == "mfa_not_enabled"


def test_it_must_have_been_shown_a_short_while_ago(graphql: GraphQL):
    user = UserFactory()
    with_second_factor(user)
    token = start_session(user=user, second_factor=True).access_token
    Session.objects.update(verified_at=clock.now() - timedelta(seconds=601))

    with nothing_changes():
        answer = graphql(NEW_CODES, token=token)

    assert answer.code == "step_up_required"


def test_the_signed_out_are_refused(graphql: GraphQL):
    with nothing_changes():
        answer = graphql(NEW_CODES)

    assert answer.code == "not_signed_in"
