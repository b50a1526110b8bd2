"""Signing in by Firebase."""

import base64
import json
import time
from collections import Counter
from functools import partial
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.hashers import make_password
from django.db import connection
from jwt.algorithms import RSAAlgorithm
from pytest_django import Settings

from apps.accounts import id_tokens
from apps.accounts.events import EmailVerified, SessionRevoked, UserSignedUp
from apps.accounts.models import ClientProfile, MfaDevice, Session, User
from apps.accounts.services.passwords import send_reset_link
from apps.accounts.services.sessions import start_session
from kernel import clock
from kernel.rates import Rate
from tests.factories.accounts import UserFactory
from tests.support.announced import announced
from tests.support.fakes.base import Exchange, failing, garbled
from tests.support.fakes.firebase import Firebase
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.letters import newest_token
from tests.support.races import race
from tests.support.unchanged import nothing_changes

ADA = "ada@example.com"
PAYLOAD = """... on AuthPayload {
  user { id email name isEmailVerified } accessToken refreshToken expiresIn }
  ... on MfaRequired { challenge expiresIn }"""


@pytest.fixture
def google(firebase: Firebase, settings: Settings) -> Firebase:
    """Firebase, for whose project the server takes tokens; it knows none of its keys yet."""
    id_tokens._ring_of.cache_clear()
    settings.FIREBASE_PROJECT_ID = firebase.project
    settings.FIREBASE_KEYS_URL = firebase.url
    return firebase


def _sign_in(graphql: GraphQL, token: str) -> Answer:
    return graphql.mutate("signInWithFirebase", {"idToken": token}, PAYLOAD)


def _kind(answer: Answer) -> str:
    return str(answer.data["signInWithFirebase"]["__typename"])


def test_the_first_time_an_account_is_opened(graphql: GraphQL, google: Firebase):
    with announced() as heard:
        answer = _sign_in(graphql, google.id_token()).data["signInWithFirebase"]

    user, session = User.objects.get(), Session.objects.get()
    assert answer["user"] == {
        "id": gid(user),
        "email": ADA,
        "name": "Ada Lovelace",
        "isEmailVerified": True,
    }
    assert (user.first_name, user.last_name) == ("Ada", "Lovelace")
    assert (user.firebase_user_id, user.has_usable_password()) == ("firebase-user", False)
    assert ClientProfile.objects.get().user_profile.user == user
    assert (session.user, session.ip_address) == (user, "127.0.0.1")
    assert heard == [UserSignedUp(user_id=user.pk), EmailVerified(user_id=user.pk)]
    assert graphql("{ me { id } }", token=answer["accessToken"]).data["me"] == {"id": gid(user)}


def test_the_next_time_it_is_the_same_account_whatever_its_address_is_now(
    graphql: GraphQL, google: Firebase
):
    first = _sign_in(graphql, google.id_token()).data["signInWithFirebase"]

    with announced() as heard:
        again = _sign_in(graphql, google.id_token(email="ada@example.net"))

    assert again.data["signInWithFirebase"]["user"] == first["user"]
    assert heard == []
    assert User.objects.count() == 1


def test_the_account_of_the_verified_address_is_linked(graphql: GraphQL, google: Firebase):
    ada = UserFactory(email=ADA, password="kept", is_email_verified=True)
    kept = start_session(user=ada)

    with announced() as heard:
        answer = _sign_in(graphql, google.id_token(email="ADA@example.com"))

    ada.refresh_from_db()
    assert answer.data["signInWithFirebase"]["user"]["id"] == gid(ada)
    assert (ada.firebase_user_id, ada.password) == ("firebase-user", "kept")
    assert graphql("{ me { id } }", token=kept.access_token).status == 200
    assert heard == []


def test_who_opened_an_account_with_the_address_and_never_verified_it_is_locked_out(
    graphql: GraphQL, google: Firebase
):
    ada = UserFactory(email=ADA, password=make_password("drip-drop-42"))
    squatter = start_session(user=ada)
    MfaDevice.objects.create(user=ada, name="phone", secret="A" * 32, confirmed_at=clock.now())
    send_reset_link(user_id=ada.pk)
    (session,) = Session.objects.all()

    with announced() as heard:
        answer = _sign_in(graphql, google.id_token())

    password = graphql.mutate("signIn", {"email": ADA, "password": "drip-drop-42"})
    link = graphql.mutate("resetPassword", {"token": newest_token(), "newPassword": "drip-drop-42"})
    ada.refresh_from_db()
    assert answer.data["signInWithFirebase"]["user"]["id"] == gid(ada)
    assert heard == [
        SessionRevoked(user_id=ada.pk, session_id=session.pk),
        EmailVerified(user_id=ada.pk),
    ]
    assert graphql("{ me { id } }", token=squatter.access_token).status == 401
    assert (password.code, link.code) == ("invalid_credentials", "invalid_reset_token")
    assert (ada.is_email_verified, ada.has_usable_password()) == (True, False)
    assert not MfaDevice.objects.exists()


