"""Where a user is signed in: listing sessions, and ending them."""

from datetime import timedelta
from typing import Any

from apps.accounts.events import SessionRevoked
from apps.accounts.models import Session, User
from apps.accounts.services.sessions import start_session
from apps.core.models import AuditEntry
from kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

ME = "{ me { id } }"
SESSIONS = """{ me { sessions { totalCount edges { node {
  id userAgent ipAddress isCurrent lastUsedAt createdAt expiresAt } } } } }"""
SIGN_OUT_EVERYWHERE = """mutation { signOutEverywhere { __typename
  ... on OperationInfo { messages { kind message field code } } } }"""


def _start(user: User, device: str = "", **changes: Any) -> tuple[Session, str]:
    """A session on a device, and its token."""
    token = start_session(user=user, ip_address="192.0.2.7", user_agent=device).access_token
    session = Session.objects.filter(user=user).order_by("-created_at")[0]
    if changes:
        Session.objects.filter(pk=session.pk).update(**changes)
    return session, token


def _end(graphql: GraphQL, session: Session, token: str) -> Answer:
    return graphql.mutate("revokeSession", {"id": gid(session)}, token=token)


def test_one_lists_ones_own_that_go_on_and_sees_which_is_this_one(graphql: GraphQL):
    user, now = UserFactory(), clock.now()
    phone, _ = _start(user, "Phone")
    laptop, token = _start(user, "Laptop")
    _start(user, "Ended", revoked_at=now)
    _start(user, "Expired", expires_at=now)
    _start(UserFactory(), "Noise")

    found = graphql(SESSIONS, token=token).data["me"]["sessions"]

    nodes = [edge["node"] for edge in found["edges"]]
    assert found["totalCount"] == 2
    assert [(node["id"], node["userAgent"], node["isCurrent"]) for node in nodes] == [
        (gid(laptop), "Laptop", True),
        (gid(phone), "Phone", False),
    ]
    assert {node["ipAddress"] for node in nodes} == {"192.0.2.7"}
    assert all(node["lastUsedAt"] and node["expiresAt"] for node in nodes)


def test_nobody_lists_those_of_others(graphql: GraphQL, cast: Cast):
    cast.ada_work()
    theirs, _ = _start(cast.ben, "Phone")

    seen = graphql(
        "query($id: ID!) { user(id: $id) { name sessions { totalCount } } }",
        {"id": gid(cast.ben)},
        by=cast.ada,
    )
    node = graphql("query($id: ID!) { node(id: $id) { id } }", {"id": gid(theirs)}, by=cast.ada)

    assert seen.data["user"] == {"name": "Ben Botha", "sessions": {"totalCount": 0}}
    assert node.code == "not_found"


def test_one_ends_a_session_on_another_device(graphql: GraphQL):
    user = UserFactory()
    lost, lost_token = _start(user)
    _, token = _start(user)

    with announced() as heard:
        answer = _end(graphql, lost, token)

    note = AuditEntry.objects.get(action=AuditEntry.Action.SIGN_OUT)
    assert answer.data["revokeSession"] == {"__typename": "Done"}
    assert heard == [SessionRevoked(user_id=user.pk, session_id=lost.pk)]
    assert (note.object_id, note.actor) == (lost.pk, user)
    assert [graphql(ME, token=each).status for each in (lost_token, token)] == [401, 200]


def test_nobody_ends_those_of_others_or_what_has_ended(graphql: GraphQL):
    user, stranger = UserFactory(), UserFactory()
    ended, _ = _start(user, revoked_at=clock.now())
    _, token = _start(user)
    theirs, _ = _start(stranger)

    with nothing_changes():
        answers = [_end(graphql, session, token) for session in (theirs, ended)]

    assert [answer.code for answer in answers] == ["not_found"] * 2
    assert Session.objects.get(pk=theirs.pk).revoked_at is None


def test_one_signs_out_everywhere(graphql: GraphQL):
    user, (noise, noise_token) = UserFactory(), _start(UserFactory())
    expired, _ = _start(user, expires_at=clock.now() - timedelta(days=1))
    (first, first_token), (second, second_token) = _start(user), _start(user)

    with announced() as heard:
        answer = graphql(SIGN_OUT_EVERYWHERE, token=second_token)

    assert answer.data["signOutEverywhere"] == {"__typename": "Done"}
    assert heard == [
        SessionRevoked(user_id=user.pk, session_id=session.pk) for session in (first, second)
    ]
    statuses = [graphql(ME, token=t).status for t in (first_token, second_token, noise_token)]
    assert statuses == [401, 401, 200]
    assert set(Session.objects.filter(revoked_at=None)) == {noise, expired}


def test_the_signed_out_are_refused(graphql: GraphQL):
    session, _ = _start(UserFactory())

    with nothing_changes():
        one = graphql.mutate("revokeSession", {"id": gid(session)})
        everywhere = graphql(SIGN_OUT_EVERYWHERE)

    assert (one.code, everywhere.code) == ("not_signed_in", "not_signed_in")
    assert Session.objects.get().revoked_at is None


def test_an_id_of_something_else_is_refused(graphql: GraphQL):
    user = UserFactory()

    answer = graphql.mutate("revokeSession", {"id": gid(user)}, by=user)

    assert answer.code == "invalid_id"
