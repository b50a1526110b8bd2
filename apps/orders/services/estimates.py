"""What orders cost by the catalog: priced when they are written down, anew whenever what they ask
for changes, and once more when they are published.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from apps.catalog.lines import Quote
from apps.catalog.pricing import ChosenAddon, Wish
from apps.catalog.quotes import quote
from apps.catalog.urgency import Urgency
from apps.orders.models import Order, OrderAddon
from apps.orders.services.schedule import service_at
from kernel.money import CurrencyMismatch, Money

#: What the price depends on, besides the addons.
PRICED = frozenset(
    {"service_subcategory", "package", "area", "service_date", "service_time", "urgency"}
)
#: The columns that hold it.
COLUMNS = ("estimated_price", "estimated_duration", "price_lines")


def estimate(order: Order, addons: Sequence[ChosenAddon], *, now: datetime) -> Quote | None:
    """Price an order, and write that on it; None where it has no area and counts in a currency in
    which the catalog has no prices.

    Raises CurrencyMismatch where it has a package or addons then, or an area of another currency,
    and what ``pricing.price`` raises.
    """
    wish = Wish(
        subcategory=order.service_subcategory,
        addons=addons,
        package=order.package,
        area=order.area,
        service_at=service_at(order),
        urgency=Urgency(order.urgency),
    )
    found = quote(wish, now=now)
    if found.currency == order.currency:
        order.estimated_price = found.total
        order.estimated_duration = found.estimated_duration
        order.price_lines = [line.as_row() for line in found.lines]
        return found
    if addons or order.package or order.area:
        raise CurrencyMismatch
    order.estimated_price, order.price_lines = None, []
    return None


def estimated(order: Order) -> dict[str, Any]:
    """The columns of an order that its price stands in, with their values."""
    return {name: getattr(order, name) for name in COLUMNS}


def chosen(order: Order) -> list[ChosenAddon]:
    """The addons of an order as they were chosen."""
    rows = order.addons.select_related("addon").order_by("created_at", "pk")
    return [ChosenAddon(row.addon, row.quantity) for row in rows]


def keep_addons(order: Order, addons: Sequence[ChosenAddon], found: Quote | None) -> None:
    """Have an order hold these addons and no others, at the prices of a quote."""
    wanted = [each.addon.pk for each in addons]
    held = OrderAddon.objects.filter(order=order)
    held.exclude(addon__in=wanted).bulk_soft_delete()
    rows = {row.addon_id: row for row in held.all()}
    for each in addons:
        row = rows.get(each.addon.pk) or OrderAddon(order=order, addon=each.addon)
        row.quantity, row.currency = each.quantity, order.currency
        row.price = found.unit_price_of(each.addon) if found else Money(0, order.currency)
        row.full_clean()
        row.save()