@pytest.mark.parametrize("verified", [True, False])
@pytest.mark.parametrize("claim", [False, None, "true", 1])
def test_an_address_that_firebase_did_not_verify_opens_nobody_s_account(
    graphql: GraphQL, google: Firebase, verified: bool, claim: Any
):
    UserFactory(email=ADA, is_email_verified=verified)

    with nothing_changes():
        answer = _sign_in(graphql, google.id_token(email_verified=claim))

    assert answer.code == "email_taken"


def test_an_address_that_nobody_has_opens_an_account_also_unverified(
    graphql: GraphQL, google: Firebase
):
    with announced() as heard:
        answer = _sign_in(graphql, google.id_token(email_verified=False))

    user = User.objects.get()
    assert answer.data["signInWithFirebase"]["user"]["isEmailVerified"] is False
    assert heard == [UserSignedUp(user_id=user.pk)]
    assert _kind(_sign_in(graphql, google.id_token(email_verified=False))) == "AuthPayload"


@pytest.mark.parametrize("email", [None, "", "  "])
def test_a_firebase_user_without_an_address_is_refused(
    graphql: GraphQL, google: Firebase, email: str | None
):
    with nothing_changes():
        answer = _sign_in(graphql, google.id_token(email=email))

    assert answer.code == "email_missing"


def test_an_address_that_is_none_is_refused(graphql: GraphQL, google: Firebase):
    with nothing_changes():
        answer = _sign_in(graphql, google.id_token(email="ada"))

    assert (answer.code, answer.refusal["field"]) == ("invalid", "email")


@pytest.mark.parametrize("known_by", ["firebase_user_id", "email"])
def test_a_blocked_account_is_refused(graphql: GraphQL, google: Firebase, known_by: str):
    fields = {"firebase_user_id": {"firebase_user_id": "firebase-user"}, "email": {"email": ADA}}
    UserFactory(blocked=True, is_email_verified=False, **fields[known_by])

    with nothing_changes():
        answer = _sign_in(graphql, google.id_token())

    assert answer.code == "invalid_credentials"
    assert not Session.objects.exists()


def test_a_deleted_account_is_refused(graphql: GraphQL, google: Firebase):
    UserFactory(firebase_user_id="firebase-user").soft_delete()

    with nothing_changes():
        answer = _sign_in(graphql, google.id_token())

    assert answer.code == "invalid_credentials"


def test_who_has_a_second_factor_is_asked_for_it(graphql: GraphQL, google: Firebase):
    ada = UserFactory(firebase_user_id="firebase-user")
    MfaDevice.objects.create(user=ada, name="phone", secret="A" * 32, confirmed_at=clock.now())

    answer = _sign_in(graphql, google.id_token()).data["signInWithFirebase"]

    assert answer["__typename"] == "MfaRequired"
    assert answer["expiresIn"] == 300
    assert not Session.objects.exists()


def test_a_long_name_is_cut(graphql: GraphQL, google: Firebase):
    answer = _sign_in(graphql, google.id_token(name=f"{'A' * 200} {'B' * 200}"))

    assert answer.data["signInWithFirebase"]["user"]["name"] == "A" * 80


NOW = int(time.time())


