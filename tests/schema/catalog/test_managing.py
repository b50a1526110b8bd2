"""The four verbs of those who run the catalog, for each kind of entry: who may, and what comes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from strawberry.relay import to_base64

from apps.accounts.models import User
from apps.catalog import models
from apps.catalog.events import CatalogChanged
from kernel.models import AbstractSoftDeleteModel
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.catalog import (
    AddonFactory,
    AreaFactory,
    CategoryFactory,
    LanguageFactory,
    PackageFactory,
    SubcategoryFactory,
)
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

Given = dict[str, Any]
USD = {"amount": "30.50", "currency": "USD"}


@dataclass(frozen=True)
class Kind:
    """A kind of entry: how one is made, and what the API takes to make one."""

    model: Any
    factory: Callable[..., Any]
    given: Callable[[], Given]
    select: str = "name"
    made: Given = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name in the API."""
        return str(self.model.__name__)

    def row(self, **traits: Any) -> Any:
        """An entry."""
        return self.factory(**traits)


def _area() -> Given:
    return {
        "name": "Gardens",
        "city": "Cape Town",
        "country": "ZA",
        "latitude": -33.9,
        "longitude": 18.4,
        "currency": "ZAR",
        "timeZone": "Africa/Johannesburg",
        "radiusKm": 4,
        "postalCodes": [" 8001"],
        "travelFee": {"amount": "80.00", "currency": "ZAR"},
        "basePriceMultiplier": "18.2",
        "serviceCategoryIds": [gid(CategoryFactory(name="Water"))],
    }


def _package() -> Given:
    addon = AddonFactory(name="Valve")
    return {
        "name": "All",
        "subcategoryId": gid(addon.subcategory),
        "packagePrice": USD,
        "addonIds": [gid(addon)],
        "discountPercentage": "12.5",
        "validFrom": "2026-01-01",
        "validUntil": None,
    }


def _addon() -> Given:
    needed = AddonFactory(name="Valve")
    return {
        "name": "Tap",
        "subcategoryId": gid(needed.subcategory),
        "price": USD,
        "priceType": "PER_HOUR",
        "maxQuantity": 3,
        "prerequisiteIds": [gid(needed)],
    }


KINDS = [
    Kind(
        models.Language,
        LanguageFactory,
        lambda: {"code": "AR", "name": "Arabic", "nativeName": "العربية", "rtlSupport": True},
        "code name rtlSupport isDefault",
        {"code": "ar", "name": "Arabic", "rtlSupport": True, "isDefault": True},
    ),
    Kind(
        models.ServiceCategory,
        CategoryFactory,
        lambda: {
            "name": "Pipes",
            "parentId": gid(CategoryFactory(name="Water")),
            "color": "#1D6FA5",
            "keywords": ["pipe"],
            "minPrice": USD,
            "metaTitle": "Pipes near you",
            "requiresLicense": True,
        },
        "name slug color keywords minPrice { amount } metaTitle requiresLicense parent { name }",
        {
            "name": "Pipes",
            "slug": "pipes",
            "color": "#1d6fa5",
            "keywords": ["pipe"],
            "minPrice": {"amount": "30.50"},
            "metaTitle": "Pipes near you",
            "requiresLicense": True,
            "parent": {"name": "Water"},
        },
    ),
    Kind(
        models.ServiceSubcategory,
        SubcategoryFactory,
        lambda: {
            "name": "Tap",
            "categoryId": gid(CategoryFactory(name="Water")),
            "basePrice": USD,
            "complexityLevel": "HARD",
            "requiredTools": ["Wrench"],
        },
        "name slug basePrice { amount } complexityLevel requiredTools category { name }",
        {
            "name": "Tap",
            "slug": "tap",
            "basePrice": {"amount": "30.50"},
            "complexityLevel": "HARD",
            "requiredTools": ["Wrench"],
            "category": {"name": "Water"},
        },
    ),
    Kind(
        models.ServiceAddon,
        AddonFactory,
        _addon,
        "name price { amount } priceType maxQuantity prerequisites { edges { node { name } } }",
        {
            "name": "Tap",
            "price": {"amount": "30.50"},
            "priceType": "PER_HOUR",
            "maxQuantity": 3,
            "prerequisites": {"edges": [{"node": {"name": "Valve"}}]},
        },
    ),
    Kind(
        models.ServicePackage,
        PackageFactory,
        _package,
        "name packagePrice { amount } discountPercentage validFrom validUntil"
        " addons { edges { node { name } } }",
        {
            "name": "All",
            "packagePrice": {"amount": "30.50"},
            "discountPercentage": "12.50",
            "validFrom": "2026-01-01",
            "validUntil": None,
            "addons": {"edges": [{"node": {"name": "Valve"}}]},
        },
    ),
    Kind(
        models.ServiceArea,
        AreaFactory,
        _area,
        "name timeZone radiusKm postalCodes travelFee { amount currency } basePriceMultiplier"
        " serviceCategories { edges { node { name } } }",
        {
            "name": "Gardens",
            "timeZone": "Africa/Johannesburg",
            "radiusKm": 4,
            "postalCodes": ["8001"],
            "travelFee": {"amount": "80.00", "currency": "ZAR"},
            "basePriceMultiplier": "18.2000",
            "serviceCategories": {"edges": [{"node": {"name": "Water"}}]},
        },
    ),
]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)

