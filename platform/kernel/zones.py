"""Time zones by their IANA names."""

from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from kernel.errors import DomainError


class UnknownTimezone(DomainError):
    """The name is none of a time zone."""

    code = "unknown_timezone"
    message = "There is no time zone of that name."
    field = "timezone"


def check_zone(name: str) -> None:
    """Raise UnknownTimezone for a name that is not IANA's."""
    if name not in available_timezones():
        raise UnknownTimezone


def minutes_from_utc(name: str, at: datetime) -> int:
    """How many minutes a zone's clocks are ahead of UTC at an instant."""
    offset = at.astimezone(ZoneInfo(name)).utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0
