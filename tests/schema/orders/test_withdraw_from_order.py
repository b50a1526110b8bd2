"""Giving assigned work back."""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from apps.accounts.models import User
from apps.orders.events import OrderPublished, OrderReopened, VisitCancelled
from apps.orders.models import Bid, Order, OrderAssignment, OrderTransition, OrderVisit
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.catalog import AreaFactory
from tests.factories.orders import BidFactory, VisitFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

NOW = datetime.fromisoformat("2031-03-04T09:30:00+00:00")
WEEK = timedelta(days=7)
STEPS = "query($id: ID!) { order(id: $id) { transitions { edges { node { name note } } } } }"


def _given(order: Order, reason: str = "My van broke down.") -> dict[str, str]:
    return {"orderId": gid(order), "reason": reason}


def _notes(graphql: GraphQL, order: Order, by: User) -> dict[str, str]:
    """What somebody reads of what was said with each step."""
    found = graphql(STEPS, {"id": gid(order)}, by=by).data["order"]["transitions"]["edges"]
    return {edge["node"]["name"]: edge["node"]["note"] for edge in found}


def test_the_order_is_open_to_bids_again(graphql: GraphQL, cast: Cast):
    order, noise = cast.ada_work(assigned=True, final_price=800_00), cast.ada_work(assigned=True)
    BidFactory(order=order, status="REJECTED")
    visit = VisitFactory(order=order, confirmed=True)

    with announced() as heard:
        answer = graphql.mutate(
            "withdrawFromOrder",
            _given(order),
            "... on Order { status bidCount assignedAt assignment { id } }",
            by=cast.ada,
        )

    assert answer.data["withdrawFromOrder"] == {
        "__typename": "Order",
        "status": "PUBLISHED",
        "bidCount": 0,
        "assignedAt": None,
        "assignment": None,
    }
    order.refresh_from_db()
    assert (order.final_price, order.takes_bids) == (None, True)
    assert sorted(order.bids.values_list("status", flat=True)) == ["REJECTED", "WITHDRAWN"]
    assert Bid.objects.get(status="WITHDRAWN").withdrawn_at is not None
    assert [*OrderAssignment.objects.all()] == [noise.assignment]
    assert OrderVisit.objects.get().status == "CANCELLED"
    told = {"order_id": order.pk, "client_user_id": cast.ben.pk}
    about = {"order_id": order.pk, "provider_id": cast.ada_business.pk}
    assert heard == [
        VisitCancelled(visit_id=visit.pk, **about),
        OrderReopened(provider_id=cast.ada_business.pk, **told),
        OrderPublished(**told),
    ]
    assert "marketplace" in heard[-1].topics()
    assert "marketplace" not in heard[-2].topics()


def test_the_step_is_noted_with_its_actor_and_reason(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(assigned=True)

    graphql.mutate("withdrawFromOrder", _given(order), by=cast.ada)

    step = OrderTransition.objects.get()
    assert (step.name, step.from_status, step.to_status) == ("reopen", "ASSIGNED", "PUBLISHED")
    assert (step.actor, step.note) == (cast.ada, "My van broke down.")


def test_another_provider_gets_it_then(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(assigned=True)
    graphql.mutate("withdrawFromOrder", _given(order), by=cast.ada)
    bid = BidFactory(order=order)

    graphql.mutate("acceptBid", {"bidId": gid(bid)}, by=cast.ben)

    assert OrderAssignment.objects.get().bid == bid
    assert Order.objects.get(pk=order.pk).status == "ASSIGNED"


def test_who_gets_it_then_does_not_read_why_the_other_withdrew(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(assigned=True)
    graphql.mutate("withdrawFromOrder", _given(order), by=cast.ada)
    bid = BidFactory(order=order)
    graphql.mutate("acceptBid", {"bidId": gid(bid)}, by=cast.ben)
    nobody_came = {"disputeType": "NO_SHOW", "description": "Nobody came."}
    graphql.mutate("openDispute", {"orderId": gid(order)} | nobody_came, by=cast.ben)

    assert _notes(graphql, order, bid.provider.user_profile.user) == {
        "reopen": "",
        "assign": "",
        "dispute": "Nobody came.",
    }
    assert _notes(graphql, order, cast.ben)["reopen"] == "My van broke down."
    assert _notes(graphql, order, cast.ada) == {}


@pytest.mark.parametrize(
    ("expires_in", "day", "until"),
    [
        (None, None, NOW + WEEK),
        (timedelta(days=2), None, NOW + WEEK),
        (timedelta(days=20), None, NOW + timedelta(days=20)),
        (timedelta(days=20), date(2031, 3, 30), NOW + timedelta(days=20)),
        # Its day ends in Lagos an hour before midnight in London.
        (None, date(2031, 3, 6), datetime.fromisoformat("2031-03-06T22:59:59+00:00")),
    ],
)
def test_bidders_have_a_week_or_until_its_day(
    graphql: GraphQL, cast: Cast, expires_in: timedelta | None, day: date | None, until: datetime
):
    with time_machine.travel(NOW, tick=False):
        order = cast.ada_work(
            assigned=True,
            service_date=day,
            expires_at=expires_in and clock.now() + expires_in,
            area=AreaFactory(time_zone="Africa/Lagos"),
        )
        graphql.mutate("withdrawFromOrder", _given(order), by=cast.ada)

    assert Order.objects.get().expires_at == until


def test_an_order_past_its_day_is_no_news_to_the_market(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(assigned=True, service_date=clock.today() - timedelta(days=2))

    with announced() as heard:
        graphql.mutate("withdrawFromOrder", _given(order), by=cast.ada)

    assert [type(fact) for fact in heard] == [OrderReopened]
    assert not Order.objects.get().takes_bids


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_is_given(graphql: GraphQL, cast: Cast, reason: str):
    order, by = cast.ada_work(assigned=True), cast.ada

    with nothing_changes():
        answer = graphql.mutate("withdrawFromOrder", _given(order, reason), by=by)

    assert (answer.code, answer.refusal["field"]) == ("reason_required", "reason")


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ben", "not_allowed"),
        ("cleo", "not_found"),
        ("dora", "not_allowed"),
        ("eve", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_the_assigned_provider_does(graphql: GraphQL, cast: Cast, who: str, code: str):
    order, by = cast.ada_work(assigned=True), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("withdrawFromOrder", _given(order), by=by)

    assert answer.code == code


def test_a_bidder_who_lost_has_nothing_to_give_back(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(assigned=True)
    loser = BidFactory(order=order, status="REJECTED").provider.user_profile.user

    with nothing_changes():
        answer = graphql.mutate("withdrawFromOrder", _given(order), by=loser)

    assert answer.code == "not_allowed"


@pytest.mark.parametrize("status", [s for s in Order.Status if s != "ASSIGNED"])
def test_work_that_began_is_not_given_back(graphql: GraphQL, cast: Cast, status: str):
    order, by = cast.ada_work(status=status), cast.ada

    with nothing_changes():
        answer = graphql.mutate("withdrawFromOrder", _given(order), by=by)

    assert answer.code == "illegal_transition"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    order, by = cast.ada_work(assigned=True), cast.ada

    with nothing_changes():
        given = _given(order) | {"orderId": gid(order.assignment)}
        answer = graphql.mutate("withdrawFromOrder", given, by=by)

    assert answer.code == "invalid_id"
