"""Offering to carry out a published order."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.orders.events import BidPlaced
from apps.orders.models import Bid, Order
from apps.orders.services.bids import place_bid
from kernel import clock
from kernel.money import Money
from tests.factories.cast import Cast
from tests.factories.catalog import AreaFactory, CategoryFactory, SubcategoryFactory
from tests.factories.orders import BidFactory, OrderFactory
from tests.factories.providers import DocumentFactory, ProviderFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes


def _rand(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "ZAR"}


def _ahead(**time: int) -> str:
    """An instant that much ahead of the moment at which the tests are read."""
    return (clock.now() + timedelta(**time)).isoformat()


def test_a_verified_provider_bids(graphql: GraphQL, cast: Cast):
    order, business = cast.ben_order(published=True), cast.ada_business
    given = {"orderId": gid(order), "amount": _rand("850.5"), "estimatedDuration": 90}

    with announced() as heard:
        placed = graphql.mutate(
            "placeBid",
            given,
            "... on Bid { amount { amount currency } status estimatedDuration description"
            " provider { id } order { bidCount } }",
            by=cast.ada,
        ).data["placeBid"]

    bid = Bid.objects.get()
    assert placed == {
        "__typename": "Bid",
        "amount": {"amount": "850.50", "currency": "ZAR"},
        "status": "PENDING",
        "estimatedDuration": 90,
        "description": "",
        "provider": {"id": gid(business)},
        "order": {"bidCount": 1},
    }
    assert heard == [BidPlaced(order_id=order.pk, bid_id=bid.pk, provider_id=business.pk)]


def test_a_bid_may_go_to_the_bounds(graphql: GraphQL, cast: Cast):
    order, _ = cast.ben_order(published=True), cast.ada_business
    until = clock.now() + timedelta(days=90)
    given = {"estimatedDuration": 43_200, "termsConditions": "x" * 5_000, "isNegotiable": True}
    given |= {"expiresAt": until.isoformat(), "orderId": gid(order), "amount": _rand("0.01")}

    select = "... on Bid { estimatedDuration termsConditions isNegotiable expiresAt turn }"
    placed = graphql.mutate("placeBid", given, select, by=cast.ada).data["placeBid"]

    assert placed["estimatedDuration"] == 43_200
    assert (len(placed["termsConditions"]), placed["isNegotiable"]) == (5_000, True)
    assert placed["expiresAt"] == until.isoformat(timespec="microseconds")
    assert placed["turn"] == "CLIENT"


def test_an_expired_bid_stands_in_nobodys_way(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid(expires_at=clock.now() - timedelta(seconds=1))

    given = {"orderId": gid(bid.order), "amount": _rand("850")}
    again = graphql.mutate("placeBid", given, "... on Bid { order { bidCount } }", by=cast.ada)

    assert again.data["placeBid"]["order"] == {"bidCount": 1}
    assert sorted(Bid.objects.values_list("status", flat=True)) == ["EXPIRED", "PENDING"]


def test_who_takes_no_work_now_is_refused(graphql: GraphQL, cast: Cast):
    order, business = cast.ben_order(published=True), cast.ada_business
    type(business).objects.update(is_available=False)

    with nothing_changes():
        given = {"orderId": gid(order), "amount": _rand("850")}
        answer = graphql.mutate("placeBid", given, by=cast.ada)

    assert answer.code == "provider_not_available"


@pytest.mark.parametrize(("days", "code"), [(-1, "order_not_open"), (1, "outside_area")])
def test_an_order_past_its_time_or_out_of_reach_takes_no_bid(
    graphql: GraphQL, cast: Cast, days: int, code: str
):
    expires_at = clock.now() + timedelta(days=days)
    far = {"latitude": -26.2, "longitude": 28.05, "expires_at": expires_at}
    order, _ = cast.ben_order(published=True, **far), cast.ada_business

    with nothing_changes():
        given = {"orderId": gid(order), "amount": _rand("850")}
        answer = graphql.mutate("placeBid", given, by=cast.ada)

    assert answer.code == code


def test_an_order_that_names_but_its_area_is_in_the_middle_of_that(graphql: GraphQL, cast: Cast):
    near, far = AreaFactory(), AreaFactory(name="Soweto", latitude=-26.26, longitude=27.86)
    orders = [cast.ben_order(published=True, area=area) for area in (near, far)]
    assert cast.ada_business

    given = [{"orderId": gid(order), "amount": _rand("850")} for order in orders]
    welcome, refused = (graphql.mutate("placeBid", each, by=cast.ada) for each in given)

    assert welcome.data["placeBid"]["__typename"] == "Bid"
    assert refused.code == "outside_area"


@pytest.mark.parametrize("base", [(-33.9349, 18.4551), (-33.9251, 18.4649)])
def test_no_base_tells_two_places_of_one_cell_apart(
    graphql: GraphQL, cast: Cast, base: tuple[float, float]
):
    corners = [(-33.9349, 18.4551), (-33.9251, 18.4649)]
    orders = [
        cast.ben_order(published=True, latitude=north, longitude=east) for north, east in corners
    ]
    where = dict(zip(("latitude", "longitude"), base, strict=True))
    type(cast.ada_business).objects.update(travel_radius=1, **where)

    given = [{"orderId": gid(order), "amount": _rand("850")} for order in orders]
    answers = [graphql.mutate("placeBid", each, by=cast.ada) for each in given]

    assert [answer.data["placeBid"]["__typename"] for answer in answers] == ["Bid", "Bid"]


def test_who_works_in_the_orders_area_bids_also_from_afar(graphql: GraphQL, cast: Cast):
    area = AreaFactory()
    cast.ada_business.service_areas.add(area)
    order = cast.ben_order(published=True, area=area, latitude=-26.2, longitude=28.05)

    given = {"orderId": gid(order), "amount": _rand("850")}
    answer = graphql.mutate("placeBid", given, by=cast.ada)

    assert answer.data["placeBid"]["__typename"] == "Bid"


def test_a_licence_that_a_category_above_asks_for_is_to_hold_on_the_day(
    graphql: GraphQL, cast: Cast
):
    trade = CategoryFactory(requires_license=True)
    service = SubcategoryFactory(category=CategoryFactory(parent=trade))
    day = clock.today() + timedelta(days=9)
    order = cast.ben_order(published=True, service_subcategory=service, service_date=day)
    licence = {"provider": cast.ada_business, "document_type": "LICENSE", "status": "APPROVED"}
    DocumentFactory(**licence, category=trade, expires_date=day - timedelta(days=1))
    given = {"orderId": gid(order), "amount": _rand("850")}

    with nothing_changes():
        before = graphql.mutate("placeBid", given, by=cast.ada)
    DocumentFactory(**licence, category=trade, expires_date=day)
    after = graphql.mutate("placeBid", given, by=cast.ada)

    assert before.code == "license_required"
    assert after.data["placeBid"]["__typename"] == "Bid"


def test_the_first_bid_on_an_order_tells_how_fast_its_provider_answers(
    graphql: GraphQL, cast: Cast
):
    business, published = cast.ada_business, clock.now() - timedelta(minutes=30, seconds=10)
    order = cast.ben_order(published=True, published_at=published)
    given = {"orderId": gid(order), "amount": _rand("850")}

    first = graphql.mutate("placeBid", given, "... on Bid { id }", by=cast.ada).data["placeBid"]
    graphql.mutate("withdrawBid", {"bidId": first["id"]}, by=cast.ada)
    graphql.mutate("placeBid", given, by=cast.ada)

    business.refresh_from_db()
    assert (business.responses, business.response_time_minutes) == (1, 30)


def test_a_bid_costs_few_statements_whatever_else_there_is(db: None):
    plain = BidFactory(order__area=AreaFactory()).order

    counts = [_statements(plain), _statements(_busy_order())]

    assert counts == [10, 10]


def _busy_order() -> Order:
    """An order with much around it: bids, areas, a deep category."""
    category = CategoryFactory(parent=CategoryFactory(parent=CategoryFactory()))
    service, area = SubcategoryFactory(category=category), AreaFactory()
    order = OrderFactory(published=True, service_subcategory=service, area=area)
    for _ in range(20):
        BidFactory(order=order).provider.service_areas.add(area, AreaFactory())
    return order


def _statements(order: Order) -> int:
    """How many statements placing a bid on an order takes."""
    Order.objects.filter(pk=order.pk).update(published_at=clock.now())
    provider = ProviderFactory()
    if order.area:
        provider.service_areas.add(order.area)
    with CaptureQueriesContext(connection) as asked:
        place_bid(order=order, provider=provider, amount=Money(850_00, "ZAR"))
    return sum("SAVEPOINT" not in query["sql"] for query in asked)


def test_the_signed_out_are_refused(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(published=True)

    with nothing_changes():
        answer = graphql.mutate("placeBid", {"orderId": gid(order), "amount": _rand("850")})

    assert answer.code == "not_signed_in"


def test_without_a_verified_business_a_published_order_is_not_there(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(published=True)
    novice, staff = ProviderFactory(is_verified_provider=False).user_profile.user, cast.dora

    with nothing_changes():
        given = {"orderId": gid(order), "amount": _rand("850")}
        without = graphql.mutate("placeBid", given, by=staff)
        unverified = graphql.mutate("placeBid", given, by=novice)

    assert without.code == "no_provider_profile"
    assert unverified.code == "not_found"


def test_a_provider_who_lost_the_verification_is_refused(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid(status=Bid.Status.WITHDRAWN)
    cast.ada_business.is_verified_provider = False
    cast.ada_business.save()

    with nothing_changes():
        given = {"orderId": gid(bid.order), "amount": _rand("850")}
        answer = graphql.mutate("placeBid", given, by=cast.ada)

    assert answer.code == "provider_not_verified"


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"amount": _rand("0")}, "amount_not_positive", None),
        ({"amount": _rand("-1")}, "amount_not_positive", None),
        ({"amount": _rand("1.001")}, "invalid_amount", "amount"),
        ({"amount": _rand("")}, "invalid_amount", "amount"),
        ({"amount": _rand("Infinity")}, "invalid_amount", "amount"),
        ({"amount": {"amount": "80", "currency": "USD"}}, "currency_mismatch", "amount"),
        ({"amount": {"amount": "80", "currency": "XXQ"}}, "invalid_amount", "amount"),
        ({"estimatedDuration": -1}, "invalid_duration", "estimatedDuration"),
        ({"estimatedDuration": 0}, "invalid_duration", "estimatedDuration"),
        ({"estimatedDuration": 43_201}, "invalid_duration", "estimatedDuration"),
        ({"expiresAt": _ahead(seconds=-1)}, "invalid_expiry", "expiresAt"),
        ({"expiresAt": _ahead(days=91)}, "invalid_expiry", "expiresAt"),
        ({"expiresAt": "2020-01-01T00:00:00"}, "invalid_expiry", "expiresAt"),
        ({"termsConditions": "x" * 5_001}, "max_length", "termsConditions"),
        ({"isNegotiable": None}, "invalid", "isNegotiable"),
    ],
)
def test_a_bad_offer_is_refused(
    graphql: GraphQL, cast: Cast, given: dict[str, Any], code: str, field: str | None
):
    order, _ = cast.ben_order(published=True), cast.ada_business

    with nothing_changes():
        given = {"orderId": gid(order), "amount": _rand("850")} | given
        answer = graphql.mutate("placeBid", given, by=cast.ada)

    assert (answer.refusal["code"], answer.refusal["field"]) == (code, field)


def test_a_bid_on_ones_own_order_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(published=True)
    ProviderFactory(user_profile=cast.ben_client.user_profile)

    with nothing_changes():
        given = {"orderId": gid(order), "amount": _rand("850")}
        answer = graphql.mutate("placeBid", given, by=cast.ben)

    assert answer.code == "own_order"


def test_a_bid_on_ones_own_draft_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ben_order()
    ProviderFactory(user_profile=cast.ben_client.user_profile)

    with nothing_changes():
        given = {"orderId": gid(order), "amount": _rand("850")}
        answer = graphql.mutate("placeBid", given, by=cast.ben)

    assert answer.code == "order_not_open"


def test_to_a_provider_a_draft_is_not_there(graphql: GraphQL, cast: Cast):
    order, by = cast.ben_order(), cast.cleo

    with nothing_changes():
        answer = graphql.mutate("placeBid", {"orderId": gid(order), "amount": _rand("8")}, by=by)

    assert answer.code == "not_found"


@pytest.mark.parametrize("status", [s for s in Order.Status if s not in ("DRAFT", "PUBLISHED")])
def test_an_order_that_went_on_takes_no_bids(graphql: GraphQL, cast: Cast, status: str):
    order = cast.ben_order(status=status)
    BidFactory(order=order, provider=cast.ada_business, status=Bid.Status.REJECTED)

    with nothing_changes():
        given = {"orderId": gid(order), "amount": _rand("850")}
        answer = graphql.mutate("placeBid", given, by=cast.ada)

    assert answer.code == "order_not_open"


def test_a_second_bid_is_refused_until_the_first_is_withdrawn(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid()
    given = {"orderId": gid(bid.order), "amount": _rand("850")}

    with nothing_changes():
        second = graphql.mutate("placeBid", given, by=cast.ada)
    graphql.mutate("withdrawBid", {"bidId": gid(bid)}, by=cast.ada)
    third = graphql.mutate("placeBid", given, "... on Bid { order { bidCount } }", by=cast.ada)

    assert second.code == "already_bid"
    assert third.data["placeBid"]["order"] == {"bidCount": 1}


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid()

    with nothing_changes():
        given = {"orderId": gid(bid), "amount": _rand("850")}
        answer = graphql.mutate("placeBid", given, by=cast.ada)

    assert answer.code == "invalid_id"


def test_a_repeat_under_the_same_key_answers_the_same_bid(graphql: GraphQL, cast: Cast):
    order, _ = cast.ben_order(published=True), cast.ada_business
    given = {"orderId": gid(order), "amount": _rand("850"), "idempotencyKey": "bid-1"}
    select = "... on Bid { id order { bidCount } }"

    with announced() as heard:
        first = graphql.mutate("placeBid", given, select, by=cast.ada)
        again = graphql.mutate("placeBid", given, select, by=cast.ada)

    assert first.data["placeBid"]["order"] == {"bidCount": 1}
    assert again.data == first.data
    assert (Bid.objects.count(), len(heard)) == (1, 1)


def test_another_input_under_the_same_key_is_refused(graphql: GraphQL, cast: Cast):
    order, _ = cast.ben_order(published=True), cast.ada_business
    given = {"orderId": gid(order), "amount": _rand("850"), "idempotencyKey": "bid-1"}
    graphql.mutate("placeBid", given, by=cast.ada)

    with nothing_changes():
        answer = graphql.mutate("placeBid", given | {"amount": _rand("849")}, by=cast.ada)

    assert answer.code == "idempotency_mismatch"


def test_a_refusal_is_answered_again_also_when_its_cause_is_gone(graphql: GraphQL, cast: Cast):
    order, _ = cast.ben_order(), cast.ada_business
    given = {"orderId": gid(order), "amount": _rand("850"), "idempotencyKey": "bid-1"}
    first = graphql.mutate("placeBid", given, by=cast.ada)
    graphql.mutate("publishOrder", {"orderId": gid(order)}, by=cast.ben)

    with nothing_changes():
        again = graphql.mutate("placeBid", given, by=cast.ada)

    assert first.code == "not_found"
    assert again.refusal == first.refusal


@pytest.mark.django_db(transaction=True)
def test_repeats_at_once_under_the_same_key_answer_the_same_bid(cast: Cast):
    order, _ = cast.ben_order(published=True), cast.ada_business
    given = {"orderId": gid(order), "amount": _rand("850"), "idempotencyKey": "bid-1"}
    place = partial(GraphQL().mutate, "placeBid", given, "... on Bid { id }", by=cast.ada)

    answers = race(*[place] * 8)

    ids = {answer.data["placeBid"]["id"] for answer in answers}
    assert ids == {gid(Bid.objects.get())}
    assert Order.objects.get().bid_count == 1
