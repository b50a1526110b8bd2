"""Days with other hours, and time off."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from apps.providers import errors
from apps.providers.hours import Hours, check_hours
from apps.providers.models import (
    ProviderHoursException,
    ProviderTimeOff,
    ServiceProviderProfile,
)
from apps.providers.services.locks import locked_provider
from kernel import clock

LONGEST_TIME_OFF = timedelta(days=366)


@transaction.atomic
def set_hours_exception(
    *, provider: ServiceProviderProfile, date: date, hours: Hours
) -> ProviderHoursException:
    """Keep other hours than in the week on a day, or none at all.

    Raises InvalidSchedule, and DatePast for a day that is over where the provider is.
    """
    check_hours(hours)
    if date < clock.today(locked_provider(provider.pk).time_zone):
        raise errors.DatePast
    kept: ProviderHoursException
    kept, _ = ProviderHoursException.objects.update_or_create(
        provider=provider, date=date, defaults={"hours": [list(pair) for pair in hours]}
    )
    return kept


@transaction.atomic
def remove_hours_exception(*, exception: ProviderHoursException) -> ServiceProviderProfile:
    """Keep the hours of the week on a day again."""
    ProviderHoursException.objects.filter(pk=exception.pk).delete()
    return exception.provider


@transaction.atomic
def add_time_off(
    *,
    provider: ServiceProviderProfile,
    starts_at: datetime,
    ends_at: datetime,
    reason: str = "",
) -> ProviderTimeOff:
    """Take no work for a time, from today on and up to a year.

    Raises InvalidTimeOff, or ValidationError where it ends before it starts (invalid_range).
    """
    zone = locked_provider(provider.pk).time_zone
    time_off = ProviderTimeOff(provider=provider, reason=reason)
    time_off.starts_at, time_off.ends_at = starts_at, ends_at
    time_off.full_clean()
    starts_past = clock.today(zone) > starts_at.astimezone(ZoneInfo(zone)).date()
    if starts_past or ends_at <= clock.now() or ends_at - starts_at > LONGEST_TIME_OFF:
        raise errors.InvalidTimeOff
    time_off.save()
    return time_off


@transaction.atomic
def remove_time_off(*, time_off: ProviderTimeOff) -> ServiceProviderProfile:
    """Take work after all."""
    ProviderTimeOff.objects.filter(pk=time_off.pk).delete()
    return time_off.provider
