"""When an order is wanted, by the clocks where it is, and until when it is open to bids."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apps.catalog.errors import ServiceDatePast
from apps.orders.configuration import OPEN_DAYS
from apps.orders.errors import ServiceDateFar
from apps.orders.models import Order

LAST_SECOND = time(23, 59, 59)
#: Where days end last.
LAST_ZONE = "Etc/GMT+12"
#: How far ahead work can be ordered.
FURTHEST = timedelta(days=730)


def service_at(order: Order) -> datetime | None:
    """The instant that an order names, the end of the day without an hour; None without a day.

    By the clocks of its area, of UTC without one.
    """
    if order.service_date is None:
        return None
    zone = ZoneInfo(order.area.time_zone) if order.area else UTC
    return datetime.combine(order.service_date, order.service_time or LAST_SECOND, zone)


def day_ends_at(order: Order) -> datetime | None:
    """When the day of service is over in the order's area, without one everywhere on Earth."""
    if order.service_date is None:
        return None
    zone = ZoneInfo(order.area.time_zone if order.area else LAST_ZONE)
    return datetime.combine(order.service_date, LAST_SECOND, zone)


def check_day(order: Order, *, now: datetime) -> None:
    """Refuse a day that is over, or too far ahead. Raises ServiceDatePast or ServiceDateFar."""
    end = day_ends_at(order)
    if end is not None and end < now:
        raise ServiceDatePast
    if end is not None and end > now + FURTHEST:
        raise ServiceDateFar


def open_until(order: Order, *, now: datetime) -> datetime:
    """Until when an order that is published now takes bids: for as many days as the platform says,
    but not past the day of service.
    """
    return within_day(order, now + timedelta(days=OPEN_DAYS.value()))


def within_day(order: Order, at: datetime) -> datetime:
    """An instant, or the end of the order's day where that comes before."""
    return min(at, day_ends_at(order) or at)
