"""Entries of the catalog: made, changed, deleted and brought back."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from apps.catalog import errors
from apps.catalog.events import CatalogChanged
from apps.catalog.models import (
    ServiceAddon,
    ServiceArea,
    ServiceCategory,
    ServicePackage,
    ServiceSubcategory,
)
from apps.catalog.services.entries import (
    create_entry,
    delete_entry,
    restore_entry,
    update_entry,
)
from kernel.countries import UnknownCountry
from kernel.errors import NotFound, VersionConflict
from kernel.money import CurrencyMismatch, Money
from kernel.zones import UnknownTimezone
from tests.factories.catalog import (
    AddonFactory,
    AreaFactory,
    CategoryFactory,
    LanguageFactory,
    PackageFactory,
    SubcategoryFactory,
)
from tests.support.announced import announced
from tests.support.unchanged import nothing_changes

pytestmark = pytest.mark.django_db

CENT, DOLLAR = Money(1, "USD"), Money(100, "USD")
AREA = {
    "name": "Observatory",
    "city": "Cape Town",
    "country": "ZA",
    "latitude": -33.9,
    "longitude": 18.4,
    "currency": "ZAR",
    "time_zone": "Africa/Johannesburg",
}


def codes(error: ValidationError) -> dict[str, list[str]]:
    """The codes of a refusal, by field."""
    return {name: [str(each.code) for each in found] for name, found in error.error_dict.items()}


def test_an_entry_is_made_and_that_is_announced():
    with announced() as heard:
        plumbing = create_entry(model=ServiceCategory, details={"name": "Leaks & taps"})

    plumbing.refresh_from_db()
    assert (plumbing.name, plumbing.slug, plumbing.version) == ("Leaks & taps", "leaks-taps", 1)
    assert heard == [CatalogChanged(model="catalog.ServiceCategory", entry_id=plumbing.pk)]


def test_a_change_raises_the_version_and_is_announced():
    tap = SubcategoryFactory(name="Tap", base_price=3000)

    with announced() as heard:
        update_entry(entry=tap, changes={"featured": True, "name": "Taps"}, version=1)

    tap.refresh_from_db()
    assert (tap.name, tap.featured, tap.base_price.minor, tap.version) == ("Taps", True, 3000, 2)
    assert heard == [CatalogChanged(model="catalog.ServiceSubcategory", entry_id=tap.pk)]


def test_a_change_of_another_version_is_refused():
    tap = SubcategoryFactory()

    with nothing_changes(), pytest.raises(VersionConflict):
        update_entry(entry=tap, changes={"name": "Taps"}, version=2)


@pytest.mark.parametrize("verb", [lambda e: update_entry(entry=e, changes={}),
                                  lambda e: delete_entry(entry=e)])  # fmt: skip
def test_a_deleted_entry_is_neither_changed_nor_deleted(verb: Any):
    tap = SubcategoryFactory()
    tap.soft_delete()

    with nothing_changes(), pytest.raises(NotFound):
        verb(tap)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Leaks & taps", "leaks-taps"),
        ("Plumbing", "plumbing-3"),
        ("Сантехника", "service-category"),
        ("x" * 100, "x" * 90),
    ],
)
def test_a_slug_is_made_from_the_name_that_none_has_yet(name: str, slug: str):
    CategoryFactory(slug="plumbing")
    CategoryFactory(slug="plumbing-2")
    CategoryFactory(slug="leaks-taps").soft_delete()

    made = create_entry(model=ServiceCategory, details={"name": name, "slug": ""})

    assert made.slug == slug


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": ""}, {"name": ["blank"]}),
        ({"name": "x" * 101}, {"name": ["max_length"]}),
        ({"slug": "water"}, {"__all__": ["slug_taken"]}),
        ({"slug": "a b"}, {"slug": ["invalid"]}),
        ({"commission_rate": "100.01"}, {"__all__": ["invalid_commission"]}),
        ({"min_price": DOLLAR, "max_price": CENT}, {"__all__": ["invalid_range"]}),
        (
            {"estimated_duration_min": 9, "estimated_duration_max": 8},
            {"__all__": ["invalid_range"]},
        ),
        ({"featured": None}, {"featured": ["invalid"]}),
    ],
)
def test_a_category_that_breaks_a_rule_of_its_model(
    changes: dict[str, Any], expected: dict[str, list[str]]
):
    category = CategoryFactory()
    CategoryFactory(slug="water")

    with nothing_changes(), pytest.raises(ValidationError) as refusal:
        update_entry(entry=category, changes=changes)

    assert codes(refusal.value) == expected


@pytest.mark.parametrize("color", ["red", "#12345", "#12345g", "#1234567"])
def test_what_is_no_colour_is_refused(color: str):
    with nothing_changes(), pytest.raises(errors.InvalidColor):
        create_entry(model=ServiceCategory, details={"name": "Water", "color": color})


def test_a_colour_is_kept_in_small_letters():
    assert create_entry(
        model=ServiceCategory, details={"name": "Water", "color": "#AbCdEf"}
    ).color == "#abcdef"  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"package_price": Money(-1, "USD")}, "negative_price"),
        ({"discount_percentage": "100.01"}, "invalid_discount"),
        ({"discount_percentage": "-1"}, "invalid_discount"),
        ({"valid_from": date(2026, 2, 2), "valid_until": date(2026, 2, 1)}, "invalid_range"),
    ],
)
def test_a_package_that_breaks_a_rule_of_its_model(changes: dict[str, Any], code: str):
    package = PackageFactory()

    with nothing_changes(), pytest.raises(ValidationError) as refusal:
        update_entry(entry=package, changes=changes)

    assert codes(refusal.value) == {"__all__": [code]}


@pytest.mark.parametrize(
    ("factory", "changes"),
    [
        (SubcategoryFactory, {"base_price": Money(-1, "USD")}),
        (AddonFactory, {"price": Money(-1, "USD")}),
        (AreaFactory, {"travel_fee": Money(-1, "ZAR")}),
    ],
)
def test_no_price_is_below_zero(factory: Any, changes: dict[str, Any]):
    entry = factory()

    with nothing_changes(), pytest.raises(ValidationError) as refusal:
        update_entry(entry=entry, changes=changes)

    assert codes(refusal.value) == {"__all__": ["negative_price"]}


def test_prices_of_the_catalog_are_in_the_platforms_currency():
    addon = AddonFactory()

    with nothing_changes(), pytest.raises(CurrencyMismatch):
        update_entry(entry=addon, changes={"price": Money(500, "ZAR")})


def test_the_addons_of_a_package_are_of_its_service():
    service, other = SubcategoryFactory(), AddonFactory()
    own = AddonFactory(subcategory=service)
    details = {"subcategory": service, "name": "All", "package_price": Money(900, "USD")}

    package = create_entry(model=ServicePackage, details=details | {"addons": [own]})
    with nothing_changes(), pytest.raises(errors.AddonNotOffered) as refusal:
        create_entry(model=ServicePackage, details=details | {"addons": [own, other]})
    with nothing_changes(), pytest.raises(errors.AddonNotOffered):
        update_entry(entry=package, changes={"addons": [other]})

    assert [*package.addons.all()] == [own]
    assert refusal.value.field == "addonIds"


def test_the_prerequisites_of_an_addon_are_of_its_service():
    addon, other = AddonFactory(), AddonFactory()

    with nothing_changes(), pytest.raises(errors.AddonNotOffered) as refusal:
        update_entry(entry=addon, changes={"prerequisites": [other]})

    assert refusal.value.field == "prerequisiteIds"


def test_an_addon_cannot_need_itself_by_whatever_way():
    service = SubcategoryFactory()
    first, second, third = (AddonFactory(subcategory=service) for _ in range(3))
    update_entry(entry=second, changes={"prerequisites": [first]})
    update_entry(entry=third, changes={"prerequisites": [second, first]})

    for needed in (first, second, third):
        with nothing_changes(), pytest.raises(errors.PrerequisiteCycle):
            update_entry(entry=first, changes={"prerequisites": [needed]})
    update_entry(entry=third, changes={"prerequisites": []})
    update_entry(entry=first, changes={"prerequisites": [third]})

    assert [*first.prerequisites.all()] == [third]
    assert ServiceAddon.objects.get(pk=first.pk).version == 2


def test_an_area_keeps_its_postal_codes_plain_and_once():
    given = [" 8001 ", "sw1a  1aa", "8001", "", "SW1A 1AA"]

    area = create_entry(model=ServiceArea, details=AREA | {"postal_codes": given})

    assert area.postal_codes == ["8001", "SW1A 1AA"]


@pytest.mark.parametrize(
    ("details", "refusal", "field"),
    [
        ({"country": "XX"}, UnknownCountry, "country"),
        ({"country": "za"}, UnknownCountry, "country"),
        ({"time_zone": "Africa/Atlantis"}, UnknownTimezone, "timeZone"),
        ({"travel_fee": Money(50, "USD")}, CurrencyMismatch, "amount"),
    ],
)
def test_an_area_with_a_place_or_currency_that_is_none(
    details: dict[str, Any], refusal: Any, field: str
):
    with nothing_changes(), pytest.raises(refusal) as refused:
        create_entry(model=ServiceArea, details=AREA | details)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({"currency": "QQQ"}, {"currency": ["invalid_currency"]}),
        ({"latitude": 90.5}, {"__all__": ["invalid_place"]}),
        ({"longitude": -180.5}, {"__all__": ["invalid_place"]}),
        ({"base_price_multiplier": "0"}, {"__all__": ["invalid_multiplier"]}),
        ({"radius_km": 501}, {"__all__": ["invalid_radius"]}),
        ({"radius_km": 0}, {"__all__": ["invalid_radius"]}),
    ],
)
def test_an_area_that_breaks_a_rule_of_its_model(
    details: dict[str, Any], expected: dict[str, list[str]]
):
    with nothing_changes(), pytest.raises(ValidationError) as refusal:
        create_entry(model=ServiceArea, details=AREA | details)

    assert codes(refusal.value) == expected


def test_an_area_that_changes_its_currency_says_its_fee_anew():
    area = AreaFactory(travel_fee=5000)

    with nothing_changes(), pytest.raises(CurrencyMismatch):
        update_entry(entry=area, changes={"currency": "KES"})
    update_entry(entry=area, changes={"currency": "KES", "travel_fee": Money(900, "KES")})

    area.refresh_from_db()
    assert area.travel_fee == Money(900, "KES")


def tree() -> tuple[Any, list[Any]]:
    """A category with one of everything below it, and all of these."""
    root = CategoryFactory(name="House")
    branch = CategoryFactory(name="Water", parent=root)
    service = SubcategoryFactory(category=branch)
    addon, package = AddonFactory(subcategory=service), PackageFactory(subcategory=service)
    return root, [root, branch, service, addon, package]


def are_deleted(rows: list[Any]) -> list[bool]:
    """Which rows are deleted."""
    return [type(row)._base_manager.get(pk=row.pk).is_deleted for row in rows]


def test_a_deletion_takes_what_belongs_to_it_and_a_restore_brings_exactly_that_back():
    root, rows = tree()
    branch, service = rows[1:3]
    before = [
        AddonFactory(subcategory=service),
        SubcategoryFactory(category=branch),
        CategoryFactory(parent=root),
    ]
    noise = [CategoryFactory(), SubcategoryFactory(), AddonFactory(), PackageFactory()]
    for row in before:
        delete_entry(entry=row)

    with announced() as heard:
        delete_entry(entry=root)
    assert are_deleted(rows + before + noise) == [True] * 8 + [False] * 4
    batches = {type(row)._base_manager.get(pk=row.pk).deletion_batch for row in rows}
    assert len(batches) == 1
    with announced() as heard_back:
        restore_entry(entry=root)

    assert are_deleted(rows + before + noise) == [False] * 5 + [True] * 3 + [False] * 4
    fact = CatalogChanged(model="catalog.ServiceCategory", entry_id=root.pk)
    assert heard == heard_back == [fact]


@pytest.mark.parametrize("place", [1, 2, 3, 4])
def test_nothing_is_brought_back_below_what_is_deleted(place: int):
    root, rows = tree()
    delete_entry(entry=root)

    with nothing_changes(), pytest.raises(errors.ParentDeleted):
        restore_entry(entry=rows[place])


@pytest.mark.parametrize(
    ("model", "details"),
    [
        (ServiceCategory, lambda rows: {"parent": rows[1]}),
        (ServiceSubcategory, lambda rows: {"category": rows[1], "base_price": 1}),
        (ServiceAddon, lambda rows: {"subcategory": rows[2], "price": 1}),
        (ServicePackage, lambda rows: {"subcategory": rows[2], "package_price": 1}),
    ],
)
def test_nothing_is_put_below_what_was_deleted_meanwhile(model: Any, details: Any):
    root, rows = tree()
    delete_entry(entry=root)

    with nothing_changes(), pytest.raises(errors.ParentDeleted):
        create_entry(model=model, details={"name": "New", **details(rows)})


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_slug_that_was_taken_meanwhile_stands_in_the_way_of_a_restore(place: int):
    root, rows = tree()
    delete_entry(entry=root)
    factory = SubcategoryFactory if place == 2 else CategoryFactory
    factory(slug=rows[place].slug)

    with nothing_changes(), pytest.raises(ValidationError) as refusal:
        restore_entry(entry=root)

    assert [each.code for each in refusal.value.error_list] == ["slug_taken"]


def test_a_code_that_was_taken_meanwhile_stands_in_the_way_of_a_restore():
    LanguageFactory(code="en", is_default=True)
    old = LanguageFactory(code="fr")
    delete_entry(entry=old)
    LanguageFactory(code="fr")

    with nothing_changes(), pytest.raises(ValidationError) as refusal:
        restore_entry(entry=old)

    assert [each.code for each in refusal.value.error_list] == ["code_taken"]


def test_an_addon_of_no_row_is_not_found():
    with nothing_changes(), pytest.raises(NotFound):
        update_entry(entry=ServiceAddon(id=uuid4()), changes={"name": "Valve"})
