"""What a service costs: the formula, line by line, and what is refused. Nothing is stored."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from apps.catalog import errors
from apps.catalog.models import ServiceAddon
from apps.catalog.pricing import ChosenAddon, Terms, Wish, price, urgency_at
from apps.catalog.urgency import Urgency
from kernel.errors import DomainError
from kernel.money import Money
from tests.factories.catalog import (
    AddonFactory,
    AreaFactory,
    CategoryFactory,
    PackageFactory,
    SubcategoryFactory,
)

NOW = datetime(2030, 5, 6, 12, tzinfo=UTC)
PERCENT = {Urgency.HIGH: Decimal(10), Urgency.URGENT: Decimal(25)}


def _service(**given: Any) -> Any:
    """A service at $30 that takes 90 minutes."""
    given = {"base_price": 30_00, "estimated_duration": 90} | given
    return SubcategoryFactory.build(category=CategoryFactory.build(), **given)


def _addon(service: Any, **given: Any) -> Any:
    return AddonFactory.build(subcategory=service, **given)


def _terms(**given: Any) -> Terms:
    return Terms(**{"commission_rate": Decimal(10), "urgency_percent": PERCENT} | given)


def _lines(wish: Wish, terms: Terms | None = None) -> list[tuple[str, int, int, int]]:
    found = price(wish, terms or _terms(), now=NOW)
    return [
        (line.kind.value, line.quantity, line.unit_price.minor, line.amount.minor)
        for line in found.lines
    ]


def test_the_base_stands_alone_at_the_list_price_without_an_area():
    quote = price(Wish(subcategory=_service()), _terms(), now=NOW)

    (line,) = quote.lines
    assert (line.kind, line.name, line.amount) == (
        "BASE",
        "Fix a leaking tap",
        Money(30_00, "USD"),
    )
    assert (quote.total, quote.multiplier) == (Money(30_00, "USD"), 1)
    assert (quote.urgency, quote.estimated_duration) == ("MEDIUM", 90)


def test_an_area_multiplies_list_prices_and_adds_its_own_fee_as_it_is():
    area = AreaFactory.build(base_price_multiplier=Decimal("18.5"), travel_fee=75_00)

    quote = price(Wish(subcategory=_service(), area=area), _terms(), now=NOW)

    assert [(line.kind, line.amount) for line in quote.lines] == [
        ("BASE", Money(555_00, "ZAR")),
        ("TRAVEL_FEE", Money(75_00, "ZAR")),
    ]
    assert quote.lines[1].name == "Observatory"
    assert (quote.subtotal, quote.travel_fee) == (Money(555_00, "ZAR"), Money(75_00, "ZAR"))
    assert quote.total == Money(630_00, "ZAR")


def test_addons_cost_their_price_each_and_take_their_time_each():
    service = _service()
    washer = _addon(service, price=5_00, duration_addition=15)
    wish = Wish(subcategory=service, addons=[ChosenAddon(washer, 3)])

    assert _lines(wish) == [("BASE", 1, 30_00, 30_00), ("ADDON", 3, 5_00, 15_00)]
    assert price(wish, _terms(), now=NOW).estimated_duration == 90 + 3 * 15


def test_an_hourly_addon_costs_its_price_for_each_hour_of_the_service():
    service = _service(estimated_duration=100)
    helper = _addon(service, price=10_00, price_type=ServiceAddon.PriceType.PER_HOUR)

    lines = _lines(Wish(subcategory=service, addons=[ChosenAddon(helper, 2)]))

    assert lines[1] == ("ADDON", 2, 16_67, 33_34)


def test_a_package_replaces_the_base_and_one_of_each_of_its_addons():
    service = _service()
    inside, beside = _addon(service, price=5_00, duration_addition=10), _addon(service, price=7_00)
    package = PackageFactory.build(
        subcategory=service,
        package_price=40_00,
        discount_percentage=Decimal("12.5"),
        estimated_duration=100,
    )
    wish = Wish(
        subcategory=service,
        package=package,
        addons=[ChosenAddon(inside, 3), ChosenAddon(beside, 1)],
    )
    terms = _terms(packed=frozenset({inside.pk}))

    quote = price(wish, terms, now=NOW)

    assert _lines(wish, terms) == [
        ("PACKAGE", 1, 40_00, 40_00),
        ("ADDON", 2, 5_00, 10_00),
        ("ADDON", 1, 7_00, 7_00),
        ("DISCOUNT", 1, -5_00, -5_00),
    ]
    assert (quote.subtotal, quote.discount) == (Money(57_00, "USD"), Money(5_00, "USD"))
    assert (quote.total, quote.estimated_duration) == (Money(52_00, "USD"), 120)


def test_an_addon_that_the_package_holds_has_no_line_and_costs_nothing():
    service = _service()
    inside = _addon(service)
    package = PackageFactory.build(subcategory=service, package_price=40_00)
    wish = Wish(subcategory=service, package=package, addons=[ChosenAddon(inside, 1)])

    quote = price(wish, _terms(packed=frozenset({inside.pk})), now=NOW)

    assert [line.kind for line in quote.lines] == ["PACKAGE"]
    assert quote.unit_price_of(inside) == Money(0, "USD")


@pytest.mark.parametrize(
    ("urgency", "more"), [("LOW", 0), ("MEDIUM", 0), ("HIGH", 4_00), ("URGENT", 10_00)]
)
def test_an_urgency_adds_its_percentage_of_base_and_addons(urgency: str, more: int):
    service, area = _service(), AreaFactory.build(base_price_multiplier=1, travel_fee=50_00)
    wish = Wish(
        subcategory=service,
        addons=[ChosenAddon(_addon(service, price=5_00), 2)],
        urgency=Urgency(urgency),
        area=area,
    )

    added = [line[3] for line in _lines(wish) if line[0] == "URGENCY"]

    assert added == ([more] if more else [])


@pytest.mark.parametrize(
    ("ahead", "urgency"),
    [
        (None, "MEDIUM"),
        (timedelta(minutes=1), "URGENT"),
        (timedelta(hours=24), "URGENT"),
        (timedelta(hours=24, seconds=1), "HIGH"),
        (timedelta(hours=72), "HIGH"),
        (timedelta(hours=72, seconds=1), "MEDIUM"),
    ],
)
def test_without_an_urgency_it_follows_from_the_instant(ahead: timedelta | None, urgency: str):
    service_at = NOW + ahead if ahead else None

    assert urgency_at(service_at, now=NOW) == urgency
    wish = Wish(subcategory=_service(), service_at=service_at)
    assert price(wish, _terms(), now=NOW).urgency == urgency


def test_an_urgency_that_is_given_outweighs_the_instant():
    wish = Wish(subcategory=_service(), service_at=NOW + timedelta(hours=1), urgency=Urgency.LOW)

    assert price(wish, _terms(), now=NOW).urgency == "LOW"


@pytest.mark.parametrize(
    ("rate", "commission"), [("10", 3_00), ("12.50", 3_75), ("0.01", 0), ("0.05", 2), ("100", 3000)]
)
def test_the_commission_is_of_the_total_without_the_travel_fee(rate: str, commission: int):
    area = AreaFactory.build(base_price_multiplier=1, travel_fee=50_00)
    wish, terms = Wish(subcategory=_service(), area=area), _terms(commission_rate=Decimal(rate))

    quote = price(wish, terms, now=NOW)

    assert quote.commission == Money(commission, "ZAR")
    assert quote.provider_share == Money(80_00 - commission, "ZAR")


@pytest.mark.parametrize(
    ("currency", "multiplier", "minor"),
    [
        # $0.05 at a rate of 0.1 is half a cent, which is rounded up.
        ("ZAR", "0.1", 1),
        ("ZAR", "0.0999", 0),
        # No minor unit: $0.05 at a rate of 10 is half a franc.
        ("XOF", "10", 1),
        ("XOF", "29.9", 1),
        ("XOF", "30", 2),
        # Three decimals: $0.05 at a rate of 0.31 is 15.5 fils.
        ("KWD", "0.31", 16),
    ],
)
def test_halves_of_a_minor_unit_are_rounded_up(currency: str, multiplier: str, minor: int):
    area = AreaFactory.build(currency=currency, base_price_multiplier=Decimal(multiplier))

    assert _lines(Wish(subcategory=_service(base_price=5), area=area))[0][2] == minor


def _refusal(wish: Wish, terms: Terms | None = None) -> type[DomainError]:
    with pytest.raises(DomainError) as refused:
        price(wish, terms or _terms(), now=NOW)
    return refused.type


@pytest.mark.parametrize(
    ("given", "quantity"),
    [
        ({}, 0),
        ({}, -1),
        ({}, 6),
        ({"min_quantity": 2}, 1),
        ({"min_quantity": 0}, 0),
        ({"max_quantity": 1}, 2),
    ],
)
def test_a_quantity_outside_of_what_the_addon_allows_is_refused(
    given: dict[str, int], quantity: int
):
    service = _service()
    addons = [ChosenAddon(_addon(service, **given), quantity)]

    assert _refusal(Wish(subcategory=service, addons=addons)) is errors.InvalidQuantity


def test_an_addon_that_is_not_the_services_is_refused():
    service = _service()
    foreign, gone = _addon(_service()), _addon(service, is_deleted=True)

    for addon in (foreign, gone):
        wish = Wish(subcategory=service, addons=[ChosenAddon(addon)])
        assert _refusal(wish) is errors.AddonNotOffered


def test_an_addon_that_is_chosen_twice_is_refused():
    service = _service()
    addon = _addon(service)

    wish = Wish(subcategory=service, addons=[ChosenAddon(addon), ChosenAddon(addon)])

    assert _refusal(wish) is errors.DuplicateAddon


def test_what_an_addon_needs_is_chosen_or_in_the_package():
    service = _service()
    washer, valve = _addon(service), _addon(service)
    alone = Wish(subcategory=service, addons=[ChosenAddon(washer)])
    both = Wish(subcategory=service, addons=[ChosenAddon(washer), ChosenAddon(valve)])
    needed = frozenset({valve.pk})

    assert _refusal(alone, _terms(needed=needed)) is errors.PrerequisiteMissing
    assert len(_lines(both, _terms(needed=needed))) == 3
    assert len(_lines(alone, _terms(needed=needed, packed=needed))) == 2


def test_a_package_that_is_not_the_services_is_refused():
    service = _service()
    foreign = PackageFactory.build(subcategory=_service())
    gone = PackageFactory.build(subcategory=service, is_deleted=True)

    for package in (foreign, gone):
        assert _refusal(Wish(subcategory=service, package=package)) is errors.PackageNotOffered


@pytest.mark.parametrize(
    ("service_at", "is_sold"),
    [
        (None, False),
        (datetime(2030, 5, 9, 21, 59, tzinfo=UTC), False),
        # In Cape Town the next day has begun.
        (datetime(2030, 5, 9, 22, 0, tzinfo=UTC), True),
        (datetime(2030, 5, 11, 21, 59, tzinfo=UTC), True),
        (datetime(2030, 5, 11, 22, 0, tzinfo=UTC), False),
    ],
)
def test_a_package_is_sold_for_its_days_by_the_areas_clocks(
    service_at: datetime | None, is_sold: bool
):
    service, area = _service(), AreaFactory.build(time_zone="Africa/Johannesburg")
    package = PackageFactory.build(
        subcategory=service, valid_from=date(2030, 5, 10), valid_until=date(2030, 5, 11)
    )
    wish = Wish(subcategory=service, package=package, area=area, service_at=service_at)

    if is_sold:
        assert _lines(wish)[0][0] == "PACKAGE"
    else:
        assert _refusal(wish) is errors.PackageNotValid


def test_a_service_that_is_not_offered_there_or_anywhere_is_refused():
    gone, service = _service(is_deleted=True), _service()
    closed, deleted = AreaFactory.build(is_active=False), AreaFactory.build(is_deleted=True)

    assert _refusal(Wish(subcategory=gone)) is errors.ServiceNotOffered
    elsewhere = _terms(is_offered_in_area=False)
    assert _refusal(Wish(subcategory=service), elsewhere) is errors.ServiceNotInArea
    for area in (closed, deleted):
        assert _refusal(Wish(subcategory=service, area=area)) is errors.ServiceNotInArea
