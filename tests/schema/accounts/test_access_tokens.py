"""Which access tokens are taken, and for how long."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from pytest_django import Settings

from apps.accounts.models import User
from apps.accounts.services.sessions import start_session
from kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.organizations import MembershipFactory
from tests.support.graphql import Answer, GraphQL, gid

ME = "{ me { id } }"


def _token() -> str:
    return start_session(user=UserFactory()).access_token


def _refused(answer: Answer) -> bool:
    return (answer.status, answer.code) == (401, "invalid_token")


def _header(token: str) -> dict[str, Any]:
    return jwt.get_unverified_header(token)


def test_one_is_taken_for_fifteen_minutes(graphql: GraphQL):
    user, issued = UserFactory(), clock.now()
    with time_machine.travel(issued, tick=False):
        token = start_session(user=user).access_token

    with time_machine.travel(issued + timedelta(seconds=899), tick=False):
        assert graphql(ME, token=token).data["me"] == {"id": gid(user)}
    with time_machine.travel(issued + timedelta(seconds=901), tick=False):
        assert _refused(graphql(ME, token=token))


def test_after_a_change_of_keys_the_earlier_one_still_verifies(
    graphql: GraphQL, settings: Settings
):
    token, old = _token(), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [old]

    new = _token()

    assert graphql(ME, token=token).status == 200
    assert _header(new)["kid"] != _header(token)["kid"]
    settings.SECRET_KEY_FALLBACKS = []
    assert _refused(graphql(ME, token=token))
    assert graphql(ME, token=new).status == 200


def test_one_of_a_closed_account_is_refused_at_once(graphql: GraphQL):
    blocked, deleted = UserFactory(), UserFactory()
    tokens = [start_session(user=user).access_token for user in (blocked, deleted)]

    User.objects.filter(pk=blocked.pk).update(blocked=True)
    deleted.soft_delete()

    assert [_refused(graphql(ME, token=token)) for token in tokens] == [True, True]


@pytest.mark.parametrize("ended", [{"is_deleted": True}, {"status": "SUSPENDED"}])
def test_one_of_a_member_who_was_removed_or_suspended_is_refused(
    graphql: GraphQL, ended: dict[str, Any]
):
    membership, noise = MembershipFactory(), MembershipFactory()
    tokens = [start_session(user=row.user).access_token for row in (membership, noise)]

    type(membership).objects.filter(pk=membership.pk).update(**ended)

    assert [graphql(ME, token=token).status for token in tokens] == [401, 200]


def test_one_for_an_organization_that_is_gone_is_refused(graphql: GraphQL):
    membership = MembershipFactory()
    token = start_session(user=membership.user).access_token

    membership.organization.soft_delete()

    assert _refused(graphql(ME, token=token))
