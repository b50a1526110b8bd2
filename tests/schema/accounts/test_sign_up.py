"""Opening an account."""

from functools import partial
from typing import Any

import pytest
from pytest_django import Settings

from apps.accounts.events import UserSignedUp
from apps.accounts.models import ClientProfile, Session, User
from apps.organizations.events import OrganizationCreated
from apps.organizations.models import Membership, Organization
from tests.factories.accounts import UserFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.hashing import WatchingHasher
from tests.support.races import race
from tests.support.unchanged import nothing_changes

PASSWORD = "drip-drop-42"
ME = "{ me { id email } }"
PAYLOAD = """... on AuthPayload {
  user { id email name userType isEmailVerified } accessToken refreshToken expiresIn }"""


def _sign_up(graphql: GraphQL, email: str = "eve@example.org", **given: Any) -> Answer:
    given = {"email": email, "password": PASSWORD} | given
    return graphql.mutate("signUp", given, PAYLOAD)


def test_a_client_gets_an_account_and_is_signed_in(graphql: GraphQL):
    with announced() as heard:
        answer = _sign_up(graphql, firstName="Eve", lastName="Ayo").data["signUp"]

    user = User.objects.get()
    assert answer["user"] == {
        "id": gid(user),
        "email": "eve@example.org",
        "name": "Eve Ayo",
        "userType": "CLIENT",
        "isEmailVerified": False,
    }
    assert answer["expiresIn"] == 900
    assert ClientProfile.objects.get().user_profile.user == user
    assert user.password.startswith("argon2$argon2id$")
    assert not Organization.objects.exists()
    assert heard == [UserSignedUp(user_id=user.pk)]
    me = graphql(ME, token=answer["accessToken"]).data["me"]
    assert me == {"id": gid(user), "email": "eve@example.org"}


@pytest.mark.parametrize("kind", ["PROVIDER", "ENTREPRENEUR"])
def test_those_who_do_business_own_an_organization_of_one(graphql: GraphQL, kind: str):
    with announced() as heard:
        _sign_up(graphql, firstName="Eve", userType=kind)

    user, organization = User.objects.get(), Organization.objects.get()
    membership = Membership.objects.get()
    assert (membership.user, membership.organization) == (user, organization)
    assert (membership.role.name, membership.role.organization) == ("owner", None)
    assert (organization.name, organization.email) == ("Eve", "eve@example.org")
    assert Session.objects.get().organization == organization
    assert heard == [
        OrganizationCreated(organization_id=organization.pk, owner_id=user.pk),
        UserSignedUp(user_id=user.pk),
    ]


@pytest.mark.parametrize("email", ["eve@example.org", "EVE@Example.ORG", "  eve@example.org "])
def test_an_address_is_taken_once_whatever_its_case(graphql: GraphQL, email: str):
    UserFactory(email="eve@example.org")

    with nothing_changes():
        answer = _sign_up(graphql, email)

    assert (answer.code, answer.refusal["field"]) == ("email_taken", None)
    assert not Session.objects.exists()


def test_the_address_of_a_deleted_account_is_free(graphql: GraphQL):
    UserFactory(email="eve@example.org").soft_delete()

    answer = _sign_up(graphql)

    assert answer.data["signUp"]["user"]["email"] == "eve@example.org"
    assert User.objects.all_with_deleted().count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_sign_ups_at_once_with_one_address_one_wins():
    emails = ["eve@example.org", "Eve@example.org", "EVE@example.org"]

    answers = race(*(partial(_sign_up, GraphQL(), email) for email in emails))

    kinds = [answer.data["signUp"]["__typename"] for answer in answers]
    refused = {a.code for a in answers if a.data["signUp"]["__typename"] == "OperationInfo"}
    assert sorted(kinds) == ["AuthPayload"] + ["OperationInfo"] * 2
    assert refused == {"email_taken"}
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("", ["password_too_short"]),
        ("x7!kq", ["password_too_short"]),
        ("password", ["password_too_common"]),
        ("73519482", ["password_entirely_numeric"]),
        ("12345678", ["password_too_common", "password_entirely_numeric"]),
        ("eve@example.org", ["password_too_similar"]),
    ],
)
def test_a_weak_password_is_refused(graphql: GraphQL, password: str, codes: list[str]):
    with nothing_changes():
        answer = _sign_up(graphql, password=password)

    messages = answer.data["signUp"]["messages"]
    assert [message["code"] for message in messages] == codes
    assert {message["field"] for message in messages} == {"password"}


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"email": "eve"}, "invalid", "email"),
        ({"email": "eve@"}, "invalid", "email"),
        ({"email": ""}, "blank", "email"),
        ({"email": "e" * 250 + "@example.org"}, "max_length", "email"),
        ({"firstName": "x" * 81}, "max_length", "firstName"),
    ],
)
def test_bad_details_are_refused(graphql: GraphQL, given: dict[str, str], code: str, field: str):
    with nothing_changes():
        answer = _sign_up(graphql, **given)

    messages = answer.data["signUp"]["messages"]
    assert (messages[0]["code"], messages[0]["field"]) == (code, field)


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_connection_while_a_password_is_hashed(
    graphql: GraphQL, settings: Settings
):
    settings.PASSWORD_HASHERS = ["tests.support.hashing.WatchingHasher"]
    WatchingHasher.held.clear()
    given = {"email": "eve@example.org", "password": PASSWORD}

    # Whose token was looked up by a connection before.
    answer = graphql.mutate("signUp", given, PAYLOAD, by=UserFactory())

    assert answer.data["signUp"]["__typename"] == "AuthPayload"
    assert WatchingHasher.held == [False]
