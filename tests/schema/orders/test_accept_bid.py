"""Giving an order to a bidder."""

from datetime import date, time, timedelta
from functools import partial
from typing import Any

import pytest

from apps.orders.events import BidExpired, BidRejected, OrderAssigned
from apps.orders.models import Bid, Order, OrderAssignment, OrderTransition, OrderVisit
from apps.orders.services.bids import accept_bid, update_bid
from apps.providers.models import ServiceProviderProfile
from kernel import clock
from kernel.money import Money
from tests.factories.cast import Cast
from tests.factories.catalog import AreaFactory
from tests.factories.orders import BidFactory, OrderFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes

_TOMORROW = {
    "published": True,
    "service_date": clock.today() + timedelta(days=1),
    "service_time": time(10),
}


def _named(bid: Bid) -> dict[str, Any]:
    """How facts name a bid."""
    return {"order_id": bid.order_id, "bid_id": bid.pk, "provider_id": bid.provider_id}


def test_the_order_goes_to_the_bidder_at_the_bids_price(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(published=True, bid_count=3, service_date=date(2099, 1, 2))
    bid, other = cast.ada_bid(order=order, amount=850_00), BidFactory(order=order)
    lapsed = BidFactory(order=order, expires_at=clock.now())

    with announced() as heard:
        accepted = graphql.mutate(
            "acceptBid",
            {"bidId": gid(bid)},
            "... on Bid { status order { status bidCount finalPrice { amount }"
            " assignment { startDate provider { id } bid { id } } } }",
            by=cast.ben,
        ).data["acceptBid"]

    assert accepted == {
        "__typename": "Bid",
        "status": "ACCEPTED",
        "order": {
            "status": "ASSIGNED",
            "bidCount": 1,
            "finalPrice": {"amount": "850.00"},
            "assignment": {
                "startDate": "2099-01-02",
                "provider": {"id": gid(cast.ada_business)},
                "bid": {"id": gid(bid)},
            },
        },
    }
    other.refresh_from_db()
    lapsed.refresh_from_db()
    assert (other.status, other.rejected_at is None) == ("REJECTED", False)
    assert (lapsed.status, lapsed.rejected_at) == ("EXPIRED", None)
    assert heard == [
        BidExpired(**_named(lapsed)),
        BidRejected(**_named(other)),
        OrderAssigned(client_user_id=cast.ben.pk, **_named(bid)),
    ]


def test_the_step_is_noted_with_its_actor_and_time(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid()

    graphql.mutate("acceptBid", {"bidId": gid(bid)}, by=cast.ben)

    step, order = OrderTransition.objects.get(), Order.objects.get()
    assert (step.name, step.from_status, step.to_status) == ("assign", "PUBLISHED", "ASSIGNED")
    assert (step.actor, step.created_at) == (cast.ben, order.assigned_at)


def test_bids_on_other_orders_and_decided_ones_stay(graphql: GraphQL, cast: Cast):
    bid, elsewhere = cast.ada_bid(), BidFactory(provider=cast.ada_business)
    withdrawn = BidFactory(order=bid.order, status=Bid.Status.WITHDRAWN)

    graphql.mutate("acceptBid", {"bidId": gid(bid)}, by=cast.ben)

    assert Bid.objects.get(pk=elsewhere.pk).status == "PENDING"
    assert Bid.objects.get(pk=withdrawn.pk).status == "WITHDRAWN"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_found"),
        ("cleo", "not_found"),
        ("dora", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_the_client_accepts_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    bid, by = cast.ada_bid(), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("acceptBid", {"bidId": gid(bid)}, by=by)

    assert answer.code == code


@pytest.mark.parametrize("status", ["REJECTED", "WITHDRAWN"])
def test_a_decided_bid_is_not_accepted(graphql: GraphQL, cast: Cast, status: str):
    bid = cast.ada_bid(status=status)

    with nothing_changes():
        answer = graphql.mutate("acceptBid", {"bidId": gid(bid)}, by=cast.ben)

    assert answer.code == "bid_not_pending"


@pytest.mark.parametrize("status", [s for s in Order.Status if s != "PUBLISHED"])
def test_an_order_that_takes_no_bids_is_not_given_away(graphql: GraphQL, cast: Cast, status: str):
    bid = cast.ada_bid(order=cast.ben_order(status=status))

    with nothing_changes():
        answer = graphql.mutate("acceptBid", {"bidId": gid(bid)}, by=cast.ben)

    assert answer.code == "order_not_open"


@pytest.mark.parametrize(
    ("traits", "code"),
    [
        ({"turn": "PROVIDER"}, "not_your_turn"),
        ({"status": "EXPIRED"}, "bid_expired"),
        ({"expires_at": clock.now()}, "bid_expired"),
    ],
)
def test_a_bid_that_waits_for_its_bidder_or_expired_is_not_accepted(
    graphql: GraphQL, cast: Cast, traits: dict[str, Any], code: str
):
    bid = cast.ada_bid(**traits)

    with nothing_changes():
        answer = graphql.mutate("acceptBid", {"bidId": gid(bid)}, by=cast.ben)

    assert answer.code == code


@pytest.mark.parametrize(
    ("name", "given", "traits"),
    [
        ("acceptBid", {}, {}),
        ("counterBid", {"amount": {"amount": "1", "currency": "ZAR"}}, {}),
        ("acceptCounterOffer", {}, {"turn": "PROVIDER"}),
    ],
)
@pytest.mark.parametrize(
    ("ceases", "code"),
    [("is_verified_provider", "provider_not_verified"), ("is_deleted", "provider_not_available")],
)
def test_a_business_that_could_not_bid_any_more_gets_no_work(
    graphql: GraphQL,
    cast: Cast,
    ceases: str,
    code: str,
    name: str,
    given: dict[str, Any],
    traits: dict[str, Any],
):
    bid = cast.ada_bid(is_negotiable=True, **traits)
    of_ada = ServiceProviderProfile.objects.filter(pk=bid.provider_id)
    of_ada.update(**{ceases: ceases == "is_deleted"})
    by = cast.ada if name == "acceptCounterOffer" else cast.ben

    with nothing_changes():
        answer = graphql.mutate(name, {"bidId": gid(bid)} | given, by=by)

    assert answer.code == code


def test_the_bidder_comes_when_the_order_says_and_the_job_is_counted(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid(order=cast.ben_order(**_TOMORROW), estimated_duration=90)

    graphql.mutate("acceptBid", {"bidId": gid(bid)}, by=cast.ben)

    visit = OrderVisit.objects.get()
    assert (visit.order, visit.provider, visit.status) == (bid.order, bid.provider, "CONFIRMED")
    assert visit.ends_at - visit.starts_at == timedelta(minutes=90)
    assert ServiceProviderProfile.objects.get(pk=bid.provider_id).jobs_taken == 1


def test_nobody_comes_at_an_hour_that_is_over(graphql: GraphQL, cast: Cast):
    before = clock.now() - timedelta(minutes=1)
    said = {"service_date": before.date(), "service_time": before.time()}
    utc = AreaFactory(time_zone="UTC")
    order = cast.ben_order(published=True, bid_count=1, area=utc, **said)
    bid = cast.ada_bid(order=order)

    graphql.mutate("acceptBid", {"bidId": gid(bid)}, by=cast.ben)

    assert Order.objects.get(pk=order.pk).status == "ASSIGNED"
    assert not OrderVisit.objects.exists()


def test_a_bidder_who_has_another_job_at_that_time_is_not_taken(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid(order=cast.ben_order(bid_count=2, **_TOMORROW))
    accept_bid(bid=cast.ada_bid(order=OrderFactory(**_TOMORROW)))
    rival = BidFactory(order=bid.order)

    with nothing_changes():
        answer = graphql.mutate("acceptBid", {"bidId": gid(bid)}, by=cast.ben)
    other = graphql.mutate("acceptBid", {"bidId": gid(rival)}, by=cast.ben)

    assert answer.code == "provider_busy"
    assert other.data["acceptBid"]["__typename"] == "Bid"


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("acceptBid", "ben"),
        ("rejectBid", "ben"),
        ("counterBid", "ben"),
        ("withdrawBid", "ada"),
    ],
)
def test_a_bid_that_was_changed_since_it_was_read_is_not_decided_blindly(
    graphql: GraphQL, cast: Cast, name: str, who: str
):
    bid = cast.ada_bid(is_negotiable=True)
    seen = {"bidId": gid(bid), "version": bid.version}
    seen |= {"amount": {"amount": "1", "currency": "ZAR"}} if name == "counterBid" else {}
    update_bid(bid=bid, changes={"amount": Money(900_00, "ZAR")})

    with nothing_changes():
        blind = graphql.mutate(name, seen, by=getattr(cast, who))
    aware = graphql.mutate(name, seen | {"version": bid.version + 1}, by=getattr(cast, who))

    assert blind.code == "version_conflict"
    assert aware.data[name]["__typename"] == "Bid"


def test_a_bid_is_accepted_once(graphql: GraphQL, cast: Cast):
    bid, rival = cast.ada_bid(), BidFactory()
    graphql.mutate("acceptBid", {"bidId": gid(bid)}, by=cast.ben)
    Bid.objects.filter(pk=rival.pk).update(order=bid.order)

    with nothing_changes():
        again = graphql.mutate("acceptBid", {"bidId": gid(bid)}, by=cast.ben)
        other = graphql.mutate("acceptBid", {"bidId": gid(rival)}, by=cast.ben)

    assert (again.code, other.code) == ("order_not_open", "order_not_open")


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ada_bid().order

    with nothing_changes():
        answer = graphql.mutate("acceptBid", {"bidId": gid(order)}, by=cast.ben)

    assert answer.code == "invalid_id"


@pytest.mark.django_db(transaction=True)
def test_of_many_acceptances_at_once_exactly_one_wins(cast: Cast):
    order = cast.ben_order(published=True, bid_count=4)
    bids = [BidFactory(order=order) for _ in range(4)]
    accept = [partial(GraphQL().mutate, "acceptBid", {"bidId": gid(b)}, by=cast.ben) for b in bids]

    answers = race(*accept, *accept)

    kinds = [answer.data["acceptBid"]["__typename"] for answer in answers]
    refused = [a.code for a, kind in zip(answers, kinds, strict=True) if kind == "OperationInfo"]
    assert sorted(kinds) == ["Bid"] + ["OperationInfo"] * 7
    assert refused == ["order_not_open"] * 7
    assert sorted(Bid.objects.values_list("status", flat=True)) == ["ACCEPTED"] + ["REJECTED"] * 3
    assert OrderAssignment.objects.get().bid == Bid.objects.get(status="ACCEPTED")
    assert Order.objects.get().bid_count == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round", range(4))
def test_of_two_clients_who_take_one_provider_for_the_same_time_exactly_one_does(
    cast: Cast, round: int
):
    orders = [OrderFactory(bid_count=1, **_TOMORROW) for _ in range(4)]
    bids = [BidFactory(order=order, provider=cast.ada_business) for order in orders]
    accept = [
        partial(
            GraphQL().mutate,
            "acceptBid",
            {"bidId": gid(bid)},
            by=bid.order.client_profile.user_profile.user,
        )
        for bid in bids
    ]

    answers = race(*accept)

    kinds = [answer.data["acceptBid"]["__typename"] for answer in answers]
    refused = [a.code for a, kind in zip(answers, kinds, strict=True) if kind == "OperationInfo"]
    assert (sorted(kinds), set(refused)) == (["Bid"] + ["OperationInfo"] * 3, {"provider_busy"})
    assert sorted(Order.objects.values_list("status", "bid_count", "final_price")) == [
        ("ASSIGNED", 1, 80000),
        *[("PUBLISHED", 1, None)] * 3,
    ]
    assert sorted(Bid.objects.values_list("status", flat=True)) == ["ACCEPTED"] + ["PENDING"] * 3
    assert (OrderAssignment.objects.count(), OrderVisit.objects.count()) == (1, 1)
    assert ServiceProviderProfile.objects.get().jobs_taken == 1
