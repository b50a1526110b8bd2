"""Time zones by their IANA names."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.db.models import DateField, Func, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

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


@cache
def all_zones() -> dict[str, ZoneInfo]:
    """All zones by name, kept: reading one takes longer than asking it."""
    return {name: ZoneInfo(name) for name in sorted(available_timezones())}


def offset_of(zone: ZoneInfo, at: datetime) -> timedelta:
    """How far a zone's clocks are ahead of UTC at an instant."""
    return at.astimezone(zone).utcoffset() or timedelta()


def day_in(zone: Combinable, instant: datetime) -> Combinable:
    """The day that it is at an instant in the zone that an expression names; UTC's without one.

    It is said by us: the database may know other rules of zones than we do, and fails for one that
    it does not know.
    """
    at = instant.astimezone(UTC)
    days = {name: (at + offset_of(rules, at)).date() for name, rules in all_zones().items()}
    elsewhere = {name: day.isoformat() for name, day in days.items() if day != at.date()}
    known = Func(
        *(Value(json.dumps(elsewhere)), zone),
        template="(%(expressions)s)::date",
        arg_joiner="::jsonb ->> ",
        output_field=DateField(),
    )
    return Coalesce(known, Value(at.date()))


def minutes_from_utc(name: str, at: datetime) -> int:
    """How many minutes a zone's clocks are ahead of UTC at an instant."""
    offset = at.astimezone(ZoneInfo(name)).utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0
