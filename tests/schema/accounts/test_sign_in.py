"""Signing in."""

from collections import Counter

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from apps.accounts.access import viewer_of_token
from apps.accounts.models import Session, User
from apps.accounts.services.sessions import MOST, start_session
from apps.core.models import AuditEntry, OutboundMessage
from kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.organizations import MembershipFactory
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.hashing import CountingHasher

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


#: Accounts that are asked for in vain, and the password given for each.
IN_VAIN = {
    "eve": "drip-drop-43",
    "nobody": PASSWORD,
    "blocked": PASSWORD,
    "deleted": PASSWORD,
    "none": PASSWORD,
}


@pytest.fixture
def shut(eve: User, hashed: str) -> None:
    """Accounts that nobody signs in to."""
    UserFactory(email="blocked@example.org", password=hashed, blocked=True)
    UserFactory(email="deleted@example.org", password=hashed).soft_delete()
    UserFactory(email="none@example.org", password="!")


@pytest.mark.usefixtures("shut")
def test_all_refusals_are_the_same_work(graphql: GraphQL, settings: Settings):
    settings.PASSWORD_HASHERS = ["tests.support.hashing.CountingHasher"]
    _sign_in(graphql, "first@example.org")
    work = []

    for name, password in IN_VAIN.items():
        CountingHasher.done.clear()
        with CaptureQueriesContext(connection) as queries:
            _sign_in(graphql, f"{name}@example.org", password)
        verbs = Counter(query["sql"].split()[0] for query in queries)
        work.append((Counter(CountingHasher.done), verbs))

    assert [hashes for hashes, _ in work] == [Counter(verify=1)] * 5
    assert [verbs for _, verbs in work] == [work[0][1]] * 5


@pytest.mark.usefixtures("shut")
def test_a_refusal_is_noted_without_what_was_typed(graphql: GraphQL, eve: User):
    _sign_in(graphql, "eve@example.org", "drip-drop-43")
    _sign_in(graphql, "nobody@example.org", "drip-drop-43")

    known, unknown = AuditEntry.objects.filter(action="SIGN_IN_FAILED").order_by("created_at")
    assert (known.object_type, known.object_id) == ("accounts.User", eve.pk)
    assert (known.actor_id, known.changes, known.ip_address) == (None, {}, "127.0.0.1")
    assert unknown.object_id.int == 0


def test_signing_in_is_noted(graphql: GraphQL, eve: User):
    _sign_in(graphql, "eve@example.org")

    note = AuditEntry.objects.get(action="SIGN_IN")
    assert (note.object_id, note.actor_id) == (Session.objects.get().pk, eve.pk)
    assert (note.ip_address, len(note.request_id)) == ("127.0.0.1", 16)


def test_an_account_is_tried_five_times_a_minute(graphql: GraphQL, eve: User):
    tries = ["eve@example.org", " EVE@example.org"] * 3

    codes = [_sign_in(graphql, email, "drip-drop-43").code for email in tries]
    right = _sign_in(graphql, "eve@example.org")
    other = _sign_in(graphql, "noise@example.org")

    assert codes == ["invalid_credentials"] * 5 + ["rate_limited"]
    assert right.code == "rate_limited"
    assert other.data["signIn"]["__typename"] == "AuthPayload"


def test_a_sign_in_on_a_new_device_is_told_by_mail(graphql: GraphQL, eve: User):
    start_session(user=eve, user_agent="Phone")
    graphql.client.defaults["HTTP_USER_AGENT"] = "Laptop"

    for _ in range(2):
        _sign_in(graphql, "eve@example.org")

    message = OutboundMessage.objects.get()
    assert (message.template, message.recipient) == ("new_sign_in", "eve@example.org")
    assert "Laptop" in message.text
    assert "127.0.0.1" in message.text


def test_the_first_sign_in_of_all_surprises_nobody(graphql: GraphQL, eve: User):
    graphql.client.defaults["HTTP_USER_AGENT"] = "Laptop"

    _sign_in(graphql, "eve@example.org")

    assert not OutboundMessage.objects.exists()


def test_without_a_second_factor_one_does_not_act_for_an_organization_that_requires_it(
    graphql: GraphQL, eve: User
):
    membership = MembershipFactory(user=eve, organization__requires_second_factor=True)

    token = _sign_in(graphql, "eve@example.org").data["signIn"]["accessToken"]

    viewer = viewer_of_token(token)
    assert (viewer.organization_id, viewer.permissions) == (None, frozenset())
    assert viewer.lacks_second_factor
    Session.objects.update(second_factor_at=clock.now())
    assert viewer_of_token(token).organization_id == membership.organization_id


@pytest.mark.parametrize(
    ("sought", "index"),
    [
        ({"email": "ben@example.org"}, "user_by_email"),
        ({"firebase_user_id": "x"}, "user_by_firebase"),
    ],
)
def test_an_account_is_found_by_an_index(db: None, sought: dict[str, str], index: str):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    assert index in User.objects.all_with_deleted().filter(**sought).explain()


def test_the_sessions_unused_for_longest_make_room(graphql: GraphQL):
    ben, noise = UserFactory(), start_session(user=UserFactory())
    oldest, *_ = [start_session(user=ben) for _ in range(MOST + 1)]

    live = Session.objects.live().filter(user=ben)
    assert live.count() == MOST
    assert graphql("{ me { id } }", token=oldest.access_token).status == 401
    assert graphql("{ me { id } }", token=noise.access_token).status == 200
