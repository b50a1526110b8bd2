"""Signing in by what Firebase says of somebody."""

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts import errors, id_tokens
from apps.accounts.events import EmailVerified
from apps.accounts.id_tokens import Identity
from apps.accounts.models import Challenge, MfaDevice, User
from apps.accounts.services import challenges
from apps.accounts.services.accounts import new_user, sign_up
from apps.accounts.services.sessions import SecondFactorNeeded, SignedIn, begin, revoke_sessions
from kernel import events
from kernel.viewer import Viewer, acting_as


def sign_in_with_firebase(
    *, id_token: str, viewer: Viewer, user_agent: str = ""
) -> SignedIn | SecondFactorNeeded:
    """Start a session for the account of a Firebase user, or ask for its second factor.

    At first it is linked to the account of its verified address, or an account is opened. Raises
    FirebaseNotConfigured, FirebaseUnavailable, InvalidIdToken, EmailMissing, InvalidCredentials for
    a shut account, and ValidationError: email_taken where the address is not verified.
    """
    identity = id_tokens.read(id_token)
    with acting_as(viewer):
        return begin(
            user=_account_of(identity), ip_address=viewer.ip_address, user_agent=user_agent
        )


def _account_of(identity: Identity) -> User:
    user = _known(identity) or _first_account_of(identity)
    if not user.is_active:
        raise errors.InvalidCredentials
    return user


def _known(identity: Identity) -> User | None:
    """The account of a Firebase user: an open one, else one that was shut."""
    known = User.objects.all_with_deleted().filter(firebase_user_id=identity.firebase_user_id)
    newest: User | None = (
        known.order_by("is_deleted", "-created_at").select_for_update(no_key=True).first()
    )
    return newest


def _first_account_of(identity: Identity) -> User:
    """The account that a Firebase user is to have, linked or opened."""
    if not identity.email:
        raise errors.EmailMissing
    try:
        with transaction.atomic():
            return _link(identity) or _open(identity)
    except ValidationError:
        # Who opened an account with this address in the meantime is found now.
        found = _known(identity) or _link(identity)
        if found is None:
            raise
        return found


def _link(identity: Identity) -> User | None:
    """Link the account of a verified address, None where there is none.

    Where the account had never verified it, somebody else may have opened it to wait for the owner:
    all that could let them in again is taken from it.
    """
    if not identity.is_email_verified:
        return None
    same = User.objects.filter(email=identity.email).select_for_update(no_key=True)
    user: User | None = same.first()
    if user is None or user.blocked:
        return user
    was_verified, user.is_email_verified = user.is_email_verified, True
    user.firebase_user_id = identity.firebase_user_id
    if not was_verified:
        user.set_unusable_password()
        challenges.void(user=user, kinds=list(Challenge.Kind))
        MfaDevice.objects.filter(user=user).delete()
        revoke_sessions(user_id=user.pk)
    user.save(update_fields=["firebase_user_id", "is_email_verified", "password"])
    if not was_verified:
        events.publish(EmailVerified(user_id=user.pk))
    return user


def _open(identity: Identity) -> User:
    first_name, _, last_name = identity.name[:160].partition(" ")
    user = new_user(
        email=identity.email, password=None, first_name=first_name[:80], last_name=last_name[:80]
    )
    sign_up(user=user)
    user.firebase_user_id = identity.firebase_user_id
    user.is_email_verified = identity.is_email_verified
    user.save(update_fields=["firebase_user_id", "is_email_verified"])
    if user.is_email_verified:
        events.publish(EmailVerified(user_id=user.pk))
    return user
