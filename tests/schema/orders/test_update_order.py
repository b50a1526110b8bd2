"""Changing what an order asks for."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from apps.orders.events import OrderUpdated
from apps.orders.models import Bid, Order, OrderAddon
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

TOMORROW = str(clock.today() + timedelta(days=1))


def test_a_draft_is_changed_unheard(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(description="It drips.")
    given = {
        "id": gid(order),
        "title": "Two taps",
        "budgetMax": {"amount": "900", "currency": "ZAR"},
        "version": 1,
    }

    with announced() as heard:
        changed = graphql.mutate(
            "updateOrder",
            given,
            "... on Order { title description budgetMax { amount } version }",
            by=cast.ben,
        ).data["updateOrder"]

    assert changed == {
        "__typename": "Order",
        "title": "Two taps",
        "description": "It drips.",
        "budgetMax": {"amount": "900.00"},
        "version": 2,
    }
    assert heard == []


def test_a_change_of_a_published_order_is_announced(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(published=True)

    with announced() as heard:
        graphql.mutate("updateOrder", {"id": gid(order), "serviceDate": TOMORROW}, by=cast.ben)

    assert str(Order.objects.get().service_date) == TOMORROW
    assert heard == [OrderUpdated(order_id=order.pk)]


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("cleo", "not_allowed"),
        ("dora", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_the_client_changes_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    order, by = cast.ada_bid().order, getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("updateOrder", {"id": gid(order), "title": "Mine"}, by=by)

    assert answer.code == code


def test_to_a_stranger_a_draft_is_not_there(graphql: GraphQL, cast: Cast):
    order, by = cast.ben_order(), cast.cleo

    with nothing_changes():
        answer = graphql.mutate("updateOrder", {"id": gid(order), "title": "Mine"}, by=by)

    assert answer.code == "not_found"


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"title": ""}, "blank", "title"),
        ({"serviceDate": "2020-02-29"}, "service_date_past", "serviceDate"),
        ({"serviceDate": "9999-12-31"}, "service_date_far", "serviceDate"),
        ({"budgetMin": {"amount": "100.01", "currency": "ZAR"}}, "invalid_budget", None),
        ({"budgetMin": {"amount": "1", "currency": "KES"}}, "currency_mismatch", "amount"),
        ({"budgetMin": {"amount": "1.001", "currency": "ZAR"}}, "invalid_amount", "amount"),
        ({"title": "Later", "version": 2}, "version_conflict", "version"),
    ],
)
def test_bad_changes_are_refused(
    graphql: GraphQL, cast: Cast, given: dict[str, Any], code: str, field: str | None
):
    order = cast.ben_order(budget_max=100_00)

    with nothing_changes():
        answer = graphql.mutate("updateOrder", {"id": gid(order)} | given, by=cast.ben)

    assert (answer.refusal["code"], answer.refusal["field"]) == (code, field)


def test_what_bids_were_made_on_stays(graphql: GraphQL, cast: Cast):
    order = cast.ada_bid().order

    with nothing_changes():
        fixed = {"id": gid(order), "serviceDate": TOMORROW}
        answer = graphql.mutate("updateOrder", fixed, by=cast.ben)
    other = graphql.mutate("updateOrder", {"id": gid(order), "title": "Two taps"}, by=cast.ben)

    assert answer.code == "order_has_bids"
    assert other.data["updateOrder"]["__typename"] == "Order"


def test_a_bid_that_was_withdrawn_binds_nobody(graphql: GraphQL, cast: Cast):
    order = cast.ada_bid(status=Bid.Status.WITHDRAWN).order

    graphql.mutate("updateOrder", {"id": gid(order), "serviceDate": TOMORROW}, by=cast.ben)

    assert str(Order.objects.get().service_date) == TOMORROW


@pytest.mark.parametrize(
    "status", ["ASSIGNED", "IN_PROGRESS", "COMPLETED", "CONFIRMED", "CANCELLED", "DISPUTED"]
)
def test_an_order_that_went_on_is_not_changed(graphql: GraphQL, cast: Cast, status: str):
    order = cast.ben_order(status=status)

    with nothing_changes():
        answer = graphql.mutate("updateOrder", {"id": gid(order), "title": "Late"}, by=cast.ben)

    assert answer.code == "illegal_transition"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid()

    with nothing_changes():
        answer = graphql.mutate("updateOrder", {"id": gid(bid), "title": "Late"}, by=cast.ben)

    assert answer.code == "invalid_id"


WHOLE = """... on Order { title city country currency urgency serviceSubcategory { name }
  area { name } package { name } estimatedPrice { amount currency } version
  addons { edges { node { quantity price { amount } addon { name } } } } }"""


def _update(graphql: GraphQL, order: Order, *, by: Any, **given: Any) -> Answer:
    return graphql.mutate("updateOrder", {"id": gid(order)} | given, WHOLE, by=by)


def test_everything_of_a_draft_can_be_changed_and_is_priced_anew(graphql: GraphQL, cast: Cast):
    order = cast.ben_order()
    washer = AddonFactory(name="Washer")
    service = washer.subcategory
    package = PackageFactory(subcategory=service)
    nairobi = AreaFactory(
        name="Kilimani", city="Nairobi", country="KE", currency="KES", base_price_multiplier=130
    )

    answer = _update(
        graphql,
        order,
        by=cast.ben,
        title="All taps",
        serviceSubcategoryId=gid(service),
        packageId=gid(package),
        areaId=gid(nairobi),
        addons=[{"addonId": gid(washer), "quantity": 2}],
        latitude=-1.29,
        longitude=36.78,
        location="7 Ring Road",
        postalCode="00100",
    ).data["updateOrder"]

    washers = {"quantity": 2, "price": {"amount": "650.00"}, "addon": {"name": "Washer"}}
    assert answer == {
        "__typename": "Order",
        "title": "All taps",
        "city": "Nairobi",
        "country": "KE",
        "currency": "KES",
        "urgency": "MEDIUM",
        "serviceSubcategory": {"name": "Fix a leaking tap"},
        "area": {"name": "Kilimani"},
        "package": {"name": "All taps"},
        "estimatedPrice": {"amount": "13000.00", "currency": "KES"},
        "version": 2,
        "addons": {"edges": [{"node": washers}]},
    }
    order.refresh_from_db()
    assert (order.location, order.latitude, order.postal_code) == ("7 Ring Road", -1.29, "00100")


def _priced(cast: Cast, **traits: Any) -> Order:
    """An order of Ben's in Cape Town, for a service with a washer at R90."""
    washer = AddonFactory()
    order = cast.ben_order(service_subcategory=washer.subcategory, area=AreaFactory(), **traits)
    OrderAddon.objects.create(order=order, addon=washer, currency="ZAR", price=1)
    return order