@pytest.mark.parametrize(
    "claims",
    [
        *({"iss": "https://securetoken.google.com/other"}, {"iss": None}, {"iss": "fundi"}),
        *({"aud": "other"}, {"aud": None}, {"aud": ["fundi-test"]}, {"aud": ["fundi-test", "x"]}),
        *({"exp": 1}, {"exp": None}, {"exp": "soon"}, {"exp": NOW - 60}),
        *({"iat": NOW + 3000}, {"iat": None}, {"iat": "now"}),
        *({"auth_time": NOW + 3000}, {"auth_time": None}, {"auth_time": "now"}),
        *({"auth_time": [1]}, {"auth_time": {}}),
        *({"sub": None}, {"sub": ""}, {"sub": 7}, {"sub": "x" * 129}),
        *({"nbf": NOW + 3000}, {"exp": 1e400}),
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_a_token_with_a_wrong_claim_is_refused(
    graphql: GraphQL, google: Firebase, claims: dict[str, Any]
):
    with nothing_changes():
        answer = _sign_in(graphql, google.id_token(**claims))

    assert (answer.code, answer.refusal["field"]) == ("invalid_id_token", "idToken")


@pytest.mark.parametrize("token", ["", "rubbish", "a.b.c", "é.é.é", "e30.e30.e30", "x" * 100_000])
def test_what_is_no_token_is_refused(graphql: GraphQL, google: Firebase, token: str):
    with nothing_changes():
        answer = _sign_in(graphql, token)

    assert answer.code == "invalid_id_token"


def _forged(google: Firebase) -> dict[str, str]:
    """Tokens that somebody other than Google made, each in another way."""
    good = google.id_token()
    head, body, signature = good.split(".")
    claims = jwt.decode(good, options={"verify_signature": False})
    own = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    (*_, public) = httpx.get(google.url).json()["keys"]
    pem = RSAAlgorithm.from_jwk(public).public_bytes(  # type: ignore[union-attr]
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    kid = {"kid": public["kid"]}
    header = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", **kid}).encode()).rstrip(b"=")
    other = base64.urlsafe_b64encode(json.dumps(claims | {"sub": "x"}).encode()).rstrip(b"=")
    hashed = (
        jwt.api_jws.PyJWS().get_algorithm_by_name("HS256").sign(header + b"." + body.encode(), pem)
    )
    return {
        "another key": jwt.encode(claims, own, "RS256", kid),
        "a key of its own": jwt.encode(
            claims, own, "RS256", kid | {"jwk": RSAAlgorithm.to_jwk(own.public_key(), True)}
        ),
        "another algorithm": jwt.encode(claims, own, "RS512", kid),
        "no key's id": jwt.encode(claims, own, "RS256"),
        "none": jwt.encode(claims, None, "none", kid),
        "the public key as a secret": b".".join(
            [header, body.encode(), base64.urlsafe_b64encode(hashed).rstrip(b"=")]
        ).decode(),
        "other claims": f"{head}.{other.decode()}.{signature}",
        "no signature": f"{head}.{body}.",
        "an unpublished key": google.id_token("unpublished"),
    }


def test_a_token_that_google_did_not_sign_is_refused(graphql: GraphQL, google: Firebase):
    tokens = _forged(google)

    with nothing_changes():
        codes = {name: _sign_in(graphql, token).code for name, token in tokens.items()}

    assert codes == dict.fromkeys(tokens, "invalid_id_token")


def test_without_a_project_the_answer_names_the_setting(graphql: GraphQL, settings: Settings):
    settings.FIREBASE_PROJECT_ID = ""

    with nothing_changes():
        answer = _sign_in(graphql, "anything")

    assert answer.code == "firebase_not_configured"
    assert "FIREBASE_PROJECT_ID" in answer.refusal["message"]


@pytest.mark.parametrize("fault", [failing(500), failing(403), garbled])
def test_without_the_keys_nobody_gets_in(graphql: GraphQL, google: Firebase, fault: Any):
    google.always(fault)

    with nothing_changes():
        answer = _sign_in(graphql, google.id_token())

    assert answer.code == "firebase_unavailable"


def test_signing_in_is_limited_by_the_caller_s_address(
    graphql: GraphQL, google: Firebase, settings: Settings
):
    settings.RATES = settings.RATES | {"SIGN_IN": (Rate(100, 600), Rate(2, 600))}

    answers = [_sign_in(graphql, "rubbish") for _ in range(2)]
    right = _sign_in(graphql, google.id_token())

    assert [answer.code for answer in answers] == ["invalid_id_token"] * 2
    assert right.code == "rate_limited"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verified", [True, False])
def test_of_many_first_times_at_once_one_opens_the_account(google: Firebase, verified: bool):
    token = google.id_token(email_verified=verified)

    answers = race(*[partial(_sign_in, GraphQL(), token)] * 5)

    (user,) = User.objects.all()
    people = {answer.data["signInWithFirebase"]["user"]["id"] for answer in answers}
    assert Counter(_kind(answer) for answer in answers) == Counter(AuthPayload=5)
    assert people == {gid(user)}


@pytest.mark.django_db(transaction=True)
def test_the_keys_are_fetched_outside_of_any_transaction(google: Firebase):
    open_ones: list[int] = []

    def looking(exchange: Exchange) -> None:
        open_ones.append(_transactions())
        exchange.send(exchange.work())

    google.then(looking)
    answer = _sign_in(GraphQL(), google.id_token())

    assert _kind(answer) == "AuthPayload"
    assert open_ones == [0]


def _transactions() -> int:
    """How many transactions lie open, asked from a thread of the fake."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND state LIKE 'idle in transaction%'"
            )
            return int(cursor.fetchone()[0])
    finally:
        connection.close()
