"""Signing out."""

from apps.accounts.events import SessionRevoked
from apps.accounts.models import Session
from apps.accounts.services.sessions import start_session
from tests.factories.accounts import UserFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

ME = "{ me { id } }"
SIGN_OUT = """mutation { signOut { __typename ... on Done { ok }
  ... on OperationInfo { messages { kind message field code } } } }"""


def test_the_tokens_of_the_session_stop_working_and_others_do_not(graphql: GraphQL):
    user = UserFactory()
    tokens, other = start_session(user=user), start_session(user=user)
    session = Session.objects.order_by("created_at")[0]

    with announced() as heard:
        done = graphql(SIGN_OUT, token=tokens.access_token)

    assert done.data["signOut"] == {"__typename": "Done", "ok": True}
    assert heard == [SessionRevoked(user_id=user.pk, session_id=session.pk)]
    refused = graphql(ME, token=tokens.access_token)
    assert (refused.status, refused.code) == (401, "invalid_token")
    refreshed = graphql.mutate("refreshSession", {"refreshToken": tokens.refresh_token})
    assert refreshed.code == "invalid_refresh_token"
    assert graphql(ME, token=other.access_token).data["me"] == {"id": gid(user)}


def test_one_signs_out_once(graphql: GraphQL):
    token = start_session(user=UserFactory()).access_token
    graphql(SIGN_OUT, token=token)

    with nothing_changes():
        again = graphql(SIGN_OUT, token=token)

    assert (again.status, again.code) == (401, "invalid_token")


def test_the_signed_out_are_refused(graphql: GraphQL):
    with nothing_changes():
        answer = graphql(SIGN_OUT)

    assert answer.code == "not_signed_in"
