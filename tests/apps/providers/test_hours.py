"""When providers are at work, also where clocks are changed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.providers import errors
from apps.providers.hours import (
    WEEKDAYS,
    Calendar,
    Opening,
    check_schedule,
    open_at,
    openings,
    openings_of,
)
from apps.providers.models import ServiceProviderProfile
from tests.factories.providers import HoursExceptionFactory, ProviderFactory, TimeOffFactory

ZONES = ("Africa/Cairo", "Europe/London", "America/New_York", "Asia/Kathmandu", "Pacific/Apia")


def _every_day(*hours: tuple[str, str]) -> dict[str, Any]:
    return {day: [list(pair) for pair in hours] for day in WEEKDAYS}


def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


def _spans(calendar: Calendar, begins: str, ends: str) -> list[str]:
    found = openings(calendar, _at(begins), _at(ends))
    return [f"{each.starts_at:%d %H:%M}-{each.ends_at:%d %H:%M}" for each in found]


def test_hours_are_those_of_the_zone_on_their_weekday():
    week = Calendar("Asia/Kathmandu", {"mon": [["08:00", "12:00"], ["13:00", "17:00"]]})

    found = _spans(week, "2026-03-01T00:00", "2026-03-08T00:00")

    assert found == ["02 02:15-02 06:15", "02 07:15-02 11:15"]


def test_what_is_asked_about_cuts_the_first_and_the_last():
    always = Calendar("UTC", _every_day(("00:00", "24:00")))

    assert _spans(always, "2026-03-01T10:30", "2026-03-03T11:00") == ["01 10:30-03 11:00"]


def test_a_day_of_its_own_takes_the_place_of_its_weekday():
    closed, other = date(2026, 3, 2), date(2026, 3, 3)
    exceptions = {closed: [], other: [["20:00", "24:00"]]}
    calendar = Calendar("UTC", _every_day(("08:00", "09:00")), exceptions)

    found = _spans(calendar, "2026-03-02T00:00", "2026-03-05T00:00")

    assert found == ["03 20:00-04 00:00", "04 08:00-04 09:00"]


def test_time_off_is_taken_out_wherever_it_falls():
    away = [
        (_at("2026-03-02T09:00"), _at("2026-03-02T10:00")),
        (_at("2026-03-02T16:00"), _at("2026-03-03T09:00")),
        (_at("2026-03-04T00:00"), _at("2026-03-05T00:00")),
    ]
    calendar = Calendar("UTC", _every_day(("08:00", "17:00")), {}, away)

    found = _spans(calendar, "2026-03-02T00:00", "2026-03-05T00:00")

    assert found == ["02 08:00-02 09:00", "02 10:00-02 16:00", "03 09:00-03 17:00"]


@pytest.mark.parametrize(
    ("zone", "hours", "day", "found"),
    [
        # Clocks skip 00:00 to 01:00 on 24 April 2026.
        ("Africa/Cairo", ("00:15", "00:45"), "2026-04-24", []),
        ("Africa/Cairo", ("00:30", "02:00"), "2026-04-24", ["23 22:00-23 23:00"]),
        # They skip 01:00 to 02:00 on 29 March 2026.
        ("Europe/London", ("00:30", "02:30"), "2026-03-29", ["29 00:30-29 01:30"]),
        # They show 01:00 to 02:00 twice on 25 October 2026.
        ("Europe/London", ("00:30", "02:30"), "2026-10-25", ["24 23:30-25 02:30"]),
        (
            *("Europe/London", ("00:30", "01:30"), "2026-10-25"),
            ["24 23:30-25 00:30", "25 01:00-25 01:30"],
        ),
        # They skip 02:00 to 03:00 on 8 March, and show 01:00 to 02:00 twice on 1 November 2026.
        ("America/New_York", ("01:00", "04:00"), "2026-03-08", ["08 06:00-08 08:00"]),
        ("America/New_York", ("02:15", "02:45"), "2026-03-08", []),
        (
            *("America/New_York", ("01:15", "01:45"), "2026-11-01"),
            ["01 05:15-01 05:45", "01 06:15-01 06:45"],
        ),
        ("America/New_York", ("00:00", "24:00"), "2026-11-01", ["01 04:00-02 05:00"]),
    ],
)
def test_a_skipped_hour_is_nobodys_and_a_repeated_one_counts_twice(
    zone: str, hours: tuple[str, str], day: str, found: list[str]
):
    calendar = Calendar(zone, {}, {date.fromisoformat(day): [list(hours)]})
    midnight = datetime.fromisoformat(day).replace(tzinfo=UTC)

    kept = openings(calendar, midnight - timedelta(days=1), midnight + timedelta(days=2))

    assert [f"{each.starts_at:%d %H:%M}-{each.ends_at:%d %H:%M}" for each in kept] == found


minutes = st.integers(0, 24 * 60)


@st.composite
def _hours(draw: Any) -> list[list[str]]:
    ends = sorted(draw(st.sets(minutes, max_size=6)))
    hours = [f"{each // 60:02}:{each % 60:02}" for each in ends]
    return [list(pair) for pair in zip(hours[::2], hours[1::2], strict=False)]


@st.composite
def _calendars(draw: Any) -> tuple[Calendar, datetime]:
    """A calendar, and an instant about which clocks are changed where they are."""
    around = draw(
        st.sampled_from(["2026-03-08", "2026-03-29", "2026-04-24", "2026-10-25", "2026-11-01"])
    )
    begins = _at(f"{around}T00:00") - timedelta(hours=draw(st.integers(0, 60)))
    weekly = draw(st.dictionaries(st.sampled_from(WEEKDAYS), _hours()))
    days = st.integers(0, 4).map(lambda step: begins.date() + timedelta(days=step))
    exceptions = draw(st.dictionaries(days, _hours(), max_size=3))
    starts = st.integers(0, 4 * 1440).map(lambda step: begins + timedelta(minutes=step))
    away = [
        (start, start + timedelta(minutes=length))
        for start, length in draw(st.lists(st.tuples(starts, st.integers(1, 2000)), max_size=3))
    ]
    return Calendar(draw(st.sampled_from(ZONES)), weekly, exceptions, away), begins


def _is_open(calendar: Calendar, at: datetime) -> bool:
    """The rule as one would say it: what the clock shows, and whether one is away."""
    shown = at.astimezone(ZoneInfo(calendar.zone))
    hours = calendar.hours_of(shown.date())
    kept = any(start <= f"{shown:%H:%M}" < end for start, end in hours)
    return kept and not any(gone <= at < back for gone, back in calendar.away)


def _quarters(begins: datetime, ends: datetime) -> Iterator[datetime]:
    while begins < ends:
        yield begins
        begins += timedelta(minutes=7)


@given(_calendars())
@settings(max_examples=150, deadline=None)
def test_openings_are_the_instants_at_which_the_clock_shows_an_hour(
    drawn: tuple[Calendar, datetime],
):
    calendar, begins = drawn
    ends = begins + timedelta(days=4)

    found = openings(calendar, begins, ends)

    assert all(begins <= each.starts_at < each.ends_at <= ends for each in found)
    assert all(a.ends_at < b.starts_at for a, b in pairwise(found))
    for at in _quarters(begins, ends):
        within = any(each.starts_at <= at < each.ends_at for each in found)
        assert within == _is_open(calendar, at), at


@pytest.mark.django_db
@given(st.lists(_calendars(), min_size=25, max_size=25))
@settings(
    max_examples=4,
    deadline=None,
    # What is drawn is large: many providers are asked about at once.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.large_base_example],
)
def test_the_condition_on_rows_agrees_with_the_spans(drawn: list[tuple[Calendar, datetime]]):
    providers = {_provider(calendar): calendar for calendar, _ in drawn}

    for at in (edge for calendar, begins in drawn for edge in _edges(calendar, begins)):
        found = set(open_at(at).filter(pk__in=providers).values_list("pk", flat=True))
        assert found == {pk for pk, calendar in providers.items() if _spans_hold(calendar, at)}


def _provider(calendar: Calendar) -> Any:
    provider = ProviderFactory(time_zone=calendar.zone, availability_schedule=calendar.weekly)
    for day, hours in calendar.exceptions.items():
        HoursExceptionFactory(provider=provider, date=day, hours=hours)
    for gone, back in calendar.away:
        TimeOffFactory(provider=provider, starts_at=gone, ends_at=back)
    return provider.pk


def _edges(calendar: Calendar, begins: datetime) -> list[datetime]:
    """When somebody stops working, and the second before."""
    found = openings(calendar, begins, begins + timedelta(days=4))[:2]
    return [each.ends_at - timedelta(seconds=back) for each in found for back in (0, 1)]


def _spans_hold(calendar: Calendar, at: datetime) -> bool:
    around = openings(calendar, at - timedelta(days=1), at + timedelta(days=1))
    return any(each.starts_at <= at < each.ends_at for each in around)


@pytest.mark.django_db
def test_the_condition_finds_those_at_work_in_one_statement(
    django_assert_num_queries: Any,
):
    monday = _at("2026-03-02T06:30")
    hours = {"availability_schedule": {"mon": [["07:00", "08:00"]]}}
    here = ProviderFactory(time_zone="Africa/Lagos", **hours)
    ProviderFactory(time_zone="Africa/Nairobi", **hours)
    ProviderFactory(availability_schedule={})
    away = ProviderFactory(time_zone="Africa/Lagos", **hours)
    TimeOffFactory(provider=away, starts_at=monday, ends_at=monday + timedelta(minutes=1))
    other = HoursExceptionFactory(date="2026-03-02", hours=[["06:00", "07:00"]]).provider

    with django_assert_num_queries(1):
        found = list(open_at(monday).order_by("pk"))

    assert found == [here, other]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "row",
    [
        {"time_zone": "Mars/Olympus"},
        {"availability_schedule": {"sun": "always"}},
        {"availability_schedule": {"sun": [["08:00"], 3, None, [1, 2]]}},
        {"availability_schedule": ["sun"]},
        {"availability_schedule": None, "time_zone": ""},
    ],
    ids=["unknown zone", "text", "odd pairs", "list", "nothing"],
)
def test_a_row_that_makes_no_sense_does_not_hide_the_others(row: dict[str, Any]):
    odd, other = (
        ProviderFactory(),
        ProviderFactory(availability_schedule=_every_day(("00:00", "24:00"))),
    )
    row = {name: value for name, value in row.items() if value is not None}
    ServiceProviderProfile.objects.filter(pk=odd.pk).update(**row)

    assert list(open_at(_at("2026-03-01T12:00"))) == [other]


@pytest.mark.django_db
@time_machine.travel("2026-03-01T12:00:00Z", tick=False)
def test_a_provider_s_openings_take_two_statements(django_assert_num_queries: Any):
    provider = ProviderFactory(availability_schedule={"mon": [["08:00", "12:00"]]})
    HoursExceptionFactory(provider=provider, date="2026-03-09", hours=[])
    HoursExceptionFactory(date="2026-03-16", hours=[])
    TimeOffFactory(
        provider=provider, starts_at="2026-03-02T10:00:00Z", ends_at="2026-03-02T11:00:00Z"
    )

    with django_assert_num_queries(2):
        found = openings_of(provider, _at("2026-03-01T00:00"), _at("2026-03-17T00:00"))

    assert found == [
        Opening(_at("2026-03-02T08:00"), _at("2026-03-02T10:00")),
        Opening(_at("2026-03-02T11:00"), _at("2026-03-02T12:00")),
        Opening(_at("2026-03-16T08:00"), _at("2026-03-16T12:00")),
    ]


@pytest.mark.django_db
@time_machine.travel("2026-03-01T12:00:00Z", tick=False)
@pytest.mark.parametrize(
    ("begins", "ends", "refused"),
    [
        ("2026-03-01T00:00", "2026-04-01T00:00", False),
        ("2026-03-01T00:00", "2026-04-01T00:01", True),
        ("2026-03-01T00:00", "2026-03-01T00:00", True),
        ("2026-03-02T00:00", "2026-03-01T00:00", True),
        ("2025-02-27T00:00", "2025-03-01T00:00", True),
        ("2028-03-01T00:00", "2028-03-02T00:00", True),
        ("0001-01-01T00:00", "0001-01-02T00:00", True),
        ("9999-12-30T00:00", "9999-12-31T00:00", True),
    ],
)
def test_what_is_asked_about_is_bounded(begins: str, ends: str, refused: bool):
    provider = ProviderFactory()

    def ask() -> None:
        openings_of(provider, _at(begins), _at(ends))

    if refused:
        with pytest.raises(errors.InvalidWindow):
            ask()
    else:
        ask()


@pytest.mark.parametrize(
    "schedule",
    [
        {"mon": [["08:00", "12:00"], ["12:30", "24:00"]]},
        {"mon": []},
        {"mon": [[f"{hour:02}:00", f"{hour:02}:30"] for hour in range(12)]},
        {},
    ],
)
def test_a_schedule_that_can_be_kept_is_taken(schedule: Any):
    check_schedule(schedule)


@pytest.mark.parametrize(
    "schedule",
    [
        {"monday": [["08:00", "12:00"]]},
        {"mon": [["12:00", "08:00"]]},
        {"mon": [["08:00", "08:00"]]},
        {"mon": [["08:00", "12:00"], ["11:00", "13:00"]]},
        {"mon": [["24:00", "25:00"]]},
        {"mon": [["8:00", "12:00"]]},
        {"mon": [["08:00+02:00", "12:00+02:00"]]},
        {"mon": [["08:00", "12:00", "13:00"]]},
        {"mon": [[8, 12]]},
        {"mon": ["ab"]},
        {"mon": "ab"},
        {"mon": 5},
        {"mon": None},
        {"mon": {"08:00": "12:00"}},
        {"mon": [{"08:00": 1, "12:00": 2}]},
        {"mon": [[f"{hour:02}:00", f"{hour:02}:30"] for hour in range(13)]},
        {1: []},
        [["mon"]],
        "mon",
        7,
    ],
    ids=str,
)
def test_a_schedule_that_cannot_be_kept_is_refused(schedule: Any):
    with pytest.raises(errors.InvalidSchedule):
        check_schedule(schedule)
