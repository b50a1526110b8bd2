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
from django.contrib.auth.hashers import check_password, make_password
from django.core import signing
from django.db import transaction

from apps.accounts import errors, tokens
from apps.accounts.events import SessionRevoked
from apps.accounts.models import Session, User
from apps.accounts.tokens import AccessToken
from apps.organizations.models import Membership, MembershipQuerySet
from kernel import clock, events

SALT = "fundi.refresh"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a sign-in or a refresh gives: the user, and the tokens that prove it."""

    user: User
    access_token: str
    refresh_token: str
    expires_in: int


def sign_in(
    *, email: str, password: str, ip_address: str | None = None, user_agent: str = ""
) -> SignedIn:
    """Start a session. Raises InvalidCredentials, after the same work whoever is asked for."""
    user = User.objects.filter(email=email.strip().lower()).first()
    stored = user.password if user else make_password(None)
    if not check_password(password, stored) or user is None or not user.is_active:
        raise errors.InvalidCredentials
    return start_session(user=user, ip_address=ip_address, user_agent=user_agent)


@transaction.atomic
def start_session(*, user: User, ip_address: str | None = None, user_agent: str = "") -> SignedIn:
    """Sign a user in on a device, for the organization joined first where there is one."""
    membership = _memberships(user).order_by("joined_at", "pk").first()
    session = Session(
        user=user,
        organization_id=membership.organization_id if membership else None,
        ip_address=ip_address,
        user_agent=user_agent[:300],
    )
    refresh_token = _renew(session)
    session.save()
    return _signed_in(session, refresh_token)


def refresh_session(*, refresh_token: str) -> SignedIn:
    """Trade a refresh token for new ones; of two trades at once, one wins. A user who is no member
    of the session's organization any more goes on without it.

    Raises InvalidRefreshToken; and RefreshTokenReused for one that was traded before, which ends
    the session: that end is committed although the call is refused.
    """
    session = _session_of(refresh_token)
    if session.token_hash != _digest(refresh_token):
        revoke_session(session=session)
        raise errors.RefreshTokenReused
    if not _memberships(session.user).filter(organization=session.organization_id).exists():
        session.organization_id = None
    new_token = _renew(session)
    won = Session.objects.filter(
        pk=session.pk, token_hash=_digest(refresh_token), revoked_at=None
    ).update(
        token_hash=session.token_hash,
        organization=session.organization_id,
        last_used_at=session.last_used_at,
        expires_at=session.expires_at,
    )
    if not won:
        raise errors.InvalidRefreshToken
    return _signed_in(session, new_token)


@transaction.atomic
def revoke_session(*, session: Session) -> None:
    """End a session: its tokens stop working at once."""
    ended = Session.objects.filter(pk=session.pk, revoked_at=None).update(revoked_at=clock.now())
    if ended:
        events.publish(SessionRevoked(user_id=session.user_id, session_id=session.pk))


def end_session(*, session_id: UUID) -> None:
    """Sign out of the session of an id; does nothing where it is gone."""
    session = Session.objects.filter(pk=session_id).first()
    if session is not None:
        revoke_session(session=session)


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
    session = (
        Session.objects.filter(pk=UUID(session_id), revoked_at=None, expires_at__gt=clock.now())
        .select_related("user")
        .first()
    )
    if session is None or not session.user.is_active:
        raise errors.InvalidRefreshToken
    return session


def _renew(session: Session) -> str:
    """Give a session its next refresh token, and the time that it has from now."""
    now = clock.now()
    token = signing.dumps((str(session.pk), secrets.token_urlsafe(32)), salt=SALT)
    session.token_hash = _digest(token)
    session.last_used_at = now
    session.expires_at = now + timedelta(days=settings.REFRESH_TOKEN_DAYS)
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _signed_in(session: Session, refresh_token: str) -> SignedIn:
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