def test_what_the_price_does_not_depend_on_leaves_it_alone(graphql: GraphQL, cast: Cast):
    order = _priced(cast, estimated_price=7_00)

    answer = _update(graphql, order, by=cast.ben, title="Two taps").data["updateOrder"]

    assert answer["estimatedPrice"]["amount"] == "7.00"
    assert answer["addons"]["edges"][0]["node"]["price"]["amount"] == "0.01"


@pytest.mark.parametrize(
    ("given", "amount"),
    [
        ({"urgency": "URGENT"}, "787.50"),
        ({"serviceDate": str(clock.today() + timedelta(days=30))}, "630.00"),
        ({"serviceDate": str(clock.today())}, "787.50"),
        ({"addons": []}, "540.00"),
        ({"addons": None}, "540.00"),
        ({"packageId": None}, "630.00"),
    ],
)
def test_the_price_follows_what_it_depends_on(
    graphql: GraphQL, cast: Cast, given: dict[str, Any], amount: str
):
    order = _priced(cast)

    answer = _update(graphql, order, by=cast.ben, **given).data["updateOrder"]

    assert answer["estimatedPrice"]["amount"] == amount
    addons = answer["addons"]["edges"]
    assert [edge["node"]["price"]["amount"] for edge in addons] == ["90.00"] * len(addons)


def test_addons_are_exactly_those_that_are_given(graphql: GraphQL, cast: Cast):
    order = _priced(cast)
    kept = order.addons.get().addon
    other = AddonFactory(subcategory=order.service_subcategory)
    chosen = [{"addonId": gid(kept), "quantity": 3}, {"addonId": gid(other)}]

    _update(graphql, order, by=cast.ben, addons=chosen)
    both = dict(order.addons.values_list("addon", "quantity"))
    _update(graphql, order, by=cast.ben, addons=chosen[1:])

    assert both == {kept.pk: 3, other.pk: 1}
    assert [*order.addons.values_list("addon", flat=True)] == [other.pk]
    assert OrderAddon.objects.deleted_only().get().addon == kept


