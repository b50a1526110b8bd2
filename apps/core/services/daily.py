"""Counting what a day has a limit for."""

from django.db import connection

from apps.core import errors
from apps.core.models import DailyCount
from kernel import clock


def count_today(name: str, limit: int) -> None:
    """Count that something is done once more today, in UTC; raises DailyLimitReached.

    Within a transaction of the caller's, so that what is refused or fails was not counted.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_dailycount AS counted (name, day, count) SELECT %s, %s, 1"
            " WHERE %s > 0 ON CONFLICT (name, day)"
            " DO UPDATE SET count = counted.count + 1 WHERE counted.count < %s",
            [name, clock.today(), limit, limit],
        )
        if cursor.rowcount == 0:
            raise errors.DailyLimitReached


def forget_old_counts() -> int:
    """Remove the counts of the days before today; returns how many."""
    return int(DailyCount.objects.filter(day__lt=clock.today()).delete()[0])
