"""What is refused to those who run the catalog: each with its code, and nothing changed."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from strawberry.relay import to_base64

from apps.catalog.models import ServiceCategory
from apps.catalog.services.entries import delete_entry
from tests.factories.cast import Cast
from tests.factories.catalog import (
    AddonFactory,
    AreaFactory,
    CategoryFactory,
    LanguageFactory,
    PackageFactory,
    SubcategoryFactory,
)
from tests.support.graphql import GraphQL, gid
from tests.support.pictures import picture
from tests.support.unchanged import nothing_changes

Given = dict[str, Any]
RAND = {"amount": "1.00", "currency": "ZAR"}


def _cycle() -> Given:
    root = CategoryFactory()
    return {"id": gid(root), "parentId": gid(CategoryFactory(parent=root))}


def _prerequisite_cycle() -> Given:
    addon = AddonFactory()
    other = AddonFactory(subcategory=addon.subcategory)
    other.prerequisites.add(addon)
    return {"id": gid(addon), "prerequisiteIds": [gid(other)]}


def _texts(*texts: Given) -> Given:
    LanguageFactory(code="en", is_default=True)
    LanguageFactory(code="fr")
    return {"id": gid(CategoryFactory()), "translations": [*texts]}


def _slug_taken() -> Given:
    CategoryFactory(slug="water")
    return {"id": gid(CategoryFactory()), "slug": "water"}


def _restored_onto_a_slug() -> Given:
    old = CategoryFactory(slug="water")
    delete_entry(entry=old)
    CategoryFactory(slug="water")
    return {"id": gid(old)}


def _restored_below_a_deleted_one() -> Given:
    service = SubcategoryFactory()
    delete_entry(entry=service.category)
    return {"id": gid(service)}


def _default() -> Given:
    return {"id": gid(LanguageFactory(is_default=True))}


def _deleted_parent() -> Given:
    parent = CategoryFactory()
    parent.soft_delete()
    return {"id": gid(CategoryFactory()), "parentId": gid(parent)}


def _missing_addons() -> Given:
    package = PackageFactory()
    ids = [gid(AddonFactory(subcategory=package.subcategory)), to_base64("ServiceAddon", uuid4())]
    return {"id": gid(package), "addonIds": ids}


CASES: dict[str, tuple[str, Callable[[], Given], str, str | None]] = {
    "a cycle in the tree": ("updateServiceCategory", _cycle, "tree_cycle", "parentId"),
    "below a deleted branch": ("updateServiceCategory", _deleted_parent, "not_found", None),
    "a taken slug": ("updateServiceCategory", _slug_taken, "slug_taken", None),
    "no colour": (
        "updateServiceCategory",
        lambda: {"id": gid(CategoryFactory()), "color": "blue"},
        "invalid_color",
        "color",
    ),
    "no commission": (
        "updateServiceCategory",
        lambda: {"id": gid(CategoryFactory()), "commissionRate": "101"},
        "invalid_commission",
        None,
    ),
    "another currency": (
        "updateServiceSubcategory",
        lambda: {"id": gid(SubcategoryFactory()), "basePrice": RAND},
        "currency_mismatch",
        "amount",
    ),
    "no amount": (
        "updateServiceSubcategory",
        lambda: {"id": gid(SubcategoryFactory()), "basePrice": RAND | {"amount": "1.001"}},
        "invalid_amount",
        "amount",
    ),
    "another service's addon in a package": (
        "updateServicePackage",
        lambda: {"id": gid(PackageFactory()), "addonIds": [gid(AddonFactory())]},
        "addon_not_offered",
        "addonIds",
    ),
    "an addon that is not there": ("updateServicePackage", _missing_addons, "not_found", None),
    "a validity that ends first": (
        "updateServicePackage",
        lambda: {
            "id": gid(PackageFactory()),
            "validFrom": "2026-02-02",
            "validUntil": "2026-02-01",
        },
        "invalid_range",
        None,
    ),
    "a discount above all": (
        "updateServicePackage",
        lambda: {"id": gid(PackageFactory()), "discountPercentage": "100.5"},
        "invalid_discount",
        None,
    ),
    "another service's addon as a need": (
        "updateServiceAddon",
        lambda: {"id": gid(AddonFactory()), "prerequisiteIds": [gid(AddonFactory())]},
        "addon_not_offered",
        "prerequisiteIds",
    ),
    "a circle of needs": (
        "updateServiceAddon",
        _prerequisite_cycle,
        "prerequisite_cycle",
        "prerequisiteIds",
    ),
    "more at least than at most": (
        "updateServiceAddon",
        lambda: {"id": gid(AddonFactory()), "minQuantity": 6},
        "invalid_range",
        None,
    ),
    "no country": (
        "updateServiceArea",
        lambda: {"id": gid(AreaFactory()), "country": "XX"},
        "unknown_country",
        "country",
    ),
    "no time zone": (
        "updateServiceArea",
        lambda: {"id": gid(AreaFactory()), "timeZone": "Mars/Base"},
        "unknown_timezone",
        "timeZone",
    ),
    "no currency": (
        "updateServiceArea",
        lambda: {"id": gid(AreaFactory()), "currency": "QQQ"},
        "invalid_currency",
        "currency",
    ),
    "no place": (
        "updateServiceArea",
        lambda: {"id": gid(AreaFactory()), "latitude": 91.0},
        "invalid_place",
        None,
    ),
    "too wide a radius": (
        "updateServiceArea",
        lambda: {"id": gid(AreaFactory()), "radiusKm": 501},
        "invalid_radius",
        None,
    ),
    "a multiplier of nothing": (
        "updateServiceArea",
        lambda: {"id": gid(AreaFactory()), "basePriceMultiplier": "0"},
        "invalid_multiplier",
        None,
    ),
    "a null character": (
        "updateServiceArea",
        lambda: {"id": gid(AreaFactory()), "name": "a\x00b"},
        "invalid_value",
        None,
    ),
    "no tag of a language": (
        "createLanguage",
        lambda: {"code": "tlhh", "name": "Klingon", "nativeName": "tlhIngan Hol"},
        "invalid_language_code",
        "code",
    ),
    "a taken code": (
        "createLanguage",
        lambda: {
            "code": str(LanguageFactory(code="fr", is_default=True).code),
            "name": "French",
            "nativeName": "Français",
        },
        "code_taken",
        None,
    ),
    "the default language switched off": (
        "updateLanguage",
        lambda: {**_default(), "isActive": False},
        "default_language",
        None,
    ),
    "the default language no more": (
        "updateLanguage",
        lambda: {**_default(), "isDefault": False},
        "default_language",
        None,
    ),
    "the default language deleted": ("deleteLanguage", _default, "default_language", None),
    "texts in no language": (
        "updateServiceCategory",
        lambda: _texts({"language": "xx", "name": "Eau"}),
        "unknown_language",
        "translations",
    ),
    "texts in the default language": (
        "updateServiceCategory",
        lambda: _texts({"language": "en", "name": "Water"}),
        "unknown_language",
        "translations",
    ),
    "a language twice": (
        "updateServiceCategory",
        lambda: _texts({"language": "fr", "name": "Eau"}, {"language": "fr"}),
        "repeated_language",
        "translations",
    ),
    "a text that is none of an entry's": (
        "updateServiceCategory",
        lambda: _texts({"language": "fr", "city": "Le Cap"}),
        "not_translatable",
        "translations",
    ),
    "too long a text": (
        "updateServiceCategory",
        lambda: _texts({"language": "fr", "name": "x" * 101}),
        "max_length",
        "translations",
    ),
    "a restore onto a slug": (
        "restoreServiceCategory",
        _restored_onto_a_slug,
        "slug_taken",
        None,
    ),
    "a restore below a deleted parent": (
        "restoreServiceSubcategory",
        _restored_below_a_deleted_one,
        "parent_deleted",
        None,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused_with_its_code(graphql: GraphQL, cast: Cast, case: str):
    name, make, code, place = CASES[case]
    given, by = make(), cast.dora

    with nothing_changes():
        answer = graphql.mutate(name, given, by=by)

    if "errors" in answer.body:
        assert (answer.code, place) == (code, None)
    else:
        assert (answer.code, answer.refusal["field"]) == (code, place)


UPLOAD = """mutation($input: %sInput!) { it: %s(input: $input) { __typename
  ... on OperationInfo { messages { code field } } ... on %s { %s } } }"""


@pytest.mark.parametrize(
    ("kind", "factory", "name"),
    [
        ("ServiceCategory", CategoryFactory, "bannerImage"),
        ("ServiceSubcategory", SubcategoryFactory, "image"),
        ("ServiceAddon", AddonFactory, "image"),
    ],
)
def test_a_picture_is_shown_and_what_is_none_is_refused(
    graphql: GraphQL, cast: Cast, kind: str, factory: Any, name: str
):
    verb = f"update{kind}"
    document = UPLOAD % (verb[0].upper() + verb[1:], verb, kind, name)
    given = {"input": {"id": gid(factory()), name: None}}
    good, bad = SimpleUploadedFile("a.png", picture("PNG")), SimpleUploadedFile("a.png", b"GIF89a")

    shown = graphql.upload(document, given, good, at=f"variables.input.{name}", by=cast.dora)
    refused = graphql.upload(document, given, bad, at=f"variables.input.{name}", by=cast.dora)

    assert shown.data["it"][name].endswith(".jpg")
    assert refused.data["it"]["messages"] == [{"code": "invalid_photo", "field": name}]


def test_siblings_are_sorted(graphql: GraphQL, cast: Cast):
    house = CategoryFactory()
    water, roofs = (CategoryFactory(parent=house, name=name) for name in ("Water", "Roofs"))
    tap, sink = (SubcategoryFactory(category=water, name=name) for name in ("Tap", "Sink"))
    select = "... on Done { ok }"

    for name, given in (
        ("sortServiceCategories", {"parentId": gid(house), "ids": [gid(roofs), gid(water)]}),
        ("sortServiceSubcategories", {"categoryId": gid(water), "ids": [gid(sink), gid(tap)]}),
        ("sortServiceCategories", {"ids": [gid(house)]}),
    ):
        answer = graphql.mutate(name, given, select, by=cast.dora)
        assert answer.data[name] == {"__typename": "Done", "ok": True}

    assert [*ServiceCategory.objects.filter(parent=house).order_by("sort_order")] == [roofs, water]
    assert [*water.subcategories.order_by("sort_order")] == [sink, tap]


@pytest.mark.parametrize("name", ["sortServiceCategories", "sortServiceSubcategories"])
def test_siblings_are_not_sorted_by_others_or_in_part(graphql: GraphQL, cast: Cast, name: str):
    house = CategoryFactory()
    rows = [CategoryFactory(parent=house), CategoryFactory(parent=house)]
    above = "parentId"
    if name == "sortServiceSubcategories":
        rows, above = [SubcategoryFactory(category=house) for _ in range(2)], "categoryId"
    given = {above: gid(house), "ids": [gid(row) for row in rows]}
    people, dora = [cast.ada, cast.ben, cast.cleo, cast.eve], cast.dora

    with nothing_changes():
        codes = [graphql.mutate(name, given, by=who).code for who in people]
        signed_out = graphql.mutate(name, given).code
        partly = graphql.mutate(name, given | {"ids": given["ids"][:1]}, by=dora)
        missing = graphql.mutate(
            name, given | {above: to_base64("ServiceCategory", uuid4())}, by=dora
        )
        other = graphql.mutate(name, given | {"ids": [gid(AreaFactory.build())]}, by=dora)

    assert (codes, signed_out) == (["not_allowed"] * 4, "not_signed_in")
    assert (partly.code, partly.refusal["field"]) == ("invalid_order", "ids")
    assert (missing.code, other.code) == ("not_found", "invalid_id")
