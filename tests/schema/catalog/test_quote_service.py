"""What a service costs, asked before anything is ordered."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from strawberry.relay import to_base64

from apps.core.models import SystemSetting
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.catalog import (
    AddonFactory,
    AreaFactory,
    CategoryFactory,
    PackageFactory,
    SubcategoryFactory,
)
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

ASK = """query($subcategoryId: ID!, $addonIds: [ID!], $areaId: ID, $serviceAt: DateTime,
    $addons: [OrderAddonInput!], $packageId: ID, $urgency: OrderUrgency) {
  quoteService(subcategoryId: $subcategoryId, addonIds: $addonIds, areaId: $areaId,
      serviceAt: $serviceAt, addons: $addons, packageId: $packageId, urgency: $urgency) {
    currency multiplier urgency estimatedDuration
    lines { kind name quantity unitPrice { amount } amount { amount currency } }
    subtotal { amount } discount { amount } travelFee { amount } total { amount formatted }
    commission { amount } providerShare { amount } } }"""


def _ask(graphql: GraphQL, by: Any = None, **given: Any) -> Answer:
    return graphql(ASK, given, by=by)


def _in(hours: float) -> str:
    return (clock.now() + timedelta(hours=hours)).isoformat()


def test_everything_is_told_line_by_line_in_the_areas_currency(graphql: GraphQL):
    category = CategoryFactory(commission_rate=Decimal("12.50"))
    service = SubcategoryFactory(category=category, base_price=30_00, estimated_duration=90)
    inside = AddonFactory(subcategory=service)
    washer = AddonFactory(subcategory=service, name="Washer", price=5_00, duration_addition=10)
    package = PackageFactory(
        subcategory=service,
        package_price=40_00,
        discount_percentage=10,
        estimated_duration=120,
    )
    package.addons.add(inside)
    area = AreaFactory(base_price_multiplier=Decimal("18.5"), travel_fee=75_00)

    answer = _ask(
        graphql,
        subcategoryId=gid(service),
        addonIds=[gid(inside)],
        addons=[{"addonId": gid(washer), "quantity": 2}],
        packageId=gid(package),
        areaId=gid(area),
        serviceAt=_in(20),
    )

    def line(kind: str, name: str, quantity: int, unit: str, amount: str) -> dict[str, Any]:
        money = {"amount": amount, "currency": "ZAR"}
        about = {"kind": kind, "name": name, "quantity": quantity}
        return about | {"unitPrice": {"amount": unit}, "amount": money}

    assert answer.data["quoteService"] == {
        "currency": "ZAR",
        "multiplier": "18.5000",
        "urgency": "URGENT",
        "estimatedDuration": 140,
        "lines": [
            line("PACKAGE", "All taps", 1, "740.00", "740.00"),
            line("ADDON", "Washer", 2, "92.50", "185.00"),
            line("URGENCY", "Urgent", 1, "231.25", "231.25"),
            line("DISCOUNT", "All taps", 1, "-74.00", "-74.00"),
            line("TRAVEL_FEE", "Observatory", 1, "75.00", "75.00"),
        ],
        "subtotal": {"amount": "1156.25"},
        "discount": {"amount": "74.00"},
        "travelFee": {"amount": "75.00"},
        "total": {"amount": "1157.25", "formatted": "ZAR1,157.25"},
        "commission": {"amount": "135.28"},
        "providerShare": {"amount": "1021.97"},
    }


def test_it_is_the_same_for_everybody_and_changes_nothing(graphql: GraphQL, cast: Cast):
    service, by = gid(SubcategoryFactory()), (cast.ben, cast.ada, cast.eve, None)

    with nothing_changes():
        answers = [_ask(graphql, by=who, subcategoryId=service).body for who in by]

    assert answers[0]["data"]["quoteService"]["total"]["amount"] == "30.00"
    assert answers.count(answers[0]) == 4


def test_what_urgencies_add_is_a_setting(graphql: GraphQL):
    SystemSetting.objects.update_or_create(
        key="pricing.high_percent", defaults={"value": "40", "setting_type": "DECIMAL"}
    )
    service = gid(SubcategoryFactory())

    high = _ask(graphql, subcategoryId=service, urgency="HIGH").data["quoteService"]
    urgent = _ask(graphql, subcategoryId=service, urgency="URGENT").data["quoteService"]

    assert high["total"]["amount"] == "42.00"
    assert urgent["total"]["amount"] == "37.50"


def test_an_area_offers_the_categories_that_it_names_with_all_below_them(graphql: GraphQL):
    root, other = CategoryFactory(), CategoryFactory()
    leaf = CategoryFactory(parent=CategoryFactory(parent=root))
    service = gid(SubcategoryFactory(category=leaf))
    with_root, with_other, with_all = AreaFactory(), AreaFactory(), AreaFactory()
    with_root.service_categories.add(root)
    with_other.service_categories.add(other)

    codes = {
        area.pk: _ask(graphql, subcategoryId=service, areaId=gid(area)).body.get("errors")
        for area in (with_root, with_other, with_all)
    }

    assert codes[with_root.pk] is codes[with_all.pk] is None
    assert codes[with_other.pk][0]["extensions"]["code"] == "service_not_in_area"


def test_an_area_that_names_a_branch_offers_nothing_above_or_beside_it(graphql: GraphQL):
    root = CategoryFactory()
    branch = CategoryFactory(parent=root)
    area = AreaFactory()
    area.service_categories.add(branch)

    for category in (root, CategoryFactory(parent=root)):
        service = SubcategoryFactory(category=category)
        answer = _ask(graphql, subcategoryId=gid(service), areaId=gid(area))
        assert answer.code == "service_not_in_area"


def test_what_is_not_on_offer_is_refused_by_its_code(graphql: GraphQL):
    washer = AddonFactory(min_quantity=2)
    service = washer.subcategory
    needy = AddonFactory(subcategory=service)
    needy.prerequisites.add(washer)
    old = PackageFactory(subcategory=service, valid_until="2020-01-01")
    foreign_addon, foreign_package = AddonFactory(), PackageFactory()
    cases: list[tuple[dict[str, Any], str]] = [
        ({"addonIds": [gid(foreign_addon)]}, "addon_not_offered"),
        ({"addonIds": [gid(washer)]}, "invalid_quantity"),
        ({"addons": [{"addonId": gid(washer), "quantity": 6}]}, "invalid_quantity"),
        ({"addonIds": [gid(needy)]}, "prerequisite_missing"),
        ({"addonIds": [gid(needy)], "addons": [{"addonId": gid(needy)}]}, "duplicate_addon"),
        ({"packageId": gid(foreign_package)}, "package_not_offered"),
        ({"packageId": gid(old)}, "package_not_valid"),
        ({"serviceAt": _in(-0.01)}, "service_date_past"),
        ({"serviceAt": "2020-01-01T10:00:00"}, "service_date_past"),
        ({"areaId": gid(service)}, "invalid_id"),
    ]

    for given, code in cases:
        assert _ask(graphql, subcategoryId=gid(service), **given).code == code


def test_a_prerequisite_in_the_package_counts(graphql: GraphQL):
    valve = AddonFactory()
    service = valve.subcategory
    needy = AddonFactory(subcategory=service)
    needy.prerequisites.add(valve)
    package = PackageFactory(subcategory=service)
    package.addons.add(valve)

    answer = _ask(
        graphql, subcategoryId=gid(service), addonIds=[gid(needy)], packageId=gid(package)
    )

    assert answer.data["quoteService"]["total"]["amount"] == "95.00"


def test_what_was_deleted_or_switched_off_is_not_found(graphql: GraphQL):
    service = SubcategoryFactory()
    addon, package = AddonFactory(subcategory=service), PackageFactory(subcategory=service)
    closed, gone = AreaFactory(is_active=False), SubcategoryFactory()
    for row in (addon, package, gone):
        row.soft_delete()
    missing = to_base64("ServiceSubcategory", uuid4())

    assert _ask(graphql, subcategoryId=gid(gone)).code == "not_found"
    assert _ask(graphql, subcategoryId=missing).code == "not_found"
    for given in (
        {"addonIds": [gid(addon)]},
        {"packageId": gid(package)},
        {"areaId": gid(closed)},
    ):
        assert _ask(graphql, subcategoryId=gid(service), **given).code == "not_found"


@pytest.mark.parametrize(
    "instant",
    ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", "tomorrow", ""],
)
def test_an_instant_that_is_none_is_refused(graphql: GraphQL, instant: str):
    answer = _ask(graphql, subcategoryId=gid(SubcategoryFactory()), serviceAt=instant)

    assert answer.code == "invalid_request"


def test_it_asks_nine_statements_at_most_whatever_is_chosen(graphql: GraphQL):
    service, area = SubcategoryFactory(), AreaFactory()
    area.service_categories.add(service.category)
    package = PackageFactory(subcategory=service)
    addons = [AddonFactory(subcategory=service) for _ in range(20)]
    package.addons.add(*addons[:5])
    given = {"subcategoryId": gid(service), "areaId": gid(area), "packageId": gid(package)}

    counts = []
    for chosen in (addons[:1], addons):
        with CaptureQueriesContext(connection) as asked:
            quote = _ask(graphql, addonIds=[gid(addon) for addon in chosen], **given)
        assert quote.data["quoteService"]["currency"] == "ZAR"
        statements = [
            query["sql"] for query in asked if query["sql"].strip().startswith(("SELECT", "WITH"))
        ]
        counts.append(len([text for text in statements if "set_config" not in text]))

    assert counts == [9, 9]
