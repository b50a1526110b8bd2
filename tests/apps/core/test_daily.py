"""Counting what a day has a limit for."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import transaction

from apps.core.errors import DailyLimitReached
from apps.core.models import DailyCount
from apps.core.services.daily import count_today, forget_old_counts
from kernel.viewer import SYSTEM, acting_as
from tests.support.races import race

pytestmark = pytest.mark.django_db(transaction=True)


def counts() -> dict[str, int]:
    return dict(DailyCount.objects.values_list("name", "count"))


def count(name: str, limit: int) -> None:
    """Count in a transaction of its own."""
    with acting_as(SYSTEM):
        count_today(name, limit)


def test_a_day_takes_as_many_as_its_limit():
    DailyCount.objects.create(name="noise", day=datetime.now(UTC).date(), count=7)
    for _ in range(3):
        count("sms", 3)

    with pytest.raises(DailyLimitReached) as refusal:
        count("sms", 3)

    assert refusal.value.code == "daily_limit_reached"
    assert counts() == {"sms": 3, "noise": 7}


def test_a_limit_of_nothing_takes_none():
    with pytest.raises(DailyLimitReached):
        count("sms", 0)

    assert counts() == {}


def test_a_limit_that_was_lowered_holds_at_once():
    for _ in range(3):
        count("sms", 3)

    with pytest.raises(DailyLimitReached):
        count("sms", 2)

    assert counts() == {"sms": 3}


def test_the_next_day_starts_anew():
    with time_machine.travel(datetime(2026, 3, 1, 23, 59, tzinfo=UTC)):
        count("sms", 1)

    with time_machine.travel(datetime(2026, 3, 2, 0, 1, tzinfo=UTC)):
        count("sms", 1)

        with pytest.raises(DailyLimitReached):
            count("sms", 1)


def test_what_was_rolled_back_was_not_counted():
    with suppress(RuntimeError), transaction.atomic():
        count_today("sms", 1)
        raise RuntimeError

    count("sms", 1)

    assert counts() == {"sms": 1}


def test_many_at_once_take_exactly_the_limit():
    outcomes = race(*[lambda: count("sms", 10)] * 48)

    assert sum(outcome is None for outcome in outcomes) == 10
    assert sum(isinstance(outcome, DailyLimitReached) for outcome in outcomes) == 38
    assert counts() == {"sms": 10}


def test_the_counts_of_past_days_are_forgotten():
    with time_machine.travel(datetime(2026, 3, 1, tzinfo=UTC)):
        count("old", 1)

    with time_machine.travel(datetime(2026, 3, 2, tzinfo=UTC)):
        count("new", 1)
        gone = forget_old_counts()

    assert (gone, counts()) == (1, {"new": 1})
