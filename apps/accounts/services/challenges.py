"""Secrets that are shown once: codes that were sent, links in mails, tokens of half a sign-in.

Their keyed digests alone are kept.
"""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from apps.accounts import errors
from apps.accounts.codes import TRIES, code_digest, is_code, new_code
from apps.accounts.models import Challenge, User
from kernel import clock
from kernel.encryption import blind_indexes

COLUMN = "accounts_challenge.secret_hash"


def issue_code(*, user: User, kind: Challenge.Kind, target: str) -> str:
    """Make a code that proves an address or number; the user's earlier ones of its kind end."""
    void(user=user, kinds=[kind])
    code = new_code()
    challenge = Challenge(
        user=user, kind=kind, target=target, expires_at=_after(settings.CODE_SECONDS)
    )
    challenge.secret_hash = code_digest(code, row=challenge.pk, column=COLUMN)
    challenge.save()
    return code


def issue_token(*, user: User, kind: Challenge.Kind, seconds: float) -> str:
    """Make a token that nobody can guess, so that it needs no user beside it and no counting."""
    token = secrets.token_urlsafe(32)
    Challenge.objects.create(
        user=user, kind=kind, secret_hash=_digests(token)[0], expires_at=_after(seconds)
    )
    return token


def challenge_of_code(*, user: User, kind: Challenge.Kind, code: str) -> Challenge:
    """The open challenge of a user, where the code is its answer.

    The try is counted and committed before the code is looked at, so that of many tries at once no
    more count than of many in a row. Raises InvalidCode, CodeExpired or TooManyAttempts.
    """
    open_ones = Challenge.objects.filter(user=user, kind=kind, used_at=None)
    challenge = open_ones.order_by("-created_at", "-pk").first()
    if challenge is None:
        raise errors.InvalidCode
    if challenge.expires_at <= clock.now():
        raise errors.CodeExpired
    count_try(challenge=challenge)
    if not is_code(code, digest=challenge.secret_hash, row=challenge.pk, column=COLUMN):
        raise errors.InvalidCode
    return challenge


def challenge_of_token(*, kind: Challenge.Kind, token: str) -> Challenge | None:
    """The open challenge of a token, with its user; None for any other text."""
    found: Challenge | None = (
        Challenge.objects.filter(kind=kind, secret_hash__in=_digests(token))
        .filter(used_at=None, expires_at__gt=clock.now())
        .select_related("user")
        .first()
    )
    return found


def count_try(*, challenge: Challenge) -> None:
    """Count a try, and commit that whatever becomes of the call; raises TooManyAttempts."""
    with transaction.atomic(durable=True):
        counted = Challenge.objects.filter(pk=challenge.pk, attempts__lt=TRIES).update(
            attempts=F("attempts") + 1
        )
    if not counted:
        raise errors.TooManyAttempts


def redeem(*, challenge: Challenge) -> bool:
    """Use a challenge up; of two who do so at once, one is told True."""
    used = Challenge.objects.filter(pk=challenge.pk, used_at=None).update(used_at=clock.now())
    return bool(used)


def void(*, user: User, kinds: list[Challenge.Kind]) -> None:
    """Have all open challenges of some kinds count no more."""
    Challenge.objects.filter(user=user, kind__in=kinds, used_at=None).update(used_at=clock.now())


def forget_expired(*, batch: int = 1000) -> int:
    """Remove one batch of the challenges that expired more than a day ago; returns how many."""
    old = Challenge.objects.filter(expires_at__lt=clock.now() - timedelta(days=1))
    return Challenge.objects.filter(pk__in=old.values("pk")[:batch]).delete()[0]


def _after(seconds: float) -> datetime:
    return clock.now() + timedelta(seconds=seconds)


def _digests(secret: str) -> list[str]:
    """The digests of a secret by each key, that of the newest first."""
    return blind_indexes(secret, column=COLUMN)
