"""What a service costs, line by line: pure, and exact to the minor unit.

The formula, for a wish under the terms of the catalog::

    unit      = list price * multiplier of the area, rounded half up to the currency's minor unit
    base      = unit of the service, or of the package, which replaces the service and one of each
                of its own addons
    addon     = unit of the addon * those beyond the package; its list price counts for each hour
                of the service's estimated duration where it is priced by the hour
    urgency   = (base + addons) * percent of the urgency, rounded half up
    discount  = package * its discount in percent, rounded half up
    subtotal  = base + addons + urgency
    total     = subtotal - discount + travel fee of the area
    commission = (total - travel fee) * rate of the service's own category, rounded half up
    provider's share = total - commission

List prices are in the platform's currency; the multiplier holds the exchange rate. The travel fee
is in the area's currency already, and never multiplied. Without an area all is in the platform's
currency, as listed, and there is no travel fee. A line is its unit price times its quantity, and
the total is the sum of the lines: nothing is rounded after that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from apps.catalog import errors
from apps.catalog.lines import Line, LineKind, Quote, sum_of
from apps.catalog.models import ServiceAddon, ServiceArea, ServicePackage, ServiceSubcategory
from apps.catalog.urgency import Urgency
from kernel.money import Money, exponent

#: What is needed sooner than that is urgent, or high.
URGENT_WITHIN, HIGH_WITHIN = timedelta(hours=24), timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class ChosenAddon:
    """An addon of the service, and how many of it."""

    addon: ServiceAddon
    quantity: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be priced. Without an urgency, it follows from the instant of service."""

    subcategory: ServiceSubcategory
    addons: Sequence[ChosenAddon] = ()
    package: ServicePackage | None = None
    area: ServiceArea | None = None
    service_at: datetime | None = None
    urgency: Urgency | None = None

    @property
    def currency(self) -> str:
        """The currency of the price."""
        return self.area.currency if self.area else settings.PLATFORM_CURRENCY

    def day(self, now: datetime) -> date:
        """The day of service where it takes place; today, where none is said."""
        zone = ZoneInfo(self.area.time_zone) if self.area else UTC
        return (self.service_at or now).astimezone(zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the catalog and the settings say besides the rows of a wish."""

    #: What the platform takes, in percent.
    commission_rate: Decimal = Decimal(0)
    #: What urgencies add, in percent.
    urgency_percent: Mapping[Urgency, Decimal] = field(default_factory=dict)
    #: The addons in the package.
    packed: frozenset[UUID] = frozenset()
    #: The addons that the chosen ones need.
    needed: frozenset[UUID] = frozenset()
    is_offered_in_area: bool = True


def price(wish: Wish, terms: Terms, *, now: datetime) -> Quote:
    """Price a wish by the formula above.

    Raises ServiceNotOffered, ServiceNotInArea, PackageNotOffered, PackageNotValid, AddonNotOffered,
    DuplicateAddon, InvalidQuantity or PrerequisiteMissing.
    """
    check(wish, terms, now=now)
    urgency = wish.urgency or urgency_at(wish.service_at, now=now)
    work = [_base(wish), *_addons(wish, terms)]
    lines = [*work, *_urgency(work, urgency, terms), *_discount(wish, work[0])]
    rate = Fraction(terms.commission_rate) / 100
    worth = sum_of((line.amount for line in lines), wish.currency)
    return Quote(
        currency=wish.currency,
        lines=(*lines, *_travel_fee(wish)),
        multiplier=_multiplier(wish),
        urgency=urgency,
        commission=_part(worth, rate),
        estimated_duration=_duration(wish, terms),
    )


def urgency_at(service_at: datetime | None, *, now: datetime) -> Urgency:
    """How urgent work is by the instant at which it is wanted."""
    if service_at is None or service_at - now > HIGH_WITHIN:
        return Urgency.MEDIUM
    return Urgency.URGENT if service_at - now <= URGENT_WITHIN else Urgency.HIGH


def check(wish: Wish, terms: Terms, *, now: datetime) -> None:
    """Refuse what is not on offer; raises what ``price`` raises."""
    if wish.subcategory.is_deleted:
        raise errors.ServiceNotOffered
    if wish.area is not None and (wish.area.is_deleted or not wish.area.is_active):
        raise errors.ServiceNotInArea
    if not terms.is_offered_in_area:
        raise errors.ServiceNotInArea
    if wish.package is not None:
        _check_package(wish.package, wish, now)
    _check_addons(wish, terms)


def _check_package(package: ServicePackage, wish: Wish, now: datetime) -> None:
    if package.subcategory_id != wish.subcategory.pk or package.is_deleted:
        raise errors.PackageNotOffered
    day = wish.day(now)
    if package.valid_from and day < package.valid_from:
        raise errors.PackageNotValid
    if package.valid_until and day > package.valid_until:
        raise errors.PackageNotValid


def _check_addons(wish: Wish, terms: Terms) -> None:
    chosen = {each.addon.pk for each in wish.addons}
    if len(chosen) < len(wish.addons):
        raise errors.DuplicateAddon
    for each in wish.addons:
        if each.addon.subcategory_id != wish.subcategory.pk or each.addon.is_deleted:
            raise errors.AddonNotOffered
        if not max(each.addon.min_quantity, 1) <= each.quantity <= each.addon.max_quantity:
            raise errors.InvalidQuantity
    if not terms.needed <= chosen | terms.packed:
        raise errors.PrerequisiteMissing


def _base(wish: Wish) -> Line:
    entry = wish.package or wish.subcategory
    kind = LineKind.PACKAGE if wish.package else LineKind.BASE
    listed = wish.package.package_price if wish.package else wish.subcategory.base_price
    return Line(kind, entry.name, 1, _local(wish, listed), entry.pk)


def _addons(wish: Wish, terms: Terms) -> list[Line]:
    hours = Fraction(wish.subcategory.estimated_duration, 60)
    return [
        Line(
            LineKind.ADDON,
            each.addon.name,
            _beyond(each, terms),
            _local(wish, each.addon.price, hours if _is_hourly(each.addon) else Fraction(1)),
            each.addon.pk,
        )
        for each in wish.addons
        if _beyond(each, terms)
    ]


def _is_hourly(addon: ServiceAddon) -> bool:
    return addon.price_type == ServiceAddon.PriceType.PER_HOUR


def _beyond(chosen: ChosenAddon, terms: Terms) -> int:
    """How many of an addon are not in the package."""
    return chosen.quantity - (chosen.addon.pk in terms.packed)


def _urgency(work: list[Line], urgency: Urgency, terms: Terms) -> list[Line]:
    percent = Fraction(terms.urgency_percent.get(urgency, 0)) / 100
    worth = sum_of((line.amount for line in work), work[0].unit_price.currency)
    more = _part(worth, percent)
    return [Line(LineKind.URGENCY, urgency.label, 1, more)] if more.minor else []


def _discount(wish: Wish, package: Line) -> list[Line]:
    if wish.package is None:
        return []
    less = _part(package.amount, Fraction(wish.package.discount_percentage) / 100)
    named = wish.package.name
    return [Line(LineKind.DISCOUNT, named, 1, less * -1, wish.package.pk)] if less.minor else []


def _travel_fee(wish: Wish) -> list[Line]:
    if wish.area is None or not wish.area.travel_fee.minor:
        return []
    area = wish.area
    return [Line(LineKind.TRAVEL_FEE, area.name, 1, area.travel_fee, area.pk)]


def _duration(wish: Wish, terms: Terms) -> int:
    base = (wish.package or wish.subcategory).estimated_duration
    return base + sum(each.addon.duration_addition * _beyond(each, terms) for each in wish.addons)


def _multiplier(wish: Wish) -> Decimal:
    return Decimal(wish.area.base_price_multiplier) if wish.area else Decimal(1)


def _local(wish: Wish, listed: Money, times: Fraction = Fraction(1)) -> Money:
    """A list price, so many times, in the currency of the wish."""
    scale = Fraction(10) ** (exponent(wish.currency) - exponent(listed.currency))
    return _half_up(listed.minor * Fraction(_multiplier(wish)) * times * scale, wish.currency)


def _part(amount: Money, share: Fraction) -> Money:
    return _half_up(amount.minor * share, amount.currency)


def _half_up(minor: Fraction, currency: str) -> Money:
    return Money(floor(minor + Fraction(1, 2)), currency)
