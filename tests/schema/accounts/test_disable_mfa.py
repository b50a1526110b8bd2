"""Switching a second factor off."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from apps.accounts.events import MfaChanged
from apps.accounts.models import MfaDevice, RecoveryCode, Session
from apps.accounts.services.mfa import regenerate_recovery_codes
from apps.accounts.services.sessions import start_session
from apps.core.models import OutboundMessage
from kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.organizations import MembershipFactory
from tests.support.announced import announced
from tests.support.authenticator import with_second_factor
from tests.support.graphql import GraphQL
from tests.support.unchanged import nothing_changes


def test_a_last_code_switches_it_off(graphql: GraphQL):
    user, noise = UserFactory(), UserFactory()
    app, _ = with_second_factor(user), with_second_factor(noise)
    start_session(user=user, second_factor=True)

    with announced() as heard:
        answer = graphql.mutate("disableMfa", {"code": app.code()}, by=user)

    assert answer.data["disableMfa"] == {"__typename": "Done"}
    assert heard[-1] == MfaChanged(user_id=user.pk, enabled=False)
    assert OutboundMessage.objects.get().template == "mfa_changed"
    assert [device.user for device in MfaDevice.objects.all()] == [noise]
    assert not Session.objects.filter(user=user).exclude(second_factor_at=None).exists()


def test_a_recovery_code_does_for_a_device_that_was_lost(graphql: GraphQL):
    user = UserFactory()
    with_second_factor(user)
    code = regenerate_recovery_codes(user=user)[0]

    answer = graphql.mutate("disableMfa", {"code": code.upper().replace("-", " ")}, by=user)

    assert answer.data["disableMfa"] == {"__typename": "Done"}
    assert not RecoveryCode.objects.exists()


def test_a_wrong_code_does_not(graphql: GraphQL):
    user = UserFactory()
    app = with_second_factor(user)

    with nothing_changes():
        answer = graphql.mutate("disableMfa", {"code": app.wrong_code()}, by=user)

    assert answer.code == "invalid_code"


def test_there_must_be_one(graphql: GraphQL):
    user = UserFactory()

    with nothing_changes():
        answer = graphql.mutate("disableMfa", {"code": "123456"}, by=user)

    assert answer.code == "mfa_not_enabled"


def test_it_stays_on_where_an_organization_of_the_user_requires_it(graphql: GraphQL):
    user, former = UserFactory(), UserFactory()
    app, other = with_second_factor(user), with_second_factor(former)
    MembershipFactory(user=user, organization__requires_second_factor=True)
    MembershipFactory(user=former, organization__requires_second_factor=True).soft_delete()

    with nothing_changes():
        refused = graphql.mutate("disableMfa", {"code": app.code()}, by=user)
    free = graphql.mutate("disableMfa", {"code": other.code()}, by=former)

    assert refused.code == "second_factor_required"
    assert free.data["disableMfa"] == {"__typename": "Done"}


@pytest.mark.parametrize(("required", "left"), [(True, 1), (False, 0)])
def test_it_stays_on_for_staff_where_the_platform_requires_it(
    graphql: GraphQL, settings: Settings, required: bool, left: int
):
    settings.STAFF_SECOND_FACTOR = required
    user = UserFactory(is_staff=True)
    app = with_second_factor(user)

    graphql.mutate("disableMfa", {"code": app.code()}, by=user)

    assert MfaDevice.objects.count() == left


def test_it_must_have_been_shown_a_short_while_ago(graphql: GraphQL):
    user = UserFactory()
    app = with_second_factor(user)
    token = start_session(user=user, second_factor=True).access_token
    Session.objects.update(verified_at=clock.now() - timedelta(seconds=601))

    with nothing_changes():
        answer = graphql.mutate("disableMfa", {"code": app.code()}, token=token)

    assert answer.code == "step_up_required"
