"""Placing orders, changing them, and taking them back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from apps.accounts.models import ClientProfile
from apps.accounts.services.clients import count_for_client
from apps.catalog.models import ServiceAddon
from apps.orders import errors
from apps.orders.events import OrderCancelled, OrderPublished, OrderUpdated
from apps.orders.models import Bid, Order, OrderAddon
from apps.orders.services.transitions import (
    client_user_id,
    illegal,
    locked,
    move,
)
from kernel import clock, events
from kernel.models import require_version
from kernel.money import CurrencyMismatch, Money

#: What bids were made on, and what therefore stays as it is once there are any.
FIXED_BY_BIDS = frozenset({"service_subcategory", "area", "service_date", "service_time"})


@dataclass(frozen=True, slots=True)
class ChosenAddon:
    """An addon of the order's service, and how many of it."""

    addon: ServiceAddon
    quantity: int = 1


@transaction.atomic
def create_order(
    *,
    client: ClientProfile,
    details: Mapping[str, Any],
    currency: str | None = None,
    addons: Sequence[ChosenAddon] = (),
) -> Order:
    """Write down what a client wants, as a draft that only they see.

    ``details`` are fields of Order. The currency is that of the area where none is given. Raises
    ServiceDatePast, CurrencyMismatch, AddonNotOffered, PrerequisiteMissing, InvalidQuantity, or
    ValidationError when a constraint of Order is broken.
    """
    area = details.get("area")
    order = Order(client_profile=client, currency=currency or _currency_of(area))
    if area is not None:
        details = {"city": area.city, "state": area.state, "country": area.country, **details}
    _assign(order, details)
    order.full_clean()
    order.save()
    _check_prerequisites([chosen.addon for chosen in addons])
    for chosen in addons:
        _add(order, chosen)
    return order


@transaction.atomic
def update_order(*, order: Order, changes: Mapping[str, Any], version: int | None = None) -> Order:
    """Change what an order asks for, while it is a draft or open to bids.

    Raises VersionConflict, IllegalTransition later than that, OrderHasBids for what bids were made
    on, and what ``create_order`` raises.
    """
    order = locked(order)
    require_version(order, version)
    if order.status not in (Order.Status.DRAFT, Order.Status.PUBLISHED):
        raise illegal(order)
    if FIXED_BY_BIDS & changes.keys() and Bid.objects.standing().filter(order=order).exists():
        raise errors.OrderHasBids
    _assign(order, changes)
    order.full_clean()
    order.save(update_fields=list(changes))
    if order.takes_bids:
        events.publish(OrderUpdated(order_id=order.pk))
    return order


@transaction.atomic
def publish_order(*, order: Order) -> Order:
    """Open a draft to the bids of verified providers. Raises IllegalTransition, ServiceDatePast."""
    order = locked(order)
    _check_date(order.service_date)
    move(order, name="publish", to=Order.Status.PUBLISHED)
    count_for_client(client_id=order.client_profile_id, count="total_orders")
    events.publish(OrderPublished(order_id=order.pk, client_user_id=client_user_id(order)))
    return order


@transaction.atomic
def cancel_order(*, order: Order, reason: str = "") -> Order:
    """Call an order off before work begins; its pending bids are rejected.

    Raises IllegalTransition once work began.
    """
    order = locked(order)
    was_draft = order.status == Order.Status.DRAFT
    move(
        order,
        name="cancel",
        to=Order.Status.CANCELLED,
        note=reason,
        cancellation_reason=reason,
    )
    rejected = order.bids.filter(status=Bid.Status.PENDING).update(
        status=Bid.Status.REJECTED, rejected_at=clock.now()
    )
    Order.objects.filter(pk=order.pk).update(bid_count=F("bid_count") - rejected)
    if not was_draft:
        count_for_client(client_id=order.client_profile_id, count="cancelled_orders")
    events.publish(OrderCancelled(order_id=order.pk, client_user_id=client_user_id(order)))
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


def _assign(order: Order, details: Mapping[str, Any]) -> None:
    if "service_date" in details:
        _check_date(details["service_date"])
    for name, value in details.items():
        if isinstance(value, Money) and value.currency != order.currency:
            raise CurrencyMismatch
        setattr(order, name, value)


def _check_date(day: date | None) -> None:
    """Refuse a day that is over everywhere on Earth."""
    if day is not None and day < clock.today("Etc/GMT+12"):
        raise errors.ServiceDatePast


def _currency_of(area: Any) -> str:
    currency: str = area.currency if area is not None else settings.PLATFORM_CURRENCY
    return currency


def _check_prerequisites(addons: Sequence[ServiceAddon]) -> None:
    if (
        ServiceAddon.objects.filter(prerequisite_of__in=addons)
        .exclude(pk__in=[addon.pk for addon in addons])
        .exists()
    ):
        raise errors.PrerequisiteMissing


def _add(order: Order, chosen: ChosenAddon) -> None:
    addon = chosen.addon
    if addon.subcategory_id != order.service_subcategory_id:
        raise errors.AddonNotOffered
    if not addon.min_quantity <= chosen.quantity <= addon.max_quantity:
        raise errors.InvalidQuantity
    row = OrderAddon(order=order, addon=addon, quantity=chosen.quantity, currency=order.currency)
    row.price = _localised(addon.price, order)
    row.full_clean()
    row.save()


def _localised(price: Money, order: Order) -> Money:
    """A price of the catalog in the order's currency, by its area's multiplier."""
    if price.currency == order.currency and order.area is None:
        return price
    if order.area is None or order.area.currency != order.currency:
        raise CurrencyMismatch
    scaled = price.amount * order.area.base_price_multiplier
    return Money.rounded(scaled, order.currency)
