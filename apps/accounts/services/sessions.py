"""Signing in, staying in, and signing out.

A session is the family of the refresh tokens that followed one another in it. Its row holds the
hash of the one that is live; any other of the family is a reuse, and ends the session.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction

from apps.accounts import errors, tokens
from apps.accounts.events import SessionRevoked
from apps.accounts.models import Challenge, Session, User
from apps.accounts.services import challenges
from apps.accounts.services.devices import unregister_all
from apps.accounts.services.letters import write_to
from apps.accounts.services.second_factors import device_of
from apps.accounts.services.streaks import record_activity
from apps.accounts.tokens import AccessToken
from apps.core.models import AuditEntry
from apps.core.services import audit
from apps.organizations.models import Membership, MembershipQuerySet
from kernel import clock, events
from kernel.viewer import Viewer, acting_as

SALT = "fundi.refresh"
#: How long a sign-in waits for its second factor.
CHALLENGE_SECONDS = 300
#: More of them than anybody uses: the ones unused for longest end. All of them can be ended at once
#: by that, in a transaction that is short.
MOST = 50


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a sign-in or a refresh gives: the user, and the tokens that prove it."""

    user: User
    access_token: str
    refresh_token: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class SecondFactorNeeded:
    """A sign-in that waits for its second factor, and the token to go on with."""

    challenge: str
    expires_in: int


@transaction.atomic
def begin(
    *, user: User, ip_address: str | None = None, user_agent: str = ""
) -> SignedIn | SecondFactorNeeded:
    """Sign in a user who has shown who they are; who has a second factor is asked for it first."""
    if device_of(user.pk) is None:
        return start_session(user=user, ip_address=ip_address, user_agent=user_agent)
    token = challenges.issue_token(
        user=user, kind=Challenge.Kind.SECOND_FACTOR, seconds=CHALLENGE_SECONDS
    )
    return SecondFactorNeeded(challenge=token, expires_in=CHALLENGE_SECONDS)


@transaction.atomic
def start_session(
    *,
    user: User,
    ip_address: str | None = None,
    user_agent: str = "",
    second_factor: bool = False,
) -> SignedIn:
    """Sign a user in on a device, for the organization joined first where there is one. A user who
    has signed in before, but never on this one, is told so by mail.
    """
    is_new = _is_new(user, user_agent)
    membership = _memberships(user).order_by("joined_at", "pk").first()
    session = Session(
        user=user,
        organization_id=membership.organization_id if membership else None,
        ip_address=ip_address,
        user_agent=user_agent[:300],
    )
    refresh_token = renew(session)
    session.verified_at = session.last_used_at
    session.second_factor_at = session.verified_at if second_factor else None
    session.save()
    audit.note(action=AuditEntry.Action.SIGN_IN, row=session, by=user)
    for old in Session.objects.live().filter(user=user).order_by("-last_used_at", "-pk")[MOST:]:
        revoke_session(session=old, reason="too_many_sessions")
    if is_new:
        _tell_of_sign_in(session)
    return tokens_of(session, refresh_token)


def refresh_session(*, refresh_token: str, viewer: Viewer, user_agent: str = "") -> SignedIn:
    """Trade a refresh token for new ones; of two trades at once, one wins. A user who is no member
    of the session's organization any more goes on without it.

    Raises InvalidRefreshToken; and RefreshTokenReused for one that was traded before, which ends
    the session: that end is committed although the call is refused.
    """
    session = _session_of(refresh_token)
    with acting_as(viewer):
        if session.token_hash == _digest(refresh_token):
            return _traded(session, viewer.ip_address, user_agent)
        revoke_session(session=session, reason=errors.RefreshTokenReused.code)
    raise errors.RefreshTokenReused


def _traded(session: Session, ip_address: str | None, user_agent: str) -> SignedIn:
    """The next tokens of a session; InvalidRefreshToken where another trade came before."""
    traded = session.token_hash
    if not _memberships(session.user).filter(organization=session.organization_id).exists():
        session.organization_id = None
    new_token = renew(session)
    won = Session.objects.filter(pk=session.pk, token_hash=traded, revoked_at=None).update(
        token_hash=session.token_hash,
        organization=session.organization_id,
        last_used_at=session.last_used_at,
        expires_at=session.expires_at,
        ip_address=ip_address,
        user_agent=user_agent[:300],
    )
    if not won:
        raise errors.InvalidRefreshToken
    return tokens_of(session, new_token)


@transaction.atomic
def revoke_session(*, session: Session, reason: str = "") -> None:
    """End a session: its tokens stop working at once."""
    ended = Session.objects.filter(pk=session.pk, revoked_at=None).update(revoked_at=clock.now())
    if ended:
        changes = {"reason": reason} if reason else None
        audit.note(action=AuditEntry.Action.SIGN_OUT, row=session, changes=changes)
        events.publish(SessionRevoked(user_id=session.user_id, session_id=session.pk))


@transaction.atomic
def revoke_sessions(*, user_id: UUID, but: UUID | None = None) -> None:
    """End all sessions of a user, or all but one. With all of them, no device takes messages."""
    if but is None:
        unregister_all(user_id=user_id)
    for session in Session.objects.live().filter(user=user_id).exclude(pk=but).order_by("pk"):
        revoke_session(session=session)


def end_session(*, session_id: UUID) -> None:
    """Sign out of the session of an id; does nothing where it is gone."""
    session = Session.objects.filter(pk=session_id).first()
    if session is not None:
        revoke_session(session=session)


def _is_new(user: User, user_agent: str) -> bool:
    """Whether a user's earlier sign-ins were all by other clients than this one."""
    earlier = Session.objects.filter(user=user)
    is_known = earlier.filter(user_agent=user_agent[:300]).exists()
    return bool(user_agent) and not is_known and bool(earlier.exists())


def _tell_of_sign_in(session: Session) -> None:
    write_to(
        session.user,
        "new_sign_in",
        device=session.user_agent,
        address=session.ip_address or "-",
        time=f"{session.last_used_at:%Y-%m-%d %H:%M} UTC",
    )


def _memberships(user: User) -> MembershipQuerySet:
    """The memberships that the user can act by."""
    found: MembershipQuerySet = Membership.objects.active().filter(
        user=user, organization__is_deleted=False
    )
    return found


def _session_of(refresh_token: str) -> Session:
    """The live session that a refresh token of ours belongs to."""
    try:
        session_id, _ = signing.loads(refresh_token, salt=SALT)
    except signing.BadSignature as error:
        raise errors.InvalidRefreshToken from error
    live = Session.objects.live().filter(pk=UUID(session_id))
    session: Session | None = live.select_related("user").first()
    if session is None or not session.user.is_active:
        raise errors.InvalidRefreshToken
    return session


def renew(session: Session) -> str:
    """Give a session its next refresh token, and the time that it has from now."""
    now = clock.now()
    token = signing.dumps((str(session.pk), secrets.token_urlsafe(32)), salt=SALT)
    session.token_hash = _digest(token)
    session.last_used_at = now
    session.expires_at = now + timedelta(days=settings.REFRESH_TOKEN_DAYS)
    return token


def _digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def tokens_of(session: Session, refresh_token: str) -> SignedIn:
    """The tokens of a session that was begun or refreshed: its user is there on this day."""
    record_activity(user_id=session.user_id)
    access_token = tokens.issue(
        AccessToken(
            user_id=session.user_id,
            session_id=session.pk,
            organization_id=session.organization_id,
        )
    )
    return SignedIn(
        user=session.user,
        access_token=access_token,
        refresh_token=refresh_token,
        expires_in=settings.ACCESS_TOKEN_SECONDS,
    )
