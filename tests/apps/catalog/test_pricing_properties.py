"""What holds for every price, whatever is chosen, wherever, in whatever currency."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from apps.catalog.models import ServiceAddon
from apps.catalog.pricing import ChosenAddon, Terms, Wish, price
from apps.catalog.urgency import Urgency
from kernel.money import Money, exponent
from tests.factories.catalog import (
    AddonFactory,
    AreaFactory,
    CategoryFactory,
    PackageFactory,
    SubcategoryFactory,
)

NOW = datetime(2030, 5, 6, 12, tzinfo=UTC)
#: Of no, two and three decimals.
CURRENCIES = {"XOF": 0, "ZAR": 2, "KWD": 3}

prices = st.integers(0, 10**9)
percents = st.decimals(0, 100, places=2)


@st.composite
def wishes(draw: Any) -> tuple[Wish, Terms]:
    """A service with addons, some of them in a package, in an area."""
    service = SubcategoryFactory.build(
        category=CategoryFactory.build(),
        base_price=draw(prices),
        estimated_duration=draw(st.integers(1, 2000)),
    )
    addons = [
        AddonFactory.build(
            subcategory=service,
            price=draw(prices),
            price_type=draw(st.sampled_from(ServiceAddon.PriceType.values)),
            duration_addition=draw(st.integers(0, 500)),
            max_quantity=101,
        )
        for _ in range(draw(st.integers(0, 4)))
    ]
    package = PackageFactory.build(
        subcategory=service, package_price=draw(prices), discount_percentage=draw(percents)
    )
    currency = draw(st.sampled_from([*CURRENCIES]))
    area = AreaFactory.build(
        currency=currency,
        base_price_multiplier=draw(st.decimals("0.0001", "9999.9999", places=4)),
        travel_fee=draw(prices),
    )
    packed = draw(st.sets(st.sampled_from(addons))) if addons else ()
    wish = Wish(
        subcategory=service,
        addons=[ChosenAddon(addon, draw(st.integers(1, 100))) for addon in addons],
        package=draw(st.sampled_from([None, package])),
        area=draw(st.sampled_from([area, area, None])),
        urgency=draw(st.sampled_from([None, *Urgency])),
    )
    terms = Terms(
        commission_rate=draw(percents),
        urgency_percent={
            Urgency.HIGH: draw(st.decimals(0, 200, places=2)),
            Urgency.URGENT: draw(st.decimals(0, 200, places=2)),
        },
        packed=frozenset(addon.pk for addon in packed) if wish.package else frozenset(),
    )
    return wish, terms


@given(wishes())
def test_the_lines_add_up_to_the_total_and_each_is_its_unit_price_times_its_quantity(
    case: tuple[Wish, Terms],
):
    quote = price(*case, now=NOW)

    assert sum(line.amount.minor for line in quote.lines) == quote.total.minor
    assert quote.subtotal - quote.discount + quote.travel_fee == quote.total
    for line in quote.lines:
        assert line.amount.minor == line.unit_price.minor * line.quantity
        assert line.amount.currency == quote.currency


@given(wishes())
def test_nothing_costs_less_than_nothing_and_the_shares_are_the_total(case: tuple[Wish, Terms]):
    quote = price(*case, now=NOW)

    assert quote.total.minor >= quote.travel_fee.minor >= 0
    assert 0 <= quote.commission.minor <= (quote.total - quote.travel_fee).minor
    assert quote.commission + quote.provider_share == quote.total
    assert quote.discount.minor <= quote.lines[0].amount.minor


@given(wishes())
def test_no_unit_price_is_further_than_half_a_minor_unit_from_the_exact_one(
    case: tuple[Wish, Terms],
):
    wish, _ = case
    quote = price(*case, now=NOW)
    minor_units = Fraction(10) ** (exponent(quote.currency) - 2)
    rate = Fraction(wish.area.base_price_multiplier) if wish.area else Fraction(1)
    hours = Fraction(wish.subcategory.estimated_duration, 60)
    listed = {
        wish.subcategory.pk: wish.subcategory.base_price.minor * Fraction(1),
        **({wish.package.pk: wish.package.package_price.minor} if wish.package else {}),
        **{
            each.addon.pk: each.addon.price.minor
            * (hours if each.addon.price_type == "PER_HOUR" else 1)
            for each in wish.addons
        },
    }

    for line in quote.lines:
        if line.kind in ("BASE", "PACKAGE", "ADDON"):
            exact = listed[line.entry_id] * rate * minor_units
            assert -Fraction(1, 2) < line.unit_price.minor - exact <= Fraction(1, 2)


@given(wishes(), st.data())
def test_more_of_an_addon_never_costs_less_nor_takes_less_time(case: tuple[Wish, Terms], data: Any):
    wish, terms = case
    if not wish.addons:
        return
    place = data.draw(st.integers(0, len(wish.addons) - 1))
    addons = list(wish.addons)
    addons[place] = replace(addons[place], quantity=addons[place].quantity + 1)

    less, more = price(wish, terms, now=NOW), price(replace(wish, addons=addons), terms, now=NOW)

    assert more.total >= less.total
    assert more.commission >= less.commission
    assert more.estimated_duration >= less.estimated_duration


@given(wishes())
def test_a_price_is_the_same_each_time_and_as_it_is_kept(case: tuple[Wish, Terms]):
    quote = price(*case, now=NOW)

    assert price(*case, now=NOW) == quote
    kept = [row["amount"] for row in (line.as_row() for line in quote.lines)]
    assert Money(sum(kept), quote.currency) == quote.total
    assert isinstance(quote.multiplier, Decimal)
