"""Days in a row, by the user's own clocks."""

from collections.abc import Iterable

import pytest
import time_machine

from apps.accounts.models import PointsAward, User
from apps.accounts.services.profiles import update_profile
from apps.accounts.services.streaks import record_activity
from tests.factories.accounts import UserFactory, UserProfileFactory
from tests.support.races import race

WEST, EAST = "America/Los_Angeles", "Pacific/Kiritimati"


def _come(user: User, *instants: str) -> list[bool]:
    counted = []
    for instant in instants:
        with time_machine.travel(instant, tick=False):
            counted.append(record_activity(user_id=user.pk))
    user.refresh_from_db()
    return counted


def _days(month: int, days: Iterable[int]) -> list[str]:
    return [f"2026-{month:02}-{day:02}T12:00:00Z" for day in days]


def _move(user: User, zone: str, instant: str) -> None:
    with time_machine.travel(instant, tick=False):
        update_profile(user=user, changes={"timezone": zone})


def _row(user: User) -> tuple[int, int]:
    return user.day_streak, user.max_day_streak


@pytest.fixture
def user(db: None) -> User:
    """Somebody whose clocks show UTC."""
    found: User = UserProfileFactory().user
    return found


def test_a_day_counts_once_and_the_next_one_makes_the_row_longer(user: User):
    noise, version = UserFactory(), user.version

    first = _come(user, "2026-03-01T00:00:00Z", "2026-03-01T12:00:00Z", "2026-03-01T23:59:59Z")
    after_one = _row(user)
    second = _come(user, "2026-03-02T00:00:00Z")

    assert (first, after_one) == ([True, False, False], (1, 1))
    assert (second, _row(user), user.version) == ([True], (2, 2), version)
    noise.refresh_from_db()
    assert _row(noise) == (0, 0)


def test_a_day_missed_begins_another_row_and_the_longest_is_kept(user: User):
    _come(user, *_days(3, [1, 2, 3, 5, 6]))

    assert _row(user) == (2, 3)


def test_a_day_is_that_of_the_users_clocks(user: User):
    User.objects.filter(pk=user.pk).update(timezone="Africa/Johannesburg")

    counted = _come(user, "2026-03-01T21:59:00Z", "2026-03-01T22:01:00Z", "2026-03-02T21:59:00Z")

    assert counted == [True, True, False]
    assert _row(user) == (2, 2)


def test_days_on_which_clocks_change_are_days_like_others(user: User):
    User.objects.filter(pk=user.pk).update(timezone=WEST)

    # From PST to PDT on the eighth of March.
    _come(user, "2026-03-08T07:59:00Z", "2026-03-08T08:01:00Z", "2026-03-09T07:01:00Z")

    assert _row(user) == (3, 3)


def test_moving_clocks_back_counts_no_day_twice(user: User):
    User.objects.filter(pk=user.pk).update(timezone=EAST)
    _come(user, "2026-03-01T12:00:00Z")

    _move(user, WEST, "2026-03-01T12:30:00Z")
    counted = _come(user, "2026-03-01T13:00:00Z", "2026-03-02T13:00:00Z", "2026-03-03T13:00:00Z")

    # The second of March counted on the island already.
    assert counted == [False, False, True]
    assert _row(user) == (2, 2)


def test_a_day_that_moving_clocks_forward_skips_breaks_no_row(user: User):
    User.objects.filter(pk=user.pk).update(timezone=WEST)
    _come(user, "2026-03-01T16:00:00Z")

    # From the evening of the first to the evening of the second, with no second in between.
    _move(user, EAST, "2026-03-02T07:00:00Z")
    counted = _come(user, "2026-03-02T20:00:00Z")

    assert counted == [True]
    assert _row(user) == (2, 2)


def test_moving_to_and_fro_neither_earns_days_nor_heals_a_row(user: User):
    User.objects.filter(pk=user.pk).update(timezone=WEST)
    _come(user, "2026-03-01T16:00:00Z")

    earned = []
    for hour in range(17, 24):
        for zone in (EAST, WEST):
            _move(user, zone, f"2026-03-01T{hour}:00:00Z")
            earned += _come(user, f"2026-03-01T{hour}:30:00Z")
    _move(user, EAST, "2026-03-05T16:00:00Z")
    _move(user, WEST, "2026-03-05T16:10:00Z")
    late = _come(user, "2026-03-05T16:20:00Z")

    assert True not in earned
    assert (late, user.day_streak) == ([True], 1)


def test_seven_days_in_a_row_are_worth_points_once(user: User):
    _come(user, *_days(3, range(1, 7)))
    before = user.points
    _come(user, *_days(3, range(7, 9)), *_days(4, range(1, 9)))

    assert (before, user.points) == (0, 25)
    assert [*PointsAward.objects.values_list("deed", "points")] == [("STREAK_7", 25)]


def test_who_closed_their_account_comes_no_more(user: User):
    user.soft_delete()

    assert _come(User._base_manager.get(pk=user.pk), "2026-03-01T00:00:00Z") == [False]


@pytest.mark.usefixtures("transactional_db")
def test_who_comes_many_times_at_once_comes_on_one_day():
    user = UserFactory()

    outcomes = race(*[lambda: record_activity(user_id=user.pk)] * 12)

    user.refresh_from_db()
    assert (outcomes.count(True), outcomes.count(False)) == (1, 11)
    assert _row(user) == (1, 1)
