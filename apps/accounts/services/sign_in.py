"""Showing who one is: by password, by a second factor, and again where much is at stake.

A refusal here leaves a trace, so each of these commits before it raises.
"""

from functools import cache
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection
from django.utils.crypto import get_random_string

from apps.accounts import errors
from apps.accounts.models import Challenge, Session, User
from apps.accounts.services import challenges
from apps.accounts.services.second_factors import device_of, take_code
from apps.accounts.services.sessions import (
    SecondFactorNeeded,
    SignedIn,
    begin,
    start_session,
)
from apps.core.models import AuditEntry
from apps.core.services import audit
from kernel import clock
from kernel.lookup import one_of
from kernel.viewer import Viewer, acting_as

#: Stands in the audit trail for accounts that there are none of.
NOBODY = UUID(int=0)


def sign_in(
    *, email: str, password: str, viewer: Viewer, user_agent: str = ""
) -> SignedIn | SecondFactorNeeded:
    """Start a session, or ask for the second factor. Raises InvalidCredentials, after the same work
    whoever is asked for.
    """
    user = User.objects.filter(email=email.strip().lower()).first()
    shown = has_password(user, password)
    with acting_as(viewer):
        if user is not None and shown and _is_unchanged(user):
            return begin(user=user, ip_address=viewer.ip_address, user_agent=user_agent)
        note_failure(user)
    raise errors.InvalidCredentials


def verify_mfa(*, challenge: str, code: str, viewer: Viewer, user_agent: str = "") -> SignedIn:
    """Go on with a sign-in by its second factor. Raises InvalidChallenge, InvalidCode, RateLimited,
    and TooManyAttempts from the sixth try on.
    """
    waiting = challenges.challenge_of_token(kind=Challenge.Kind.SECOND_FACTOR, token=challenge)
    if waiting is None or not waiting.user.is_active:
        raise errors.InvalidChallenge
    challenges.count_try(challenge=waiting)
    with acting_as(viewer):
        if _takes(waiting.user, code) and challenges.redeem(challenge=waiting):
            return start_session(
                user=waiting.user,
                ip_address=viewer.ip_address,
                user_agent=user_agent,
                second_factor=True,
            )
        note_failure(waiting.user)
    raise errors.InvalidCode


def step_up(*, viewer: Viewer, password: str = "", code: str = "") -> None:
    """Open what needs a fresh proof: a code for those with a second factor, else the password.

    Raises InvalidCode, InvalidCredentials and RateLimited.
    """
    now, has_device = clock.now(), device_of(viewer.user.pk) is not None
    shown = not has_device and has_password(viewer.user, password)
    with acting_as(viewer):
        if shown or (has_device and _takes(viewer.user, code)):
            session = one_of(Session.objects.all(), pk=viewer.session_id)
            factor = {"second_factor_at": now} if has_device else {}
            Session.objects.filter(pk=session.pk).update(verified_at=now, **factor)
            audit.note(action=AuditEntry.Action.STEP_UP, row=session)
            return
        note_failure(viewer.user)
    raise errors.InvalidCode if has_device else errors.InvalidCredentials


def has_password(user: User | None, password: str) -> bool:
    """Whether an open account has a password; one hash is computed, whatever the account."""
    usable = user is not None and user.has_usable_password()
    stored = user.password if user is not None and usable else _anybodys()
    give_back_connection()
    right = check_password(password, stored)
    return right and usable and user is not None and user.is_active


def note_failure(user: User | None) -> None:
    """Write down that somebody was refused to sign in: also where there is no such account, so that
    this is no less work.
    """
    audit.note(action=AuditEntry.Action.SIGN_IN_FAILED, row=user or User(pk=NOBODY))


def give_back_connection() -> None:
    """Let others use the connection to the database while a hash waits for a core."""
    if not connection.in_atomic_block:
        connection.close()


@cache
def _anybodys() -> str:
    """The hash of a password that nobody has."""
    return make_password(get_random_string(40))


def _is_unchanged(user: User) -> bool:
    """Whether the password that was compared is the account's at this moment, and stays so until
    the transaction ends: whoever changes it then ends the session that begins here.
    """
    same = User.objects.filter(pk=user.pk, password=user.password, blocked=False)
    return same.select_for_update(no_key=True).first() is not None


def _takes(user: User, code: str) -> bool:
    """Whether a code of the user's second factor was right; it is used up then."""
    device = device_of(user.pk)
    if device is None:
        return False
    try:
        take_code(device=device, code=code)
    except errors.InvalidCode:
        return False
    return True
