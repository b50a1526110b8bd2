"""Which access tokens are taken, and for how long."""

import base64
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pytest_django import Settings

from apps.accounts.models import Session, User
from apps.accounts.services.sessions import start_session
from apps.accounts.tokens import _private_key, _public_key
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


def _claims(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_one_is_taken_for_fifteen_minutes(graphql: GraphQL):
    user, issued = UserFactory(), clock.now()
    with time_machine.travel(issued, tick=False):
        token = start_session(user=user).access_token

    with time_machine.travel(issued + timedelta(seconds=899), tick=False):
        assert graphql(ME, token=token).data["me"] == {"id": gid(user)}
    with time_machine.travel(issued + timedelta(seconds=901), tick=False):
        assert _refused(graphql(ME, token=token))


def test_one_signed_by_another_key_is_refused(graphql: GraphQL):
    token, key = _token(), Ed25519PrivateKey.generate()
    forged = jwt.encode(_claims(token), key, algorithm="EdDSA", headers=_header(token))

    assert _refused(graphql(ME, token=forged))


def test_one_that_is_not_signed_is_refused(graphql: GraphQL):
    token = _token()
    unsigned = f"{_part(_header(token) | {'alg': 'none'})}.{token.split('.')[1]}."
    stripped = f"{token.rpartition('.')[0]}."

    assert _refused(graphql(ME, token=unsigned))
    assert _refused(graphql(ME, token=stripped))


def test_one_whose_public_key_was_taken_for_a_secret_is_refused(
    graphql: GraphQL, settings: Settings
):
    token, (kid, public) = _token(), _public_key(settings.SECRET_KEY)
    secret = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    forged = jwt.encode(_claims(token), secret, algorithm="HS256", headers={"kid": kid})

    assert _refused(graphql(ME, token=forged))


def test_one_whose_claims_were_changed_is_refused(graphql: GraphQL):
    header, _, signature = _token().split(".")
    other = _token().split(".")[1]

    assert _refused(graphql(ME, token=f"{header}.{other}.{signature}"))


@pytest.mark.parametrize("kid", [None, "", "unknown", 7])
def test_one_with_an_unknown_key_is_refused(graphql: GraphQL, kid: Any):
    _, claims, signature = _token().split(".")
    changed = _part({"alg": "EdDSA", "typ": "JWT"} | ({} if kid is None else {"kid": kid}))

    assert _refused(graphql(ME, token=f"{changed}.{claims}.{signature}"))


def _signed(claims: dict[str, Any], token: str, settings: Settings) -> str:
    """A token with these claims, signed as ours are."""
    key = _private_key(settings.SECRET_KEY)
    return jwt.encode(claims, key, algorithm="EdDSA", headers=_header(token))


@pytest.mark.parametrize("name", ["exp", "iat", "sub", "sid", "iss"])
def test_one_that_says_too_little_is_refused(graphql: GraphQL, settings: Settings, name: str):
    token = _token()
    claims = _claims(token)
    del claims[name]

    assert _refused(graphql(ME, token=_signed(claims, token, settings)))


def test_one_of_a_session_of_another_user_is_refused(graphql: GraphQL, settings: Settings):
    token = _token()
    claims = _claims(token) | {"sub": str(UserFactory().pk)}
    unknown = _claims(token) | {"sid": str(uuid4())}
    elsewhere = _claims(token) | {"iss": "another"}
    ours = _signed(_claims(token), token, settings)

    assert graphql(ME, token=ours).status == 200
    assert _refused(graphql(ME, token=_signed(claims, token, settings)))
    assert _refused(graphql(ME, token=_signed(unknown, token, settings)))
    assert _refused(graphql(ME, token=_signed(elsewhere, token, settings)))


@pytest.mark.parametrize("token", ["rubbish", "a.b.c", "...", "é"])
def test_what_is_no_token_is_refused(graphql: GraphQL, token: str):
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


def test_one_of_a_session_that_ended_is_refused(graphql: GraphQL):
    token = _token()

    Session.objects.update(expires_at=clock.now())

    assert _refused(graphql(ME, token=token))


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
