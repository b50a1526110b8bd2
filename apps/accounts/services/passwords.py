"""Setting passwords: by knowing the present one, or by a link that was mailed."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts import errors
from apps.accounts.events import EmailVerified, PasswordChanged, PasswordResetRequested
from apps.accounts.models import Challenge, User
from apps.accounts.selectors import language_of
from apps.accounts.services import challenges
from apps.accounts.services.letters import write_to
from apps.accounts.services.sessions import revoke_sessions
from apps.accounts.services.sign_in import give_back_connection, has_password, note_failure
from kernel import events
from kernel.viewer import Viewer, acting_as

#: What was asked for by the old password, or while it held, and is void with the new one.
ENDED_BY_NEW_PASSWORD = [Challenge.Kind.PASSWORD_RESET, Challenge.Kind.SECOND_FACTOR]


@transaction.atomic
def request_password_reset(*, email: str, language: str = "") -> None:
    """Have a link mailed to an account's address, after the answer.

    The same is done for an address that no open account has, and it is the same work.
    """
    open_ones = User.objects.filter(email=email.strip().lower(), blocked=False)
    events.publish(
        PasswordResetRequested(
            user_id=open_ones.values_list("pk", flat=True).first(),
            language=language_of(None, accept_language=language),
        )
    )


@transaction.atomic
def send_reset_link(*, user_id: UUID, language: str = "") -> None:
    """Mail a link by which an account's password is set anew; does nothing for a shut account."""
    # Locked, so that no link goes to an address that the account moves away from at this moment.
    open_ones = User.objects.filter(pk=user_id, blocked=False).select_for_update(no_key=True)
    user = open_ones.first()
    if user is None:
        return
    token = challenges.issue_token(
        user=user, kind=Challenge.Kind.PASSWORD_RESET, seconds=settings.RESET_SECONDS
    )
    write_to(
        user,
        "password_reset",
        language=language,
        link=settings.RESET_URL.format(token=token),
        hours=max(1, settings.RESET_SECONDS // 3600),
    )


def reset_password(*, viewer: Viewer, token: str, password: str) -> None:
    """Set a password by the token of a link, once, and end all sessions.

    The link came by mail, so the address is verified. A Firebase user who was linked before that
    never showed to own it, and is linked no more. Raises InvalidResetToken, or ValidationError on
    the field new_password.
    """
    challenge = _reset_of(token)
    hashed = _hashed(password, challenge.user)
    with acting_as(viewer):
        user = User.objects.select_for_update(no_key=True).filter(pk=challenge.user_id).first()
        if user is None or user.blocked or not challenges.redeem(challenge=challenge):
            raise errors.InvalidResetToken
        newly_verified = not user.is_email_verified
        if newly_verified:
            user.is_email_verified, user.firebase_user_id = True, ""
            user.save(update_fields=["is_email_verified", "firebase_user_id"])
            events.publish(EmailVerified(user_id=user.pk))
        _set(user, hashed)


def change_password(*, viewer: Viewer, current: str, new: str, language: str = "") -> None:
    """Set another password for one who knows the present one, and end all other sessions.

    Raises WrongPassword, or ValidationError on the field new_password. Of two changes at once, the
    second no longer knows the present one.
    """
    user = viewer.user
    if not has_password(user, current):
        with acting_as(viewer):
            note_failure(user)
        raise errors.WrongPassword
    hashed = _hashed(new, user)
    with acting_as(viewer):
        unchanged = User.objects.filter(pk=user.pk, password=user.password)
        if not unchanged.select_for_update(no_key=True).exists():
            raise errors.WrongPassword
        _set(user, hashed, but=viewer.session_id, language=language)


@transaction.atomic
def note_new_password(*, user: User, but: UUID | None = None, language: str = "") -> None:
    """End what a user's old password opened, but for one session, and tell them of the new one."""
    challenges.void(user=user, kinds=ENDED_BY_NEW_PASSWORD)
    revoke_sessions(user_id=user.pk, but=but)
    write_to(user, "password_changed", language=language)
    events.publish(PasswordChanged(user_id=user.pk))


def _reset_of(token: str) -> Challenge:
    challenge = challenges.challenge_of_token(kind=Challenge.Kind.PASSWORD_RESET, token=token)
    if challenge is None or not challenge.user.is_active:
        raise errors.InvalidResetToken
    return challenge


def _hashed(password: str, user: User) -> str:
    """What is kept of a password. It is slow to make: that is done before anything is locked, and
    while nobody waits for our connection.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"new_password": error}) from error
    give_back_connection()
    return make_password(password)


def _set(user: User, hashed: str, *, but: UUID | None = None, language: str = "") -> None:
    user.password = hashed
    user.save(update_fields=["password"])
    note_new_password(user=user, but=but, language=language)
