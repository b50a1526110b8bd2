"""When providers are at work: as spans of time, and as a condition on their rows.

A provider is at work whenever the clock on its wall shows one of its hours. So an hour that clocks
skip is nobody's working hour, and one that they show twice counts twice.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Exists, F, Func, OuterRef, QuerySet, Value

from apps.providers import errors
from apps.providers.models import (
    ProviderHoursException,
    ProviderTimeOff,
    ServiceProviderProfile,
)
from kernel import clock
from kernel.zones import all_zones, offset_of

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: A day ends at 24:00, and none begins then.
HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")

#: How many pairs of hours a day has at most.
MOST_SPANS = 12

#: How long a time can be asked about, and how far from now.
LONGEST, AGO, AHEAD = timedelta(days=31), timedelta(days=366), timedelta(days=731)

#: Pairs of hours, such as ("08:00", "12:30"), in order and apart.
Hours = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Opening:
    """A time in which a provider is at work, without its end."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """What says when a provider works: hours by weekday, days with others, and times away."""

    zone: str
    weekly: Mapping[str, Hours]
    exceptions: Mapping[date, Hours] = field(default_factory=dict)
    away: Iterable[tuple[datetime, datetime]] = ()

    def hours_of(self, day: date) -> Hours:
        """The hours of a day: its own, else those of its weekday."""
        found = self.exceptions.get(day)
        return self.weekly.get(WEEKDAYS[day.weekday()], ()) if found is None else found


def check_hours(hours: Hours) -> None:
    """Raise InvalidSchedule unless hours of a day are pairs of HH:MM, in order, without overlap,
    MOST_SPANS at most.
    """
    if not isinstance(hours, list | tuple) or len(hours) > MOST_SPANS:
        raise errors.InvalidSchedule
    if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in hours):
        raise errors.InvalidSchedule
    ends = [hour for pair in hours for hour in pair]
    if not all(isinstance(hour, str) and HOUR.fullmatch(hour) for hour in ends):
        raise errors.InvalidSchedule
    if any(a >= b for a, b in pairwise(ends)):
        raise errors.InvalidSchedule


def check_schedule(schedule: Mapping[str, Hours]) -> None:
    """Raise InvalidSchedule unless the hours of each weekday can be kept."""
    if not isinstance(schedule, Mapping) or not set(WEEKDAYS) >= set(schedule):
        raise errors.InvalidSchedule
    for hours in schedule.values():
        check_hours(hours)


def openings(calendar: Calendar, begins: datetime, ends: datetime) -> list[Opening]:
    """When a provider is at work between two instants, the earliest first, apart, in UTC."""
    kept = _without(calendar.away, _joined(_kept(calendar, begins, ends)))
    return [Opening(start, end) for start, end in kept]


Span = tuple[datetime, datetime]


def _kept(calendar: Calendar, begins: datetime, ends: datetime) -> Iterator[Span]:
    """The hours that lie between two instants, cut where clocks are changed."""
    for start, end, offset in _steady(ZoneInfo(calendar.zone), begins, ends):
        first, last = (at.replace(tzinfo=None) + offset for at in (start, end))
        for number in range((last.date() - first.date()).days + 1):
            midnight = datetime.combine(first.date() + timedelta(days=number), time.min)
            for pair in calendar.hours_of(midnight.date()):
                opens, closes = (midnight + _since_midnight(hour) for hour in pair)
                opens, closes = max(opens, first), min(closes, last)
                if opens < closes:
                    yield (
                        (opens - offset).replace(tzinfo=UTC),
                        (closes - offset).replace(tzinfo=UTC),
                    )


def _since_midnight(hour: str) -> timedelta:
    return timedelta(hours=int(hour[:2]), minutes=int(hour[3:]))


def _steady(
    zone: ZoneInfo, begins: datetime, ends: datetime
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The times between two instants in which a zone's clocks are not changed."""
    start, end = begins.astimezone(UTC), ends.astimezone(UTC)
    while start < end:
        stop = min(start + timedelta(days=1), end)
        offset = offset_of(zone, start)
        if offset_of(zone, stop) != offset:
            stop = min(_change(zone, start, stop), end)
        yield start, stop, offset
        start = stop


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """When, between two instants that differ, a zone's clocks are changed: on a whole second."""
    offset = offset_of(zone, before)
    low, high = int(before.timestamp()), int(after.timestamp()) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if offset_of(zone, datetime.fromtimestamp(middle, UTC)) == offset:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch as one."""
    found: list[Span] = []
    for start, end in spans:
        if found and found[-1][1] == start:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found


def _without(away: Iterable[Span], spans: list[Span]) -> list[Span]:
    """Spans with times taken out of them."""
    for gone, back in away:
        parts = [((start, min(end, gone)), (max(start, back), end)) for start, end in spans]
        spans = [part for both in parts for part in both if part[0] < part[1]]
    return spans


def openings_of(
    provider: ServiceProviderProfile, begins: datetime, ends: datetime
) -> list[Opening]:
    """When a provider is at work between two instants, 31 days apart at most, in two statements.

    Raises InvalidWindow.
    """
    now = clock.now()
    if not now - AGO <= begins < ends <= now + AHEAD or ends - begins > LONGEST:
        raise errors.InvalidWindow
    days = [at.date() + timedelta(days=step) for at, step in ((begins, -1), (ends, 1))]
    exceptions = ProviderHoursException.objects.filter(provider=provider, date__range=days)
    away = ProviderTimeOff.objects.filter(provider=provider, starts_at__lt=ends, ends_at__gt=begins)
    calendar = Calendar(
        provider.time_zone,
        provider.availability_schedule,
        dict(exceptions.values_list("date", "hours")),
        away.values_list("starts_at", "ends_at"),
    )
    return openings(calendar, begins, ends)


def open_at(instant: datetime) -> QuerySet[ServiceProviderProfile]:
    """The providers who are at work at an instant: ``openings`` as a condition on rows."""
    away = ProviderTimeOff.objects.filter(
        provider=OuterRef("pk"), starts_at__lte=instant, ends_at__gt=instant
    )
    rows: QuerySet[ServiceProviderProfile] = ServiceProviderProfile.objects.filter(
        KeepsHours(instant), ~Exists(away)
    )
    return rows


class KeepsHours(Func):
    """Whether the clock on a provider's wall shows one of its hours at an instant.

    What clocks show is said by us: the database may know other rules of zones than we do, and
    fails for one that it does not know.
    """

    output_field = BooleanField()
    sql = (
        "coalesce((SELECT jsonb_path_exists(coalesce(other.hours, {0} -> (wall.clock ->> 1)),"
        " 'strict $[*] ? (@[0] <= $now && $now < @[1])',"
        " jsonb_build_object('now', wall.clock -> 2), true)"
        " FROM (SELECT {1}::jsonb -> ({2}::jsonb ->> {3})) AS wall(clock)"
        " LEFT JOIN providers_providerhoursexception other"
        " ON other.provider_id = {4} AND other.date = (wall.clock ->> 0)::date), false)"
    )

    def __init__(self, instant: datetime) -> None:
        zones, clocks = _clocks(instant)
        super().__init__(
            F("availability_schedule"),
            *(Value(json.dumps(clocks)), Value(json.dumps(zones)), F("time_zone"), F("pk")),
        )

    def as_sql(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The expressions, each at its place."""
        parts = [compiler.compile(part) for part in self.get_source_expressions()]
        return self.sql.format(*(sql for sql, _ in parts)), [p for _, ps in parts for p in ps]


def _clocks(instant: datetime) -> tuple[dict[str, str], dict[str, list[str]]]:
    """How far from UTC each zone is at an instant; the day, weekday and hour at each distance."""
    offsets = {name: offset_of(zone, instant) for name, zone in all_zones().items()}
    clocks = {}
    for offset in set(offsets.values()):
        shown = instant.astimezone(UTC) + offset
        clocks[str(offset)] = [
            shown.date().isoformat(),
            WEEKDAYS[shown.weekday()],
            f"{shown:%H:%M}",
        ]
    return {name: str(offset) for name, offset in offsets.items()}, clocks
