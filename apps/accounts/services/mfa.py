"""Setting up a second factor, and living with it."""

import secrets
from dataclasses import dataclass
from uuid import UUID

import pyotp
from django.conf import settings
from django.db import transaction

from apps.accounts import errors
from apps.accounts.events import MfaChanged
from apps.accounts.models import MfaDevice, RecoveryCode, Session, User
from apps.accounts.services.letters import write_to
from apps.accounts.services.second_factors import device_of, recovery_digest, take_code
from apps.accounts.services.sessions import revoke_sessions
from apps.organizations.models import Membership
from kernel import clock, events

ISSUER = "Fundi"
RECOVERY_CODES = 10
#: Letters and digits that nobody mistakes for one another: 31 of them, ten in a code.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Enrollment:
    """A device that waits for its first code, and what an authenticator app has to be told."""

    device: MfaDevice
    secret: str
    uri: str


@transaction.atomic
def enroll_mfa(*, user: User, name: str) -> Enrollment:
    """Begin to set up a second factor; one that was begun before is forgotten.

    Raises MfaEnabled, or ValidationError for a bad name.
    """
    _lock(user)
    if device_of(user.pk) is not None:
        raise errors.MfaEnabled
    MfaDevice.objects.filter(user=user).delete()
    secret = pyotp.random_base32()
    device = MfaDevice(user=user, name=name, secret=secret)
    device.full_clean()
    device.save()
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)
    return Enrollment(device=device, secret=secret, uri=uri)


@transaction.atomic
def set_up_mfa(*, user: User, name: str) -> tuple[Enrollment, list[str]]:
    """Switch a second factor on for a user who runs the server, and sees what it takes there.

    Returns also the recovery codes, to be shown once. Raises MfaEnabled.
    """
    enrollment = enroll_mfa(user=user, name=name)
    MfaDevice.objects.filter(pk=enrollment.device.pk).update(confirmed_at=clock.now())
    codes = _new_codes(enrollment.device)
    revoke_sessions(user_id=user.pk)
    events.publish(MfaChanged(user_id=user.pk, enabled=True))
    return enrollment, codes


@transaction.atomic
def confirm_mfa(*, user: User, code: str, session_id: UUID) -> list[str]:
    """Switch the second factor on by a first code; returns the recovery codes, to be shown once.

    The session that this is done in has shown a second factor by it; all others end, for they never
    did. Raises MfaEnabled, MfaNotEnabled and InvalidCode.
    """
    _lock(user)
    if device_of(user.pk) is not None:
        raise errors.MfaEnabled
    device = MfaDevice.objects.filter(user=user).first()
    if device is None:
        raise errors.MfaNotEnabled
    take_code(device=device, code=code)
    now = clock.now()
    MfaDevice.objects.filter(pk=device.pk).update(confirmed_at=now)
    Session.objects.filter(pk=session_id).update(verified_at=now, second_factor_at=now)
    codes = _new_codes(device)
    revoke_sessions(user_id=user.pk, but=session_id)
    _tell(user, enabled=True)
    events.publish(MfaChanged(user_id=user.pk, enabled=True))
    return codes


@transaction.atomic
def disable_mfa(*, user: User, code: str) -> None:
    """Switch the second factor off. Raises MfaNotEnabled, InvalidCode, and SecondFactorRequired
    where an organization of the user, or the platform of its staff, asks for it.
    """
    _lock(user)
    device = _device(user)
    required = Membership.objects.active().filter(
        user=user, organization__is_deleted=False, organization__requires_second_factor=True
    )
    if required.exists() or (user.is_staff and settings.STAFF_SECOND_FACTOR):
        raise errors.SecondFactorRequired
    take_code(device=device, code=code)
    device.delete()
    Session.objects.filter(user=user).update(second_factor_at=None)
    _tell(user, enabled=False)
    events.publish(MfaChanged(user_id=user.pk, enabled=False))


@transaction.atomic
def reset_mfa(*, user: User) -> None:
    """Have staff take the second factor from a user who lost it, and end all their sessions.

    Raises MfaNotEnabled.
    """
    _lock(user)
    _device(user).delete()
    revoke_sessions(user_id=user.pk)
    _tell(user, enabled=False)
    events.publish(MfaChanged(user_id=user.pk, enabled=False))


@transaction.atomic
def regenerate_recovery_codes(*, user: User) -> list[str]:
    """Make new recovery codes, to be shown once; earlier ones are void. Raises MfaNotEnabled."""
    _lock(user)
    return _new_codes(_device(user))


def _lock(user: User) -> None:
    """Have whatever is done to a user's second factor done one after another."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _device(user: User) -> MfaDevice:
    device = device_of(user.pk)
    if device is None:
        raise errors.MfaNotEnabled
    return device


def _tell(user: User, *, enabled: bool) -> None:
    write_to(user, "mfa_changed", enabled=enabled)


def _new_codes(device: MfaDevice) -> list[str]:
    RecoveryCode.objects.filter(device=device).delete()
    codes = [_code() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(device=device, code_hash=recovery_digest(device, code)) for code in codes]
    )
    return codes


def _code() -> str:
    letters = "".join(secrets.choice(LETTERS) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"
