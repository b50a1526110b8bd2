"""Mutations of accounts."""

import pyotp
from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet

from apps.accounts.models import Challenge, MfaDevice, User
from apps.accounts.services import challenges, mfa
from apps.accounts.services.sessions import start_session
from kernel import clock
from tests.architecture.isolation.calling import Input, gid, valid
from tests.architecture.isolation.world import Side

PASSWORD = "rub-a-dub-dub-3"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@valid("signUp")
def _sign_up(side: Side) -> Input:
    return {"email": "newcomer@example.org", "password": PASSWORD}


@valid("signIn", by_secret=True)
def _sign_in(side: Side) -> Input:
    return {"email": _with_password(side), "password": PASSWORD}


def _with_password(side: Side) -> str:
    """Give the person a password; their address."""
    mine = QuerySet(User).filter(pk=side.me.user.pk)
    mine.update(password=make_password(PASSWORD))
    return mine.get().email


@valid("refreshSession", by_secret=True)
def _refresh_session(side: Side) -> Input:
    return {"refreshToken": start_session(user=side.me.user).refresh_token}


@valid("signOut")
@valid("signOutEverywhere")
def _sign_out(side: Side) -> Input:
    return {}


@valid("revokeSession")
def _revoke_session(side: Side) -> Input:
    start_session(user=side.me.user)
    return {"id": gid(side.me.user.sessions.latest("created_at"))}


@valid("signInWithFirebase", by_secret=True, unconfigured="firebase_not_configured")
def _sign_in_with_firebase(side: Side) -> Input:
    return {"idToken": "e30.e30.x"}


@valid("requestEmailVerification")
def _request_email_verification(side: Side) -> Input:
    Challenge.objects.filter(user=side.me.user).delete()
    return {}


@valid("verifyEmail", bound=frozenset({"invalid_code"}))
def _verify_email(side: Side) -> Input:
    return {"code": _code(side, Challenge.Kind.EMAIL, side.me.user.email)}


@valid("requestPhoneVerification")
def _request_phone_verification(side: Side) -> Input:
    Challenge.objects.filter(user=side.me.user).delete()
    return {"phoneNumber": "+27821234567"}


@valid("verifyPhone", bound=frozenset({"invalid_code"}))
def _verify_phone(side: Side) -> Input:
    return {"code": _code(side, Challenge.Kind.PHONE, "+27821234567")}


def _code(side: Side, kind: Challenge.Kind, target: str) -> str:
    return challenges.issue_code(user=side.me.user, kind=kind, target=target)


@valid("requestPasswordReset", by_secret=True)
def _request_password_reset(side: Side) -> Input:
    return {"email": _with_password(side)}


@valid("resetPassword", by_secret=True)
def _reset_password(side: Side) -> Input:
    kind = Challenge.Kind.PASSWORD_RESET
    token = challenges.issue_token(user=side.me.user, kind=kind, seconds=600)
    return {"token": token, "newPassword": PASSWORD}


@valid("changePassword", bound=frozenset({"invalid_credentials"}))
def _change_password(side: Side) -> Input:
    _with_password(side)
    return {"currentPassword": PASSWORD, "newPassword": f"{PASSWORD}-4"}


@valid("stepUp", bound=frozenset({"invalid_credentials"}))
def _step_up(side: Side) -> Input:
    _with_password(side)
    return {"password": PASSWORD}


@valid("enrollMfa")
def _enroll_mfa(side: Side) -> Input:
    return {"name": "Phone"}


@valid("confirmMfa", bound=frozenset({"mfa_not_enabled", "invalid_code"}))
def _confirm_mfa(side: Side) -> Input:
    # Those with a canary in place of a secret make no codes.
    MfaDevice.objects.all().delete()
    enrollment = mfa.enroll_mfa(user=side.me.user, name="Phone")
    return {"code": pyotp.TOTP(enrollment.secret).now()}


@valid("disableMfa", bound=frozenset({"mfa_not_enabled"}))
def _disable_mfa(side: Side) -> Input:
    _with_second_factor(side)
    return {"code": pyotp.TOTP(SECRET).now()}


@valid("regenerateRecoveryCodes", bound=frozenset({"mfa_not_enabled"}))
def _regenerate_recovery_codes(side: Side) -> Input:
    _with_second_factor(side)
    return {}


@valid("verifyMfa", by_secret=True)
def _verify_mfa(side: Side) -> Input:
    _with_second_factor(side)
    kind = Challenge.Kind.SECOND_FACTOR
    token = challenges.issue_token(user=side.me.user, kind=kind, seconds=300)
    return {"challenge": token, "code": pyotp.TOTP(SECRET).now()}


def _with_second_factor(side: Side) -> None:
    MfaDevice.objects.create(
        user=side.me.user, name="Phone", secret=SECRET, confirmed_at=clock.now()
    )
