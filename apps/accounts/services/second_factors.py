"""One-time passwords and recovery codes: each lets its user in once, also of two uses at once."""

import hashlib
import hmac
import re
from uuid import UUID

import pyotp
from django.conf import settings

from apps.accounts import errors
from apps.accounts.models import MfaDevice, RecoveryCode
from kernel import clock
from kernel.buckets import Bucket, take

STEP_SECONDS = 30
#: Steps that a device's clock may be off, each way.
WINDOW = 1


def device_of(user_id: UUID) -> MfaDevice | None:
    """The device that makes a user's codes, None where they have no second factor."""
    found: MfaDevice | None = MfaDevice.objects.filter(
        user=user_id, confirmed_at__isnull=False
    ).first()
    return found


def take_code(*, device: MfaDevice, code: str) -> None:
    """Use up a code of a device, or one of its recovery codes.

    All tries of its user are counted together, wherever they are made: so many codes are right at a
    time that nobody may try many. Raises InvalidCode and RateLimited.
    """
    rate, _ = settings.RATES["CODE"]
    take(Bucket("SECOND_FACTOR.account", str(device.user_id), rate))
    typed = re.sub(r"[\s-]", "", code).lower()
    if not (_take_password(device, typed) or _take_recovery_code(device, typed)):
        raise errors.InvalidCode


def recovery_digest(device: MfaDevice, code: str) -> str:
    """What is kept of a recovery code. Its key is the device's secret, which lies encrypted: the
    table alone does not let anybody try codes.
    """
    typed = re.sub(r"[\s-]", "", code).lower()
    return hmac.new(device.secret.encode(), typed.encode(), hashlib.sha256).hexdigest()


def _take_password(device: MfaDevice, typed: str) -> bool:
    """Use up a one-time password: none of its step, or of an earlier one, is taken after it."""
    now = int(clock.now().timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(device.secret)
    for step in range(now - WINDOW, now + WINDOW + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
            taken: int = MfaDevice.objects.filter(pk=device.pk, last_step__lt=step).update(
                last_step=step, last_used_at=clock.now()
            )
            return bool(taken)
    return False


def _take_recovery_code(device: MfaDevice, typed: str) -> bool:
    taken: int = RecoveryCode.objects.filter(
        device=device.pk, code_hash=recovery_digest(device, typed), used_at=None
    ).update(used_at=clock.now())
    return bool(taken)