def test_another_area_leaves_no_budget_in_another_currency(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(area=AreaFactory(), budget_max=100_00)
    nairobi = gid(AreaFactory(currency="KES"))

    with nothing_changes():
        refused = _update(graphql, order, by=cast.ben, areaId=nairobi)
    budget = {"amount": "900", "currency": "KES"}
    accepted = _update(graphql, order, by=cast.ben, areaId=nairobi, budgetMax=budget)

    assert refused.code == "currency_mismatch"
    assert accepted.data["updateOrder"]["currency"] == "KES"


def test_without_its_area_an_order_counts_in_the_platforms_currency(graphql: GraphQL, cast: Cast):
    order = _priced(cast)

    answer = _update(graphql, order, by=cast.ben, areaId=None).data["updateOrder"]

    assert (answer["currency"], answer["city"]) == ("USD", "Cape Town")
    assert answer["estimatedPrice"] == {"amount": "35.00", "currency": "USD"}
    assert answer["addons"]["edges"][0]["node"]["price"]["amount"] == "5.00"


def test_what_is_not_on_offer_is_refused(graphql: GraphQL, cast: Cast):
    order = _priced(cast)
    elsewhere = AreaFactory()
    elsewhere.service_categories.add(CategoryFactory())
    addon = gid(order.addons.get().addon)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"serviceSubcategoryId": gid(SubcategoryFactory())}, "addon_not_offered"),
        ({"serviceSubcategoryId": None}, "null"),
        ({"serviceSubcategoryId": gid(SubcategoryFactory(is_deleted=True))}, "not_found"),
        ({"packageId": gid(PackageFactory())}, "package_not_offered"),
        ({"areaId": gid(elsewhere)}, "service_not_in_area"),
        ({"addons": [{"addonId": addon, "quantity": 6}]}, "invalid_quantity"),
        ({"addons": [{"addonId": addon}] * 2}, "duplicate_addon"),
        ({"latitude": 91, "longitude": 1}, "invalid_place"),
    ]

    for given, code in cases:
        with nothing_changes():
            answer = _update(graphql, order, by=cast.ben, **given)
        assert answer.code == code


def test_a_published_order_without_bids_can_be_moved_and_priced_anew(graphql: GraphQL, cast: Cast):
    order = _priced(cast, published=True)

    with announced() as heard:
        answer = _update(graphql, order, by=cast.ben, addons=[]).data["updateOrder"]

    assert answer["estimatedPrice"]["amount"] == "540.00"
    assert heard == [OrderUpdated(order_id=order.pk)]


def test_an_order_is_open_no_longer_than_the_day_that_it_is_moved_to(graphql: GraphQL, cast: Cast):
    until = clock.now() + timedelta(days=9)
    order = cast.ben_order(published=True, expires_at=until, area=AreaFactory(time_zone="UTC"))
    day = clock.today() + timedelta(days=2)

    _update(graphql, order, by=cast.ben, serviceDate=str(day))
    sooner = Order.objects.get().expires_at
    _update(graphql, order, by=cast.ben, serviceDate=str(day + timedelta(days=30)))

    assert sooner == datetime.combine(day, time(23, 59, 59), UTC)
    assert Order.objects.get().expires_at == sooner


@pytest.mark.parametrize(
    "given",
    [
        {"areaId": None},
        {"packageId": None},
        {"addons": []},
        {"urgency": "LOW"},
        {"serviceTime": "09:00"},
        {"city": "Paarl"},
        {"postalCode": "7925"},
        {"latitude": 1.0, "longitude": 1.0},
    ],
)
def test_no_part_of_what_bids_were_made_on_is_changed(
    graphql: GraphQL, cast: Cast, given: dict[str, Any]
):
    order = cast.ada_bid().order

    with nothing_changes():
        answer = _update(graphql, order, by=cast.ben, **given)

    assert answer.code == "order_has_bids"


def test_the_street_is_for_the_parties_and_may_be_mended(graphql: GraphQL, cast: Cast):
    order = cast.ada_bid().order

    _update(graphql, order, by=cast.ben, location="14 Lower Main Road")

    assert Order.objects.get().location == "14 Lower Main Road"


def test_an_expired_order_is_given_another_day_unheard(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(status="EXPIRED")

    with announced() as heard:
        _update(graphql, order, by=cast.ben, serviceDate=TOMORROW)

    order.refresh_from_db()
    assert (order.status, str(order.service_date), heard) == ("EXPIRED", TOMORROW, [])


def test_another_area_has_other_clocks(graphql: GraphQL, cast: Cast):
    day, hour = clock.now() + timedelta(hours=71), {"service_time": time(12)}
    west, east = AreaFactory(time_zone="Etc/GMT+12"), AreaFactory(time_zone="Etc/GMT-12")
    order = cast.ben_order(area=west, service_date=day.date(), **hour)

    _update(graphql, order, by=cast.ben, areaId=gid(east))
    named = cast.ben_order(area=west, service_date=day.date(), urgency_is_named=True, **hour)
    _update(graphql, named, by=cast.ben, areaId=gid(east))

    assert Order.objects.get(pk=order.pk).urgency == "HIGH"
    assert Order.objects.get(pk=named.pk).urgency == "MEDIUM"
