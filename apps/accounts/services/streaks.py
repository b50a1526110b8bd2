"""Days in a row on which users came, as their own clocks count days.

The last day that counted only ever moves forward, whatever zones a user moves through: so no day
counts twice.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Q, When
from django.db.models.functions import Greatest

from apps.accounts.deeds import STREAKS
from apps.accounts.models import User
from apps.accounts.services.points import award
from kernel import clock


@transaction.atomic
def record_activity(*, user_id: UUID) -> bool:
    """Count the present day of a user, once. The day after the last one makes the row longer, a
    later one begins another. Returns whether the day had not counted before.
    """
    users = User.objects.filter(pk=user_id)
    zone = users.values_list("timezone", flat=True).first()
    if zone is None:
        return False
    today = clock.today(zone)
    length = Case(
        When(last_active_date=today - timedelta(days=1), then=F("day_streak") + 1), default=1
    )
    counted = users.filter(Q(last_active_date=None) | Q(last_active_date__lt=today)).update(
        day_streak=length,
        max_day_streak=Greatest(F("max_day_streak"), length),
        last_active_date=today,
        version=F("version"),
        updated_at=F("updated_at"),
    )
    if counted:
        _award(user_id)
    return bool(counted)


def move_to_zone(user: User, zone: str) -> None:
    """Give a locked user, whom the caller saves, another time zone.

    Clocks that go forward can skip a day that the user never had: a row that was unbroken stays so.
    """
    before, after = clock.today(user.timezone), clock.today(zone)
    user.timezone = zone
    last = user.last_active_date
    if last is not None and last <= before <= last + timedelta(days=1) and after > before:
        user.last_active_date = last + (after - before)


def _award(user_id: UUID) -> None:
    length = User.objects.values_list("day_streak", flat=True).get(pk=user_id)
    if length in STREAKS:
        award(user_id=user_id, deed=STREAKS[length], reference=user_id)