#: What each verb takes, of a kind and an entry of it; and the permission that it needs.
VERBS: dict[str, tuple[Callable[[Kind, Any], Given], str]] = {
    "create": (lambda kind, row: kind.given(), "add"),
    "update": (lambda kind, row: {"id": gid(row), "name": "New"}, "change"),
    "delete": (lambda kind, row: {"id": gid(row)}, "delete"),
    "restore": (lambda kind, row: {"id": gid(row)}, "change"),
}
each_verb = pytest.mark.parametrize("verb", VERBS)


def staff_who_may(*permissions: str) -> User:
    """One of the staff with permissions of the catalog's, such as add_language."""
    user: User = UserFactory(is_staff=True)
    found = Permission.objects.filter(content_type__app_label="catalog", codename__in=permissions)
    assert len(found) == len(permissions)
    user.user_permissions.set(found)
    return user


def prepared(kind: Kind, verb: str) -> AbstractSoftDeleteModel:
    """An entry that a verb can be done to."""
    row: AbstractSoftDeleteModel = kind.row()
    if verb == "restore":
        row.soft_delete()
    return row


@each_kind
def test_an_entry_is_made(graphql: GraphQL, cast: Cast, kind: Kind):
    given = kind.given()
    with announced() as heard:
        answer = graphql.mutate(
            f"create{kind.name}", given, f"... on {kind.name} {{ {kind.select} }}", by=cast.dora
        )

    row = kind.model.objects.latest("created_at")
    assert answer.data[f"create{kind.name}"] == {"__typename": kind.name, **kind.made}
    assert heard == [CatalogChanged(model=f"catalog.{kind.name}", entry_id=row.pk)]


@each_kind
def test_an_entry_made_twice_under_one_key_is_there_once(graphql: GraphQL, cast: Cast, kind: Kind):
    given = {**kind.given(), "idempotencyKey": "once"}
    before = kind.model.objects.count()

    first, second = (
        graphql.mutate(f"create{kind.name}", given, f"... on {kind.name} {{ id }}", by=cast.dora)
        for _ in range(2)
    )

    assert first.data == second.data
    assert kind.model.objects.count() == before + 1


@each_kind
def test_an_entry_is_changed_and_what_is_left_out_stays(graphql: GraphQL, cast: Cast, kind: Kind):
    row = kind.row()
    before = kind.model.objects.filter(pk=row.pk).values().get()

    with announced() as heard:
        answer = graphql.mutate(
            f"update{kind.name}",
            {"id": gid(row), "name": "New", "version": 1},
            f"... on {kind.name} {{ name version }}",
            by=cast.dora,
        )

    after = kind.model.objects.filter(pk=row.pk).values().get()
    named = {"__typename": kind.name, "name": "New", "version": 2}
    assert answer.data[f"update{kind.name}"] == named
    changed = {name for name in before if before[name] != after[name]}
    # The only language there is comes to be the default one.
    assert changed - {"is_default"} == {"name", "version", "updated_at"}
    assert heard == [CatalogChanged(model=f"catalog.{kind.name}", entry_id=row.pk)]


@each_kind
def test_a_change_of_another_version_is_refused(graphql: GraphQL, cast: Cast, kind: Kind):
    given, by = {"id": gid(kind.row()), "name": "New", "version": 7}, cast.dora

    with nothing_changes():
        answer = graphql.mutate(f"update{kind.name}", given, by=by)

    assert (answer.code, answer.refusal["field"]) == ("version_conflict", "version")


