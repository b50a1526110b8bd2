"""The one place that asks what time it is."""

from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from django.utils import timezone


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return timezone.now()


def today(zone: str | tzinfo = "UTC") -> date:
    """The present day in a zone, named or given."""
    return now().astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone).date()
