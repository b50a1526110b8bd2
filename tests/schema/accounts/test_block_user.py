"""Shutting accounts, and opening them again."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from pytest_django import Settings

from apps.accounts.events import SessionRevoked, UserBlocked, UserUnblocked
from apps.accounts.models import Session, User
from apps.accounts.services.sessions import start_session
from apps.core.models import AuditEntry
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes


def _block(graphql: GraphQL, by: User | None, whom: Any, reason: str = "Spam") -> Answer:
    given = {"userId": gid(whom), "reason": reason}
    return graphql.mutate("blockUser", given, "... on User { name blocked }", by=by)


def _unblock(graphql: GraphQL, by: User | None, whom: Any) -> Answer:
    given = {"userId": gid(whom)}
    return graphql.mutate("unblockUser", given, "... on User { name blocked }", by=by)


def _moderator(*names: str) -> User:
    user: User = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


def test_a_blocked_user_is_out_at_once_and_it_is_noted_why(graphql: GraphQL, cast: Cast):
    token, by = start_session(user=cast.ben).access_token, _moderator("view_user", "change_user")
    session = Session.objects.get(user=cast.ben)

    with announced() as heard:
        answer = _block(graphql, by, cast.ben)

    note = AuditEntry.objects.get(action="REVOKE")
    assert answer.data["blockUser"] == {
        "__typename": "User",
        "name": "Ben Botha",
        "blocked": True,
    }
    assert graphql("{ me { name } }", token=token).code == "invalid_token"
    assert (note.object_id, note.actor_id, note.changes) == (
        cast.ben.pk,
        by.pk,
        {"reason": "Spam"},
    )
    assert heard == [
        SessionRevoked(user_id=cast.ben.pk, session_id=session.pk),
        UserBlocked(user_id=cast.ben.pk),
    ]


def test_blocking_twice_is_once(graphql: GraphQL, cast: Cast):
    _block(graphql, cast.dora, cast.ben)

    with announced() as heard:
        again = _block(graphql, cast.dora, cast.ben)

    assert again.data["blockUser"]["blocked"] is True
    assert (heard, AuditEntry.objects.filter(action="REVOKE").count()) == ([], 1)


def test_an_unblocked_user_signs_in_again(graphql: GraphQL, cast: Cast):
    _block(graphql, cast.dora, cast.ben)

    with announced() as heard:
        answer = _unblock(graphql, cast.dora, cast.ben)
        _unblock(graphql, cast.dora, cast.ben)

    assert answer.data["unblockUser"]["blocked"] is False
    assert heard == [UserUnblocked(user_id=cast.ben.pk)]
    assert graphql("{ me { name } }", by=cast.ben).data["me"]["name"] == "Ben Botha"


def test_nobody_blocks_themselves(graphql: GraphQL, cast: Cast):
    by = cast.dora

    with nothing_changes():
        codes = [_block(graphql, by, by).code, _unblock(graphql, by, by).code]

    assert codes == ["own_account", "own_account"]


def test_a_superuser_is_blocked_by_another_one_alone(graphql: GraphQL, cast: Cast):
    by, boss = _moderator("view_user", "change_user"), cast.dora
    other = UserFactory(is_staff=True, is_superuser=True)

    with nothing_changes():
        refused = _block(graphql, by, boss)
    blocked = _block(graphql, other, boss)

    assert refused.code == "not_allowed"
    assert blocked.data["blockUser"]["blocked"] is True


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("eve", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_staff_with_the_permission_do_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    by, whom = getattr(cast, who), cast.ben

    with nothing_changes():
        codes = [_block(graphql, by, whom).code, _unblock(graphql, by, whom).code]

    assert codes == [code, code]


def test_who_may_change_but_not_see_users_finds_none(graphql: GraphQL, cast: Cast):
    by, whom = _moderator("change_user"), cast.ben

    with nothing_changes():
        answer = _block(graphql, by, whom)

    assert answer.code == "not_found"


def test_the_admin_blocks_and_unblocks_by_the_same_rules(cast: Cast, client: Any):
    token = start_session(user=cast.ben).access_token
    chosen = {"_selected_action": [str(cast.ben.pk), str(cast.dora.pk)]}
    client.force_login(cast.dora)

    client.post("/admin/accounts/user/", chosen | {"action": "block_users"})
    blocked = {*User.objects.filter(blocked=True)}
    client.post("/admin/accounts/user/", chosen | {"action": "unblock_users"})

    assert blocked == {cast.ben}
    assert not User.objects.filter(blocked=True).exists()
    assert GraphQL()("{ me { name } }", token=token).code == "invalid_token"


def test_staff_who_must_show_a_second_factor_do_nothing_without_it(
    graphql: GraphQL, cast: Cast, settings: Settings
):
    settings.STAFF_SECOND_FACTOR = True
    whom, callers = cast.ben, [cast.dora, cast.cleo]

    with nothing_changes():
        codes = [_block(graphql, by, whom).code for by in callers]

    assert codes == ["second_factor_required", "not_allowed"]
