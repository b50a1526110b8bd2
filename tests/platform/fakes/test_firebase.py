"""The fake of Google's keys, and the tokens that they sign."""

from typing import Any

import httpx
import jwt
import pytest

from tests.support.fakes.firebase import Firebase, Signer


def _read(firebase: Firebase, token: str) -> dict[str, Any]:
    """The claims of a token, checked as Firebase's documentation says."""
    keys = jwt.PyJWKSet.from_dict(httpx.get(firebase.url).json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    issuer = f"https://securetoken.google.com/{firebase.project}"
    claims: dict[str, Any] = jwt.decode(
        token, key, ["RS256"], audience=firebase.project, issuer=issuer
    )
    return claims


def test_the_keys_say_for_how_long_they_hold(firebase: Firebase):
    firebase.max_age = 60

    answer = httpx.get(firebase.url)

    assert "max-age=60" in answer.headers["Cache-Control"]
    assert [key["kid"] for key in answer.json()["keys"]] == ["key-1", "key-2"]
    assert {name for key in answer.json()["keys"] for name in key} == {
        *("kty", "alg", "use", "kid", "n", "e")
    }


@pytest.mark.parametrize("signer", ["current", "old"])
def test_a_token_of_a_published_key_is_good(firebase: Firebase, signer: Signer):
    token = firebase.id_token(signer, sub="u-1", email="ben@example.com", email_verified=False)

    claims = _read(firebase, token)

    assert (claims["sub"], claims["user_id"], claims["email"]) == ("u-1", "u-1", "ben@example.com")
    assert claims["email_verified"] is False
    assert (claims["name"], claims["exp"] - claims["iat"]) == ("Ada Lovelace", 3600)
    assert claims["auth_time"] == claims["iat"]


def test_a_token_of_another_key_is_of_nobody(firebase: Firebase):
    token = firebase.id_token("unpublished")

    with pytest.raises(KeyError):
        _read(firebase, token)


def test_claims_can_be_wrong_or_missing(firebase: Firebase):
    old, strange = firebase.id_token(exp=1), firebase.id_token(aud="another-project")
    without = firebase.id_token(email=None)

    assert "email" not in _read(firebase, without)
    with pytest.raises(jwt.ExpiredSignatureError):
        _read(firebase, old)
    with pytest.raises(jwt.InvalidAudienceError):
        _read(firebase, strange)


def test_a_token_outlives_one_rotation_but_not_its_key(firebase: Firebase):
    token = firebase.id_token(sub="u-1")

    firebase.rotate()
    signers = [jwt.get_unverified_header(each)["kid"] for each in (token, firebase.id_token("old"))]
    after_one = _read(firebase, token)["sub"], _read(firebase, firebase.id_token())["sub"]
    firebase.retire()

    assert signers == ["key-2", "key-2"]
    assert after_one == ("u-1", "firebase-user")
    with pytest.raises(KeyError):
        _read(firebase, token)
    assert _read(firebase, firebase.id_token())
