"""Showing that an email address or a phone number is one's own, by a code that is sent there."""

from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction

from apps.accounts import errors
from apps.accounts.events import EmailVerified, PhoneVerified
from apps.accounts.models import Challenge, User, UserProfile
from apps.accounts.phone_numbers import mobile_number
from apps.accounts.selectors import language_of
from apps.accounts.services import challenges
from apps.accounts.services.letters import write_to
from apps.accounts.services.texting import check_pause, count_text, target_digest
from apps.core.services.daily import count_today
from apps.core.services.outbox import send_sms
from kernel import events
from kernel.lookup import one_of
from kernel.viewer import Viewer, acting_as


@dataclass(frozen=True, slots=True)
class CodeSent:
    """How many seconds a code is good for, and in how many another one can be asked for."""

    expires_in: int
    resend_in: int


@transaction.atomic
def request_email_verification(
    *, user: User, email: str | None = None, language: str = ""
) -> CodeSent:
    """Send a code to the user's address, or to another one that the account is to move to.

    Raises ResendTooSoon, AlreadyVerified, DailyLimitReached, or ValidationError: code email_taken,
    or those of the field email.
    """
    user = _locked(user)
    address = (email or user.email).strip().lower()
    if address == user.email and user.is_email_verified:
        raise errors.AlreadyVerified
    user.email = address
    user.full_clean()
    _check_pause(user, Challenge.Kind.EMAIL)
    count_today(f"mail.{target_digest(address)}", settings.MAIL_CODES_PER_ADDRESS_AND_DAY)
    count_today(f"mail.{user.pk}", settings.MAIL_CODES_PER_ADDRESS_AND_DAY)
    code = challenges.issue_code(user=user, kind=Challenge.Kind.EMAIL, target=address)
    minutes = settings.CODE_SECONDS // 60
    write_to(user, "email_code", to=address, language=language, code=code, minutes=minutes)
    return CodeSent(settings.CODE_SECONDS, settings.CODE_RESEND_SECONDS)


def verify_email(*, viewer: Viewer, code: str) -> User:
    """Take a code for the address that it was sent to, which becomes the account's.

    Raises InvalidCode, CodeExpired, TooManyAttempts, and ValidationError with code email_taken
    where somebody else has taken the address meanwhile. A failed try is counted all the same.
    """
    challenge = challenges.challenge_of_code(user=viewer.user, kind=Challenge.Kind.EMAIL, code=code)
    with acting_as(viewer):
        user = _locked(viewer.user)
        if not challenges.redeem(challenge=challenge):
            raise errors.InvalidCode
        if user.email != challenge.target:
            _move(user, challenge.target)
        user.is_email_verified = True
        user.save(update_fields=["is_email_verified"])
        events.publish(EmailVerified(user_id=user.pk))
    return user


@transaction.atomic
def request_phone_verification(*, user: User, phone_number: str, language: str = "") -> CodeSent:
    """Text a code to a number, which may be written as in PHONE_REGION.

    Raises InvalidPhoneNumber, ResendTooSoon, AlreadyVerified or DailyLimitReached: messages are
    limited by number, whoever asks, by user, whatever the number, and by day.
    """
    number = mobile_number(phone_number)
    user = _locked(user)
    profile = one_of(UserProfile.objects.all(), user=user)
    if profile.is_phone_verified and profile.phone_number == number:
        raise errors.AlreadyVerified
    _check_pause(user, Challenge.Kind.PHONE)
    count_text(number=number, asker=user.pk)
    code = challenges.issue_code(user=user, kind=Challenge.Kind.PHONE, target=number)
    send_sms(
        template="phone_code",
        to=number,
        language=language_of(user, accept_language=language),
        context={"code": code, "minutes": settings.CODE_SECONDS // 60},
        user=user,
    )
    return CodeSent(settings.CODE_SECONDS, settings.CODE_RESEND_SECONDS)


def verify_phone(*, viewer: Viewer, code: str) -> UserProfile:
    """Take a code for the number that it was sent to, which becomes the profile's.

    Raises InvalidCode, CodeExpired or TooManyAttempts. A failed try is counted all the same.
    """
    challenge = challenges.challenge_of_code(user=viewer.user, kind=Challenge.Kind.PHONE, code=code)
    with acting_as(viewer):
        own = UserProfile.objects.select_for_update(no_key=True)
        profile: UserProfile = one_of(own, user=viewer.user_id)
        if not challenges.redeem(challenge=challenge):
            raise errors.InvalidCode
        profile.phone_number, profile.is_phone_verified = challenge.target, True
        profile.save(update_fields=["phone_number", "phone_number_index", "is_phone_verified"])
        events.publish(PhoneVerified(user_id=profile.user_id))
    return profile


def _locked(user: User) -> User:
    """The user as they are now; what else wants to change them waits."""
    found: User = one_of(User.objects.select_for_update(no_key=True), pk=user.pk)
    return found


def _check_pause(user: User, kind: Challenge.Kind) -> None:
    """Raise ResendTooSoon when the last code of a kind was sent a moment ago."""
    sent = Challenge.objects.filter(user=user, kind=kind).order_by("-created_at")
    check_pause(sent.values_list("created_at", flat=True).first())


def _move(user: User, address: str) -> None:
    """Give an account another address, and tell the old one; links sent there are void."""
    old, user.email = user.email, address
    user.full_clean()
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
    except IntegrityError:
        # Somebody else took the address in the meantime: now the check finds them.
        user.full_clean()
        raise
    challenges.void(user=user, kinds=[Challenge.Kind.PASSWORD_RESET])
    write_to(user, "email_changed", to=old, email=address)