@each_kind
def test_an_entry_is_deleted_and_brought_back(graphql: GraphQL, cast: Cast, kind: Kind):
    row, select = kind.row(), f"... on {kind.name} {{ isDeleted }}"

    with announced() as heard:
        gone = graphql.mutate(f"delete{kind.name}", {"id": gid(row)}, select, by=cast.dora)
        is_gone = not kind.model.objects.filter(pk=row.pk).exists()
        back = graphql.mutate(f"restore{kind.name}", {"id": gid(row)}, select, by=cast.dora)

    assert gone.data[f"delete{kind.name}"] == {"__typename": kind.name, "isDeleted": True}
    assert is_gone
    assert back.data[f"restore{kind.name}"] == {"__typename": kind.name, "isDeleted": False}
    assert kind.model.objects.filter(pk=row.pk).exists()
    assert heard == [CatalogChanged(model=f"catalog.{kind.name}", entry_id=row.pk)] * 2


@each_kind
@each_verb
def test_one_permission_of_the_staff_lets_them(graphql: GraphQL, kind: Kind, verb: str):
    make, permission = VERBS[verb]
    given = make(kind, prepared(kind, verb))

    answer = graphql.mutate(
        f"{verb}{kind.name}", given, by=staff_who_may(f"{permission}_{kind.name.lower()}")
    )

    assert answer.data[f"{verb}{kind.name}"] == {"__typename": kind.name}


@each_kind
@each_verb
def test_whom_it_is_not_for_changes_nothing(graphql: GraphQL, cast: Cast, kind: Kind, verb: str):
    make, permission = VERBS[verb]
    given = make(kind, prepared(kind, verb))
    others = {f"{other}_{kind.name.lower()}" for other in ("view", "add", "change", "delete")}
    people = [cast.ada, cast.ben, cast.cleo, cast.eve,
              staff_who_may(*(others - {f"{permission}_{kind.name.lower()}"}))]  # fmt: skip

    with nothing_changes():
        codes = [graphql.mutate(f"{verb}{kind.name}", given, by=who).code for who in people]
        signed_out = graphql.mutate(f"{verb}{kind.name}", given).code

    assert (codes, signed_out) == (["not_allowed"] * 5, "not_signed_in")


@each_kind
@pytest.mark.parametrize("verb", ["update", "delete", "restore"])
def test_what_is_not_there_and_what_is_of_another_type(
    graphql: GraphQL, cast: Cast, kind: Kind, verb: str
):
    wrong = CategoryFactory() if kind.model is models.Language else LanguageFactory()
    there_or_not = kind.row()
    if verb != "restore":
        there_or_not.soft_delete()
    ids, by = [to_base64(kind.name, uuid4()), gid(there_or_not), gid(wrong)], cast.dora

    with nothing_changes():
        codes = [graphql.mutate(f"{verb}{kind.name}", {"id": id}, by=by).code for id in ids]

    assert codes == ["not_found", "not_found", "invalid_id"]


#: What null says of a field that takes it.
NOTHING = {
    models.ServiceCategory: {"parent": None, "color": "", "keywords": [], "min_price": None},
    models.ServiceSubcategory: {"required_tools": [], "required_materials": [], "image": ""},
    models.ServiceAddon: {"prerequisites": [], "description": ""},
    models.ServicePackage: {"addons": [], "valid_from": None, "valid_until": None},
    models.ServiceArea: {"service_categories": [], "postal_codes": [], "radius_km": None},
    models.Language: {"flag_icon": "", "currency_code": ""},
}
SAID = "... on OperationInfo { messages { code } }"
TYPE = """query($name: String!) { __type(name: $name) { inputFields { name } } }"""


@each_kind
def test_null_is_nothing_or_refused(graphql: GraphQL, cast: Cast, kind: Kind):
    verb, by = f"update{kind.name}", cast.dora
    made = graphql.mutate(f"create{kind.name}", kind.given(), f"... on {kind.name} {{ id }}", by=by)
    given = {"id": made.data[f"create{kind.name}"]["id"]}
    fields = graphql(TYPE, {"name": f"Update{kind.name}Input"}).data["__type"]["inputFields"]

    answers = [
        graphql.mutate(verb, given | {name: None}, SAID, by=by).data[verb]
        for name in (field["name"] for field in fields)
        if name != "id"
    ]

    codes = {each["code"] for said in answers for each in said.get("messages", ())}
    assert codes <= {"null", "blank", "invalid", "default_language", "unknown_country",
                     "unknown_timezone", "invalid_currency"}  # fmt: skip
    row = kind.model.objects.latest("created_at")
    for name, nothing in NOTHING[kind.model].items():
        value = getattr(row, name)
        assert ([*value.all()] if hasattr(value, "all") else value) == nothing
