"""What time it is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from kernel import clock


def test_now_is_aware_and_in_utc():
    found = clock.now()

    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("UTC", date(2025, 12, 31)),
        ("Africa/Johannesburg", date(2026, 1, 1)),
        (ZoneInfo("Asia/Bishkek"), date(2026, 1, 1)),
        ("America/New_York", date(2025, 12, 31)),
    ],
)
def test_the_day_depends_on_the_place(zone: str | ZoneInfo, day: date):
    with time_machine.travel(datetime(2025, 12, 31, 22, 30, tzinfo=UTC), tick=False):
        found = clock.today(zone)

    assert found == day
