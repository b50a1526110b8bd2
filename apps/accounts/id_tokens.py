"""ID tokens of Firebase, checked as its documentation says (Verify ID Tokens, third-party library).

Google's public keys are fetched when a token needs them, and held as long as Cache-Control says.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import Lock
from typing import Any

import httpx
import jwt
from django.conf import settings

from apps.accounts import errors
from kernel import clock
from kernel.outbound import Breaker, Service, Unavailable

#: An unknown key may be a new one: so often may tokens that name one have us ask.
ASK_AGAIN = timedelta(seconds=60)
#: For however long Cache-Control would have them held.
HELD_AT_MOST = timedelta(days=1)
#: Seconds that Google's clocks and ours may differ.
LEEWAY = 5
NEVER = datetime.min.replace(tzinfo=UTC)
CLAIMS = ("iss", "aud", "sub", "exp", "iat", "auth_time")


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a token speaks of: a Firebase user, and their address where they have one."""

    firebase_user_id: str
    email: str
    is_email_verified: bool
    name: str


@dataclass
class KeyRing:
    """The public keys at an address, by their ids."""

    url: str
    keys: dict[str, Any] = field(default_factory=dict)
    good_until: datetime = NEVER
    asked_at: datetime = NEVER
    # Those who wait for the lock while Google does not answer are not to wait in turn for it.
    service: Service = field(
        default_factory=lambda: Service(
            "firebase", timeout=3.0, attempts=2, breaker=Breaker(failures_to_open=1, seconds_open=5)
        )
    )
    lock: Lock = field(default_factory=Lock)

    def find(self, key_id: str) -> Any:
        """The key of an id, None where there is none; raises Unavailable."""
        with self.lock:
            now = clock.now()
            is_unknown = key_id not in self.keys and now - self.asked_at >= ASK_AGAIN
            if now >= self.good_until or is_unknown:
                self._fetch(now)
            return self.keys.get(key_id)

    def _fetch(self, now: datetime) -> None:
        answer = self.service.request("GET", self.url)
        try:
            published = answer.raise_for_status().json()["keys"]
            keys = {each["kid"]: jwt.PyJWK.from_dict(each, "RS256").key for each in published}
        except (httpx.HTTPError, jwt.PyJWTError, ValueError, KeyError, TypeError) as error:
            raise Unavailable("Firebase's keys cannot be read.") from error
        age = re.search(r"max-age=(\d{1,9})", answer.headers.get("Cache-Control", ""))
        held = timedelta(seconds=int(age[1]) if age else 0)
        self.keys, self.asked_at = keys, now
        self.good_until = now + min(max(held, ASK_AGAIN), HELD_AT_MOST)


_ring_of = cache(KeyRing)


def read(text: str) -> Identity:
    """Verify an ID token of the project FIREBASE_PROJECT_ID.

    Raises FirebaseNotConfigured, FirebaseUnavailable and InvalidIdToken.
    """
    if not settings.FIREBASE_PROJECT_ID:
        raise errors.FirebaseNotConfigured
    try:
        return _identity(_claims(text))
    except Unavailable as error:
        raise errors.FirebaseUnavailable from error
    except (jwt.PyJWTError, TypeError, ValueError, OverflowError) as error:
        raise errors.InvalidIdToken from error


def _claims(text: str) -> dict[str, Any]:
    header = jwt.get_unverified_header(text)
    key_id = header.get("kid")
    if header.get("alg") != "RS256" or not isinstance(key_id, str):
        raise jwt.InvalidTokenError
    key = _ring_of(settings.FIREBASE_KEYS_URL).find(key_id)
    if key is None:
        raise jwt.InvalidTokenError
    claims: dict[str, Any] = jwt.decode(
        text,
        key,
        algorithms=["RS256"],
        audience=settings.FIREBASE_PROJECT_ID,
        issuer=f"https://securetoken.google.com/{settings.FIREBASE_PROJECT_ID}",
        leeway=LEEWAY,
        options={"require": list(CLAIMS), "strict_aud": True},
    )
    return claims


def _identity(claims: dict[str, Any]) -> Identity:
    subject, signed_in_at = claims["sub"], claims["auth_time"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 128:
        raise jwt.InvalidTokenError
    if int(signed_in_at) > clock.now().timestamp() + LEEWAY:
        raise jwt.InvalidTokenError
    return Identity(
        firebase_user_id=subject,
        email=str(claims.get("email") or "").strip().lower(),
        is_email_verified=claims.get("email_verified") is True,
        name=str(claims.get("name") or "").strip(),
    )
