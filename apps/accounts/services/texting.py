"""What keeps text messages with codes from being many: pauses, and limits of a day."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.conf import settings

from apps.accounts import errors
from apps.accounts.models import Challenge
from apps.core.services.daily import count_today
from kernel import clock


def check_pause(newest: datetime | None) -> None:
    """Raise ResendTooSoon when the last code was sent a moment ago; ``newest`` is when."""
    pause, now = timedelta(seconds=settings.CODE_RESEND_SECONDS), clock.now()
    if newest is not None and newest > now - pause:
        raise errors.ResendTooSoon(ceil((newest + pause - now).total_seconds()))


def count_text(*, number: str, asker: Any) -> None:
    """Count a text message by its number, whoever asks, by the key of who asks, whatever the
    number, and by the day. Raises DailyLimitReached.
    """
    count_today(f"sms.{target_digest(number)}", settings.SMS_PER_NUMBER_AND_DAY)
    count_today(f"sms.{asker}", settings.SMS_PER_NUMBER_AND_DAY)
    count_today("sms", settings.SMS_PER_DAY)


def target_digest(target: str) -> str:
    """What an address or number is counted under: it does not tell it."""
    digests: list[str] = Challenge._meta.get_field("target_index").digests(target)
    return digests[0]
