"""Trading a refresh token for new tokens."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from pytest_django import Settings

from apps.accounts.events import SessionRevoked
from apps.accounts.models import Session
from apps.accounts.services.sessions import start_session
from apps.core.models import AuditEntry
from kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.organizations import MembershipFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.races import race

ME = "{ me { id } }"
PAYLOAD = "... on AuthPayload { user { id email } accessToken refreshToken expiresIn }"


def _refresh(graphql: GraphQL, token: str) -> Answer:
    return graphql.mutate("refreshSession", {"refreshToken": token}, PAYLOAD)


def test_a_refresh_token_gives_the_next_tokens_of_the_same_session(graphql: GraphQL):
    user, _noise = UserFactory(email="eve@example.org"), start_session(user=UserFactory())
    old = start_session(user=user)

    new = _refresh(graphql, old.refresh_token).data["refreshSession"]

    assert new["user"] == {"id": gid(user), "email": "eve@example.org"}
    assert new["expiresIn"] == 900
    assert new["refreshToken"] != old.refresh_token
    assert Session.objects.filter(user=user).count() == 1
    assert graphql(ME, token=new["accessToken"]).data["me"] == {"id": gid(user)}
    assert graphql(ME, token=old.access_token).data["me"] == {"id": gid(user)}


def test_each_refresh_gives_the_session_its_full_time_again(graphql: GraphQL):
    with time_machine.travel(clock.now() - timedelta(days=29), tick=False):
        token = start_session(user=UserFactory()).refresh_token

    token = _refresh(graphql, token).data["refreshSession"]["refreshToken"]

    with time_machine.travel(clock.now() + timedelta(days=29), tick=False):
        assert _refresh(graphql, token).data["refreshSession"]["__typename"] == "AuthPayload"


def test_a_token_that_was_traded_before_ends_the_session_at_once(graphql: GraphQL):
    user = UserFactory()
    old, other = start_session(user=user), start_session(user=user)
    new = _refresh(graphql, old.refresh_token).data["refreshSession"]
    session = Session.objects.order_by("created_at")[0]

    with announced() as heard:
        stolen = _refresh(graphql, old.refresh_token)

    assert stolen.code == "refresh_token_reused"
    assert heard == [SessionRevoked(user_id=user.pk, session_id=session.pk)]
    dead = graphql(ME, token=new["accessToken"])
    assert (dead.status, dead.code) == (401, "invalid_token")
    assert _refresh(graphql, new["refreshToken"]).code == "invalid_refresh_token"
    assert graphql(ME, token=other.access_token).data["me"] == {"id": gid(user)}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round", range(5))
def test_of_two_trades_at_once_exactly_one_wins(round: int):
    tokens = start_session(user=UserFactory())

    answers = race(*[partial(_refresh, GraphQL(), tokens.refresh_token)] * 2)

    kinds = Counter(answer.data["refreshSession"]["__typename"] for answer in answers)
    (lost,) = [a for a in answers if a.data["refreshSession"]["__typename"] == "OperationInfo"]
    assert kinds == Counter(AuthPayload=1, OperationInfo=1)
    assert lost.code in ("invalid_refresh_token", "refresh_token_reused")


def test_a_token_that_expired_is_refused(graphql: GraphQL):
    with time_machine.travel(clock.now() - timedelta(days=30, seconds=1), tick=False):
        token = start_session(user=UserFactory()).refresh_token

    assert _refresh(graphql, token).code == "invalid_refresh_token"


@pytest.mark.parametrize("token", ["", "rubbish", "a:b:c", "WyIxIiwiMiJd:1abc:def"])
def test_what_is_no_token_of_ours_is_refused(graphql: GraphQL, token: str):
    assert _refresh(graphql, token).code == "invalid_refresh_token"


def test_an_access_token_is_no_refresh_token(graphql: GraphQL):
    tokens = start_session(user=UserFactory())

    refreshed = _refresh(graphql, tokens.access_token)
    asked = graphql(ME, token=tokens.refresh_token)

    assert refreshed.code == "invalid_refresh_token"
    assert (asked.status, asked.code) == (401, "invalid_token")


def test_the_account_must_still_be_open(graphql: GraphQL):
    blocked, deleted = UserFactory(), UserFactory()
    tokens = [start_session(user=user).refresh_token for user in (blocked, deleted)]
    type(blocked).objects.filter(pk=blocked.pk).update(blocked=True)
    deleted.soft_delete()

    answers = [_refresh(graphql, token) for token in tokens]

    assert [answer.code for answer in answers] == ["invalid_refresh_token"] * 2


def test_an_earlier_key_still_verifies_and_a_forgotten_one_does_not(
    graphql: GraphQL, settings: Settings
):
    first, second = (start_session(user=UserFactory()).refresh_token for _ in range(2))
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key"

    settings.SECRET_KEY_FALLBACKS = [old]
    known = _refresh(graphql, first)
    settings.SECRET_KEY_FALLBACKS = []
    forgotten = _refresh(graphql, second)

    assert known.data["refreshSession"]["__typename"] == "AuthPayload"
    assert forgotten.code == "invalid_refresh_token"


def test_a_member_who_was_removed_goes_on_without_the_organization(graphql: GraphQL):
    membership = MembershipFactory()
    tokens = start_session(user=membership.user)
    membership.soft_delete()

    refused = graphql(ME, token=tokens.access_token)
    new = _refresh(graphql, tokens.refresh_token).data["refreshSession"]

    assert (refused.status, refused.code) == (401, "invalid_token")
    assert graphql(ME, token=new["accessToken"]).data["me"] == {"id": gid(membership.user)}
    assert Session.objects.get().organization is None


def test_a_refresh_notes_where_it_came_from(graphql: GraphQL):
    tokens = start_session(user=UserFactory(), ip_address="192.0.2.7", user_agent="Phone")
    graphql.client.defaults["HTTP_USER_AGENT"] = "Phone, newer"

    _refresh(graphql, tokens.refresh_token)

    session = Session.objects.get()
    assert (session.ip_address, session.user_agent) == ("127.0.0.1", "Phone, newer")


def test_an_end_by_reuse_is_noted_with_its_reason(graphql: GraphQL):
    tokens = start_session(user=UserFactory())
    _refresh(graphql, tokens.refresh_token)

    _refresh(graphql, tokens.refresh_token)

    note = AuditEntry.objects.get(action=AuditEntry.Action.SIGN_OUT)
    assert (note.object_id, note.actor_id) == (Session.objects.get().pk, None)
    assert note.changes == {"reason": "refresh_token_reused"}
    assert note.ip_address == "127.0.0.1"


def test_a_refresh_keeps_what_was_shown(graphql: GraphQL):
    tokens = start_session(user=UserFactory(), second_factor=True)
    shown = Session.objects.get().second_factor_at

    _refresh(graphql, tokens.refresh_token)

    session = Session.objects.get()
    assert (session.second_factor_at, session.verified_at) == (shown, shown)


def test_what_staff_see_of_others_in_the_answer_is_noted(graphql: GraphQL, cast: Cast):
    cast.dora.friends.add(cast.ben)
    given = {"refreshToken": start_session(user=cast.dora).refresh_token}
    shown = "... on AuthPayload { user { friends { edges { node { email } } } } }"

    answer = graphql.mutate("refreshSession", given, shown).data["refreshSession"]

    assert answer["user"]["friends"]["edges"] == [{"node": {"email": "ben@example.org"}}]
    looks = AuditEntry.objects.filter(action="READ", actor=cast.dora)
    assert [look.object_id for look in looks] == [cast.ben.pk]
