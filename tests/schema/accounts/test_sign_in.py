"""Signing in."""

import pytest
from django.contrib.auth.hashers import make_password

from apps.accounts.models import Session, User
from tests.factories.accounts import UserFactory
from tests.factories.organizations import MembershipFactory
from tests.support.graphql import Answer, GraphQL, gid

PASSWORD = "drip-drop-42"
ME = "{ me { id } }"
PAYLOAD = """... on AuthPayload {
  user { id email name photoUrl profile { city phoneNumber } }
  accessToken refreshToken expiresIn }"""


@pytest.fixture(scope="session")
def hashed() -> str:
    """The hash of the password, made once: Argon2 takes its time."""
    return make_password(PASSWORD)


@pytest.fixture
def eve(db: None, hashed: str) -> User:
    """A user with a password."""
    UserFactory(email="noise@example.org", password=hashed)
    return UserFactory(email="eve@example.org", name="Eve", password=hashed)


def _sign_in(graphql: GraphQL, email: str, password: str = PASSWORD) -> Answer:
    return graphql.mutate("signIn", {"email": email, "password": password}, PAYLOAD)


@pytest.mark.parametrize("email", ["eve@example.org", " EVE@example.org"])
def test_a_user_signs_in_whatever_the_case_of_the_address(graphql: GraphQL, eve: User, email: str):
    answer = _sign_in(graphql, email).data["signIn"]

    session = Session.objects.get()
    assert answer["user"] == {
        "id": gid(eve),
        "email": "eve@example.org",
        "name": "Eve",
        "photoUrl": None,
        "profile": None,
    }
    assert (session.user, session.organization) == (eve, None)
    assert session.ip_address == "127.0.0.1"
    assert graphql(ME, token=answer["accessToken"]).data["me"] == {"id": gid(eve)}


def test_the_session_acts_for_the_organization_joined_first(graphql: GraphQL, eve: User):
    MembershipFactory(user=eve, status="SUSPENDED")
    first = MembershipFactory(user=eve)
    MembershipFactory(user=eve)

    _sign_in(graphql, "eve@example.org")

    assert Session.objects.get().organization == first.organization


def test_a_wrong_password_and_an_unknown_address_look_alike(graphql: GraphQL, eve: User):
    wrong = _sign_in(graphql, "eve@example.org", "drip-drop-43")
    unknown = _sign_in(graphql, "nobody@example.org")

    assert wrong.code == "invalid_credentials"
    assert wrong == unknown
    assert not Session.objects.exists()


def test_a_shut_account_a_deleted_one_and_one_without_a_password_look_alike(
    graphql: GraphQL, hashed: str
):
    UserFactory(email="blocked@example.org", password=hashed, blocked=True)
    UserFactory(email="deleted@example.org", password=hashed).soft_delete()
    UserFactory(email="none@example.org", password="!")

    names = ("blocked", "deleted", "none")
    blocked, deleted, none = (_sign_in(graphql, f"{name}@example.org") for name in names)

    assert blocked.code == "invalid_credentials"
    assert blocked == deleted == none
    assert not Session.objects.exists()


def test_the_tokens_are_kept_as_a_digest(graphql: GraphQL, eve: User):
    answer = _sign_in(graphql, "eve@example.org").data["signIn"]

    session = Session.objects.get()
    stored = {str(value) for value in vars(session).values()}
    assert len(session.token_hash) == 64
    assert not {answer["accessToken"], answer["refreshToken"]} & stored
