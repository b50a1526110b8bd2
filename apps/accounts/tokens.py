"""Access tokens: JSON Web Tokens signed with EdDSA (RFC 8037), their key named by ``kid``.

The keys are derived from SECRET_KEY and SECRET_KEY_FALLBACKS, so rotating those rotates these:
the first signs, all of them verify.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from apps.accounts import errors
from kernel import clock

ISSUER = "fundi"
AUDIENCE = "fundi-api"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What an access token says: who, by which session, for which organization."""

    user_id: UUID
    session_id: UUID
    organization_id: UUID | None


@lru_cache
def _private_key(secret: str) -> Ed25519PrivateKey:
    seed = HKDF(SHA256(), length=32, salt=None, info=b"fundi access tokens").derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


@lru_cache
def _public_key(secret: str) -> tuple[str, Ed25519PublicKey]:
    public = _private_key(secret).public_key()
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16], public


def issue(token: AccessToken) -> str:
    """Sign an access token, valid for ACCESS_TOKEN_SECONDS from now."""
    now = clock.now()
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(token.user_id),
        "sid": str(token.session_id),
        "iat": now,
        "exp": now + timedelta(seconds=settings.ACCESS_TOKEN_SECONDS),
    }
    if token.organization_id:
        claims["org"] = str(token.organization_id)
    kid, _ = _public_key(settings.SECRET_KEY)
    key = _private_key(settings.SECRET_KEY)
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": kid})


def read(text: str) -> AccessToken:
    """Verify an access token; raises InvalidAccessToken."""
    try:
        key = _keys()[jwt.get_unverified_header(text)["kid"]]
        claims = jwt.decode(
            text,
            key,
            algorithms=["EdDSA"],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "sid"]},
        )
        _check(text, claims)
        return AccessToken(
            user_id=UUID(claims["sub"]),
            session_id=UUID(claims["sid"]),
            organization_id=UUID(claims["org"]) if "org" in claims else None,
        )
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise errors.InvalidAccessToken from error


#: What ``issue`` writes: PyJWT takes numbers as text, and fractions, for times.
KINDS = {"exp": int, "iat": int, "sub": str, "sid": str, "org": str}


def _check(text: str, claims: dict[str, Any]) -> None:
    """Raise ValueError for what ``issue`` would not have written, although our key signed it."""
    odd = [
        name for name, kind in KINDS.items() if name in claims and type(claims[name]) is not kind
    ]
    lasts_too_long = not odd and claims["exp"] - claims["iat"] > settings.ACCESS_TOKEN_SECONDS
    if odd or lasts_too_long or "=" in text:
        raise ValueError("This is no token of ours.")


def seconds_left(text: str) -> float:
    """How long a token that was verified is still good for."""
    expires: int = jwt.decode(text, options={"verify_signature": False})["exp"]
    return max(0.0, expires - clock.now().timestamp())


def _keys() -> dict[str, Ed25519PublicKey]:
    return dict(_public_key(s) for s in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
