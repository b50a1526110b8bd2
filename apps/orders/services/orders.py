"""Placing orders, changing them, and taking them back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.accounts.models import ClientProfile
from apps.accounts.services.clients import count_for_client
from apps.catalog.pricing import ChosenAddon, urgency_at
from apps.orders import errors
from apps.orders.events import OrderPublished, OrderUpdated
from apps.orders.models import Bid, Order
from apps.orders.services.estimates import PRICED, chosen, estimate, estimated, keep_addons
from apps.orders.services.schedule import check_day, open_until, service_at, within_day
from apps.orders.services.transitions import (
    BEGINS,
    client_user_id,
    illegal,
    locked,
    move,
)
from kernel import clock, events
from kernel.models import require_version
from kernel.money import CurrencyMismatch, Money

#: The place that bids are made for; the street and its number are for the parties alone.
PLACE = ("area", "city", "state", "country", "postal_code", "latitude", "longitude")
#: What bids were made on, and what therefore stays as it is once there are any.
FIXED_BY_BIDS = PRICED | {*PLACE, "addons"}
#: What an order takes from its area where nothing else is said.
OF_AREA = ("city", "state", "country")
BUDGET = ("budget_min", "budget_max")
#: While an order stands so, its client changes what it asks for: of one that expired, say, the day.
CHANGED = (Order.Status.DRAFT, Order.Status.PUBLISHED, Order.Status.EXPIRED)
#: What the instant of service follows from.
INSTANT = {"service_date", "service_time", "area"}


@transaction.atomic
def create_order(
    *,
    client: ClientProfile,
    details: Mapping[str, Any],
    currency: str | None = None,
    addons: Sequence[ChosenAddon] = (),
) -> Order:
    """Write down what a client wants, as a draft that only they see, with its price by the catalog.

    ``details`` are fields of Order. The currency is that of the area where none is given, and how
    urgent it is follows from the day, up to the publication, where that is not said. Raises
    ServiceDatePast, ServiceDateFar, CurrencyMismatch, what ``pricing.price`` raises, or
    ValidationError when a constraint of Order is broken.
    """
    now, area = clock.now(), details.get("area")
    order = Order(client_profile=client, currency=currency or _currency_of(area))
    if area is not None:
        details = {name: getattr(area, name) for name in OF_AREA} | dict(details)
    _assign(order, details, now)
    order.full_clean()
    quote = estimate(order, addons, now=now)
    order.save()
    keep_addons(order, addons, quote)
    return order


@transaction.atomic
def update_order(*, order: Order, changes: Mapping[str, Any], version: int | None = None) -> Order:
    """Change what an order asks for, while it is a draft, open to bids or expired, and price it
    anew where that makes a difference. ``changes`` are fields of Order; ``addons`` are all that it
    is to have.

    A new area brings its currency and clocks, and where it lies if nothing else is said; a new day
    says how urgent it is, likewise, and that it takes bids no longer than that. Raises
    VersionConflict, IllegalTransition later than that, OrderHasBids for what bids were made on, and
    what ``create_order`` raises.
    """
    order, now = locked(order), clock.now()
    require_version(order, version)
    if order.status not in CHANGED:
        raise illegal(order)
    if FIXED_BY_BIDS & changes.keys() and Bid.objects.standing().filter(order=order).exists():
        raise errors.OrderHasBids
    is_priced_anew = bool((PRICED | {"addons"}) & changes.keys())
    columns = dict(changes)
    addons = columns.pop("addons", None)
    columns = _moved(order, columns)
    columns |= _assign(order, columns, now)
    if order.expires_at is not None and {"service_date", "area"} & changes.keys():
        columns["expires_at"] = order.expires_at = within_day(order, order.expires_at)
    order.full_clean()
    if is_priced_anew:
        addons = chosen(order) if addons is None else addons
        quote = estimate(order, addons, now=now)
        keep_addons(order, addons, quote)
        columns |= estimated(order)
    order.save(update_fields=list(columns))
    if order.takes_bids:
        events.publish(OrderUpdated(order_id=order.pk))
    return order


@transaction.atomic
def publish_order(*, order: Order) -> Order:
    """Open a draft to the bids of verified providers, at the catalog's prices of this moment.

    Raises IllegalTransition, ServiceDatePast, ServiceDateFar, or what ``pricing.price`` raises
    where something is not on offer any more.
    """
    order, now = locked(order), clock.now()
    if order.status not in BEGINS["publish"]:
        raise illegal(order)
    check_day(order, now=now)
    changes, addons = _urgency_of_day(order, now), chosen(order)
    keep_addons(order, addons, estimate(order, addons, now=now))
    changes |= estimated(order) | {"expires_at": open_until(order, now=now)}
    move(order, name="publish", to=Order.Status.PUBLISHED, **changes)
    count_for_client(client_id=order.client_profile_id, count="total_orders")
    events.publish(OrderPublished(order_id=order.pk, client_user_id=client_user_id(order)))
    return order


@transaction.atomic
def delete_order(*, order: Order) -> Order:
    """Hide a draft, or an order that was cancelled or is over, with all that hangs on it.

    Raises IllegalTransition for one that providers still count on.
    """
    order = locked(order)
    if order.status not in (Order.Status.DRAFT, Order.Status.CANCELLED, Order.Status.CONFIRMED):
        raise illegal(order)
    order.soft_delete()
    return order


@transaction.atomic
def restore_order(*, order: Order) -> Order:
    """Bring back a deleted order with what its deletion took."""
    order.restore()
    return order


@transaction.atomic
def feature_order(*, order: Order, is_featured: bool) -> Order:
    """Show an order before others, or no longer. Does nothing where it is so already."""
    order = locked(order)
    if order.is_featured != is_featured:
        order.is_featured = is_featured
        order.save(update_fields=["is_featured"])
        if order.takes_bids:
            events.publish(OrderUpdated(order_id=order.pk))
    return order


def _assign(order: Order, details: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Write values on an order; what followed from them, besides."""
    for name, value in details.items():
        if isinstance(value, Money) and value.currency != order.currency:
            raise CurrencyMismatch
        setattr(order, name, value)
    if "service_date" in details:
        check_day(order, now=now)
    if "urgency" in details:
        order.urgency_is_named = True
        return {"urgency_is_named": True}
    if {"service_date", "service_time"} & details.keys():
        order.urgency_is_named = False
    if order._state.adding or INSTANT & details.keys():
        return {"urgency_is_named": order.urgency_is_named} | _urgency_of_day(order, now)
    return {}


def _urgency_of_day(order: Order, now: datetime) -> dict[str, Any]:
    """Write on an order how urgent it is by its day, unless its client said that."""
    if not order.urgency_is_named:
        order.urgency = urgency_at(service_at(order), now=now)
    return {"urgency": order.urgency}


def _moved(order: Order, changes: dict[str, Any]) -> dict[str, Any]:
    """The changes, with what another area brings.

    Raises CurrencyMismatch where a budget would be left in another currency.
    """
    area = changes.get("area")
    if "area" not in changes or area == order.area:
        return changes
    if area is not None:
        changes = {name: getattr(area, name) for name in OF_AREA} | changes
    currency = _currency_of(area)
    if currency == order.currency:
        return changes
    if any(getattr(order, name) is not None and name not in changes for name in BUDGET):
        raise CurrencyMismatch
    order.currency = currency
    return {"currency": currency} | changes


def _currency_of(area: Any) -> str:
    currency: str = area.currency if area is not None else settings.PLATFORM_CURRENCY
    return currency
