"""Writing down what is needed."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from strawberry.relay import to_base64

from apps.orders.models import Order, OrderAddon
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.catalog import (
    AddonFactory,
    AreaFactory,
    CategoryFactory,
    PackageFactory,
    SubcategoryFactory,
)
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

DRAFT = """... on Order {
  id status city country currency bidCount version
  addons { edges { node { quantity price { amount currency } } } } }"""


def _rand(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "ZAR"}


def _create(graphql: GraphQL, cast: Cast, **given: Any) -> Answer:
    """Have Ben ask for a service in an area, or as he says otherwise."""
    if "serviceSubcategoryId" not in given:
        given["serviceSubcategoryId"] = gid(SubcategoryFactory())
    if "areaId" not in given:
        given["areaId"] = gid(AreaFactory())
    by = cast.ben
    with nothing_changes():
        return graphql.mutate("createOrder", {"title": "Tap"} | given, by=by)


def test_a_draft_takes_its_place_and_currency_from_its_area(graphql: GraphQL, cast: Cast):
    addon, area = AddonFactory(), AreaFactory()
    given = {
        "title": "Tap",
        "serviceSubcategoryId": gid(addon.subcategory),
        "areaId": gid(area),
        "addons": [{"addonId": gid(addon), "quantity": 2}],
    }

    with announced() as heard:
        draft = graphql.mutate("createOrder", given, DRAFT, by=cast.ben).data["createOrder"]

    washers = {"quantity": 2, "price": {"amount": "90.00", "currency": "ZAR"}}
    assert draft == {
        "__typename": "Order",
        "id": gid(Order.objects.get()),
        "status": "DRAFT",
        "city": "Cape Town",
        "country": "ZA",
        "currency": "ZAR",
        "bidCount": 0,
        "version": 1,
        "addons": {"edges": [{"node": washers}]},
    }
    assert Order.objects.get().client_profile == cast.ben_client
    assert heard == []


def test_without_an_area_the_place_is_given_and_the_currency_is_the_platforms(
    graphql: GraphQL, cast: Cast
):
    addon = AddonFactory()
    given = {
        "title": "Tap",
        "serviceSubcategoryId": gid(addon.subcategory),
        "city": "Paarl",
        "addons": [{"addonId": gid(addon)}],
    }

    draft = graphql.mutate("createOrder", given, DRAFT, by=cast.ben).data["createOrder"]

    assert (draft["city"], draft["currency"]) == ("Paarl", "USD")
    washers = {"quantity": 1, "price": {"amount": "5.00", "currency": "USD"}}
    assert draft["addons"] == {"edges": [{"node": washers}]}


def test_a_null_text_is_an_empty_one(graphql: GraphQL, cast: Cast):
    given = {"title": "Tap", "serviceSubcategoryId": gid(SubcategoryFactory()), "city": "Paarl"}

    answer = graphql.mutate(
        "createOrder", given | {"description": None}, "... on Order { description }", by=cast.ben
    )

    assert answer.data["createOrder"]["description"] == ""


def test_the_signed_out_are_refused(graphql: GraphQL):
    given = {"title": "Tap", "serviceSubcategoryId": gid(SubcategoryFactory()), "city": "Paarl"}

    with nothing_changes():
        answer = graphql.mutate("createOrder", given)

    assert answer.code == "not_signed_in"


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"title": ""}, "blank", "title"),
        ({"title": "x" * 201}, "max_length", "title"),
        ({"urgency": None}, "null", "urgency"),
        ({"serviceDate": "2020-02-29"}, "service_date_past", "serviceDate"),
        ({"serviceDate": "9999-12-31"}, "service_date_far", "serviceDate"),
        ({"budgetMin": _rand("200"), "budgetMax": _rand("100")}, "invalid_budget", None),
        ({"budgetMax": _rand("0")}, "amount_not_positive", None),
        ({"budgetMin": _rand("-0.01")}, "amount_not_positive", None),
        ({"budgetMin": _rand("10.001")}, "invalid_amount", "amount"),
        ({"budgetMin": _rand("ten")}, "invalid_amount", "amount"),
        ({"budgetMin": _rand("NaN")}, "invalid_amount", "amount"),
        ({"budgetMax": _rand("10000000000000")}, "invalid_amount", "amount"),
        ({"budgetMax": {"amount": "5", "currency": "XXQ"}}, "invalid_amount", "amount"),
        ({"budgetMax": {"amount": "5", "currency": "USD"}}, "currency_mismatch", "amount"),
        ({"currency": "XXQ"}, "invalid_currency", "currency"),
        ({"currency": "zar"}, "invalid_currency", "currency"),
        ({"latitude": 91, "longitude": 18}, "invalid_place", None),
        ({"latitude": -33.9}, "invalid_place", None),
        ({"areaId": None}, "blank", "city"),
    ],
)
def test_bad_details_are_refused(
    graphql: GraphQL, cast: Cast, given: dict[str, Any], code: str, field: str | None
):
    answer = _create(graphql, cast, **given)

    assert (answer.refusal["code"], answer.refusal["field"]) == (code, field)


def test_a_service_or_area_that_is_missing_or_switched_off_is_not_found(
    graphql: GraphQL, cast: Cast
):
    closed, gone = AreaFactory(is_active=False), SubcategoryFactory(is_deleted=True)
    missing = to_base64("ServiceSubcategory", uuid4())

    assert _create(graphql, cast, areaId=gid(closed)).code == "not_found"
    assert _create(graphql, cast, serviceSubcategoryId=gid(gone)).code == "not_found"
    assert _create(graphql, cast, serviceSubcategoryId=missing).code == "not_found"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    service, area = gid(SubcategoryFactory()), gid(AreaFactory())

    assert _create(graphql, cast, serviceSubcategoryId=area).code == "invalid_id"
    assert _create(graphql, cast, areaId=service).code == "invalid_id"
    assert _create(graphql, cast, addons=[{"addonId": service}]).code == "invalid_id"


@pytest.mark.parametrize(
    ("quantities", "code"),
    [([0], "invalid_quantity"), ([6], "invalid_quantity"), ([1, 2], "duplicate_addon")],
)
def test_a_wrong_number_of_an_addon_is_refused(
    graphql: GraphQL, cast: Cast, quantities: list[int], code: str
):
    addon = AddonFactory()
    addons = [{"addonId": gid(addon), "quantity": quantity} for quantity in quantities]

    answer = _create(graphql, cast, serviceSubcategoryId=gid(addon.subcategory), addons=addons)

    assert answer.code == code


def test_an_addon_of_another_service_is_refused(graphql: GraphQL, cast: Cast):
    answer = _create(graphql, cast, addons=[{"addonId": gid(AddonFactory())}])

    assert answer.code == "addon_not_offered"


def test_an_addon_without_what_it_needs_is_refused(graphql: GraphQL, cast: Cast):
    washer = AddonFactory()
    valve = AddonFactory(subcategory=washer.subcategory)
    washer.prerequisites.add(valve)
    given = {"title": "Tap", "serviceSubcategoryId": gid(washer.subcategory), "city": "Paarl"}
    alone, both = [{"addonId": gid(washer)}], [{"addonId": gid(washer)}, {"addonId": gid(valve)}]

    refused = _create(graphql, cast, addons=alone, **given)
    accepted = graphql.mutate("createOrder", given | {"addons": both}, DRAFT, by=cast.ben)

    assert (refused.code, refused.refusal["field"]) == ("prerequisite_missing", "addons")
    assert len(accepted.data["createOrder"]["addons"]["edges"]) == 2


def test_a_repeat_under_the_same_key_answers_the_same_order(graphql: GraphQL, cast: Cast):
    service = SubcategoryFactory()
    given = {"title": "Tap", "serviceSubcategoryId": gid(service), "city": "Paarl"}
    keyed = given | {"idempotencyKey": "tap-1"}

    first = graphql.mutate("createOrder", keyed, "... on Order { id }", by=cast.ben)
    again = graphql.mutate("createOrder", keyed, "... on Order { id }", by=cast.ben)
    unkeyed = graphql.mutate("createOrder", given, "... on Order { id }", by=cast.ben)

    assert again.data == first.data
    assert unkeyed.data != first.data
    assert Order.objects.count() == 2


def test_a_key_is_its_owners_alone(graphql: GraphQL, cast: Cast):
    given = {"title": "Tap", "serviceSubcategoryId": gid(SubcategoryFactory()), "city": "Paarl"}
    keyed = given | {"idempotencyKey": "tap-1"}

    bens = graphql.mutate("createOrder", keyed, "... on Order { id }", by=cast.ben)
    cleos = graphql.mutate("createOrder", keyed, "... on Order { id }", by=cast.cleo)

    assert bens.data != cleos.data
    assert Order.objects.count() == 2


def test_another_input_under_the_same_key_is_refused(graphql: GraphQL, cast: Cast):
    service = SubcategoryFactory()
    given = {"title": "Tap", "serviceSubcategoryId": gid(service), "city": "Paarl"}
    graphql.mutate("createOrder", given | {"idempotencyKey": "tap-1"}, by=cast.ben)

    with nothing_changes():
        other = {"title": "Sink", "idempotencyKey": "tap-1"}
        answer = graphql.mutate("createOrder", given | other, by=cast.ben)

    assert answer.code == "idempotency_mismatch"


def test_a_refusal_is_answered_again_also_when_its_cause_is_gone(graphql: GraphQL, cast: Cast):
    area, service = AreaFactory(is_active=False), SubcategoryFactory()
    given = {"title": "Tap", "serviceSubcategoryId": gid(service), "areaId": gid(area)}
    keyed = given | {"idempotencyKey": "tap-1"}
    first = graphql.mutate("createOrder", keyed, by=cast.ben)
    area.is_active = True
    area.save()

    again = graphql.mutate("createOrder", keyed, by=cast.ben)

    assert first.code == "not_found"
    assert again.refusal == first.refusal
    assert not Order.objects.exists()


@pytest.mark.parametrize("key", ["", "k" * 101])
def test_a_key_that_is_none_is_refused(graphql: GraphQL, cast: Cast, key: str):
    assert _create(graphql, cast, idempotencyKey=key).code == "invalid_idempotency_key"


def test_a_refused_addon_leaves_no_order(graphql: GraphQL, cast: Cast):
    good, foreign = AddonFactory(), AddonFactory()
    addons = [{"addonId": gid(good)}, {"addonId": gid(foreign)}]

    _create(graphql, cast, serviceSubcategoryId=gid(good.subcategory), addons=addons)

    assert not Order.objects.exists()
    assert not OrderAddon.objects.exists()


PRICED = """... on Order { urgency estimatedDuration estimatedPrice { amount currency }
  package { name } addons { edges { node { quantity price { amount } } } }
  priceLines { kind name quantity unitPrice { amount } amount { amount } } }"""


def test_a_draft_is_priced_by_the_catalog_line_by_line(graphql: GraphQL, cast: Cast):
    inside = AddonFactory(duration_addition=15)
    service, area = inside.subcategory, AreaFactory(travel_fee=75_00)
    beside = AddonFactory(subcategory=service, name="Hose", price=7_00, duration_addition=10)
    package = PackageFactory(subcategory=service, discount_percentage=10, estimated_duration=120)
    package.addons.add(inside)
    chosen = [{"addonId": gid(inside)}, {"addonId": gid(beside), "quantity": 2}]
    given = {
        "title": "Tap",
        "serviceSubcategoryId": gid(service),
        "areaId": gid(area),
        "packageId": gid(package),
        "addons": chosen,
        "urgency": "HIGH",
    }

    draft = graphql.mutate("createOrder", given, PRICED, by=cast.ben).data["createOrder"]

    def line(kind: str, name: str, quantity: int, unit: str, amount: str) -> dict[str, Any]:
        prices = {"unitPrice": {"amount": unit}, "amount": {"amount": amount}}
        return {"kind": kind, "name": name, "quantity": quantity} | prices

    assert draft["priceLines"] == [
        line("PACKAGE", "All taps", 1, "1620.00", "1620.00"),
        line("ADDON", "Hose", 2, "126.00", "252.00"),
        line("URGENCY", "High", 1, "187.20", "187.20"),
        line("DISCOUNT", "All taps", 1, "-162.00", "-162.00"),
        line("TRAVEL_FEE", "Observatory", 1, "75.00", "75.00"),
    ]
    assert draft["estimatedPrice"] == {"amount": "1972.20", "currency": "ZAR"}
    assert (draft["estimatedDuration"], draft["package"]) == (140, {"name": "All taps"})
    kept = [edge["node"] for edge in draft["addons"]["edges"]]
    assert sorted((addon["quantity"], addon["price"]["amount"]) for addon in kept) == [
        (1, "0.00"),
        (2, "126.00"),
    ]


@pytest.mark.parametrize(
    ("days", "hour", "urgency"),
    [(None, None, "MEDIUM"), (0, None, "URGENT"), (2, None, "HIGH"), (9, "08:00", "MEDIUM")],
)
def test_how_urgent_it_is_follows_from_the_day_where_nobody_says(
    graphql: GraphQL, cast: Cast, days: int | None, hour: str | None, urgency: str
):
    day = None if days is None else str(clock.today() + timedelta(days=days))
    given = {"serviceSubcategoryId": gid(SubcategoryFactory()), "areaId": gid(AreaFactory())}
    given |= {"title": "Tap", "serviceDate": day, "serviceTime": hour}

    draft = graphql.mutate("createOrder", given, PRICED, by=cast.ben).data["createOrder"]
    said = given | {"urgency": "LOW"}
    low = graphql.mutate("createOrder", said, PRICED, by=cast.ben).data["createOrder"]

    assert (draft["urgency"], low["urgency"]) == (urgency, "LOW")


def test_without_an_area_the_catalog_has_no_prices_in_another_currency(
    graphql: GraphQL, cast: Cast
):
    addon = AddonFactory()
    given = {"title": "Tap", "serviceSubcategoryId": gid(addon.subcategory), "city": "Paarl"}
    given["currency"] = "ZAR"

    draft = graphql.mutate("createOrder", given, PRICED, by=cast.ben).data["createOrder"]

    assert (draft["estimatedPrice"], draft["priceLines"]) == (None, [])
    for more in (
        {"addons": [{"addonId": gid(addon)}]},
        {"packageId": gid(PackageFactory(subcategory=addon.subcategory))},
    ):
        assert _create(graphql, cast, **given, **more, areaId=None).code == "currency_mismatch"


def test_the_currency_is_the_areas(graphql: GraphQL, cast: Cast):
    assert _create(graphql, cast, currency="USD").code == "currency_mismatch"


def test_what_is_not_on_offer_is_refused(graphql: GraphQL, cast: Cast):
    service, elsewhere = SubcategoryFactory(), AreaFactory()
    elsewhere.service_categories.add(CategoryFactory())
    old = PackageFactory(subcategory=service, valid_until="2020-01-01")
    cases = {
        "package_not_offered": {"packageId": gid(PackageFactory())},
        "package_not_valid": {"packageId": gid(old)},
        "service_not_in_area": {"areaId": gid(elsewhere)},
        "invalid_id": {"packageId": gid(service)},
    }

    for code, given in cases.items():
        assert _create(graphql, cast, serviceSubcategoryId=gid(service), **given).code == code
