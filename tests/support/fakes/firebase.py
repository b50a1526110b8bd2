"""What Google publishes of Firebase: the keys of its ID tokens. And tokens, signed by such keys."""

import time
from functools import cache
from typing import Any, Literal

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.support.fakes.base import Answer, Fake, Request

Signer = Literal["current", "old", "unpublished"]


class Firebase(Fake):
    """Google's key server, and the one who signs in.

    ``current`` signs, ``old`` is published still for the tokens it has signed, until it retires.
    """

    project = "fundi-test"

    def __init__(self) -> None:
        super().__init__()
        self.max_age = 19_000
        self.current, self.old = 2, 1
        self.published = [self.old, self.current]

    @property
    def url(self) -> str:
        """The address of the key set."""
        return f"{self.address}/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com"

    def rotate(self) -> None:
        """Sign with a fresh key from now on; the one before is published still, no older one is."""
        self.old, self.current = self.current, self.current + 1
        self.published = [self.old, self.current]

    def retire(self) -> None:
        """Publish the current key alone."""
        self.published = [self.current]

    def id_token(self, signed_by: Signer = "current", **claims: Any) -> str:
        """A token of a person who has just signed in by Google; a claim of None is left out."""
        now = int(time.time())
        subject = claims.get("sub", "firebase-user")
        token = {
            "iss": f"https://securetoken.google.com/{self.project}",
            "aud": self.project,
            "sub": subject,
            "user_id": subject,
            "auth_time": now,
            "iat": now,
            "exp": now + 3600,
            "email": "ada@example.com",
            "email_verified": True,
            "name": "Ada Lovelace",
            "picture": "https://lh3.googleusercontent.com/a/ada",
            "firebase": {"identities": {}, "sign_in_provider": "google.com"},
        } | claims
        number = {"current": self.current, "old": self.old, "unpublished": 0}[signed_by]
        told = {name: value for name, value in token.items() if value is not None}
        return jwt.encode(told, _key(number), "RS256", {"kid": _name(number)})

    def answer(self, request: Request) -> Answer:
        """Publish the keys."""
        if f"{self.address}{request.path}" != self.url:
            return Answer(404)
        keys = {"keys": [_public(number) for number in self.published]}
        return Answer.of_json(
            keys, Cache_Control=f"public, max-age={self.max_age}, must-revalidate, no-transform"
        )


def _name(number: int) -> str:
    return f"key-{number}"


@cache
def _key(number: int) -> rsa.RSAPrivateKey:
    """The private key of a number, made once, for that takes a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


def _public(number: int) -> dict[str, Any]:
    published = RSAAlgorithm.to_jwk(_key(number).public_key(), as_dict=True)
    named = {"kty": published["kty"], "n": published["n"], "e": published["e"]}
    return named | {"kid": _name(number), "use": "sig", "alg": "RS256"}
