"""Having an order take bids for longer."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from apps.orders.events import OrderExtended, OrderPublished
from apps.orders.models import Bid, Order, OrderTransition
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.catalog import AreaFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes


def _extend(graphql: GraphQL, order: Order, until: datetime, *, by: Any, **given: Any) -> Answer:
    given = {"orderId": gid(order), "until": until.isoformat()} | given
    return graphql.mutate("extendOrder", given, "... on Order { status expiresAt version }", by=by)


def _in(days: float) -> datetime:
    return clock.now() + timedelta(days=days)


def test_an_order_is_open_for_longer(graphql: GraphQL, cast: Cast):
    order, until = cast.ben_order(published=True, expires_at=_in(1)), _in(9)

    with announced() as heard:
        answer = _extend(graphql, order, until, by=cast.ben, version=1).data["extendOrder"]

    assert (answer["status"], answer["version"]) == ("PUBLISHED", 2)
    assert Order.objects.get().expires_at == until
    assert not OrderTransition.objects.exists()
    told = {"order_id": order.pk, "client_user_id": cast.ben.pk}
    assert heard == [OrderExtended(expires_at=until.isoformat(), **told)]


def test_an_expired_order_is_open_again_and_its_bids_still_stand(graphql: GraphQL, cast: Cast):
    order, until = cast.ben_order(status="EXPIRED", expires_at=_in(-1), bid_count=1), _in(9)
    bid = cast.ada_bid(order=order)

    with announced() as heard:
        answer = _extend(graphql, order, until, by=cast.ben).data["extendOrder"]

    assert answer["status"] == "PUBLISHED"
    step = OrderTransition.objects.get()
    assert (step.name, step.from_status, step.to_status) == ("extend", "EXPIRED", "PUBLISHED")
    assert Bid.objects.get() == bid
    assert Bid.objects.get().status == "PENDING"
    assert Order.objects.get().takes_bids
    told = {"order_id": order.pk, "client_user_id": cast.ben.pk}
    assert heard == [
        OrderExtended(expires_at=until.isoformat(), **told),
        OrderPublished(**told),
    ]


def test_no_order_is_open_past_its_day(graphql: GraphQL, cast: Cast):
    day, utc = clock.today() + timedelta(days=3), AreaFactory(time_zone="UTC")
    order = cast.ben_order(published=True, service_date=day, area=utc, expires_at=_in(1))

    _extend(graphql, order, _in(9), by=cast.ben)
    with nothing_changes():
        again = _extend(graphql, order, _in(20), by=cast.ben)

    assert Order.objects.get().expires_at == datetime.combine(day, time(23, 59, 59), UTC)
    assert again.code == "invalid_expiry"


def test_an_order_that_expired_on_its_day_is_open_again_once_it_has_another(
    graphql: GraphQL, cast: Cast
):
    past, ahead = clock.today() - timedelta(days=3), clock.today() + timedelta(days=30)
    order = cast.ben_order(status="EXPIRED", service_date=past, expires_at=_in(-2))

    with nothing_changes():
        before = _extend(graphql, order, _in(9), by=cast.ben)
    given = {"id": gid(order), "serviceDate": str(ahead)}
    graphql.mutate("updateOrder", given, by=cast.ben)
    after = _extend(graphql, order, _in(9), by=cast.ben)

    assert before.code == "invalid_expiry"
    assert after.data["extendOrder"]["status"] == "PUBLISHED"
    assert Order.objects.get().takes_bids


@pytest.mark.parametrize(
    ("open_for", "until"), [(5, 4.99), (5, 5), (None, -0.01), (5, 90.01), (-0.1, -0.05)]
)
def test_it_is_later_than_now_and_than_today_but_not_too_late(
    graphql: GraphQL, cast: Cast, open_for: float | None, until: float
):
    now = clock.now()
    expires_at = None if open_for is None else now + timedelta(days=open_for)
    order = cast.ben_order(published=True, expires_at=expires_at)

    with nothing_changes():
        answer = _extend(graphql, order, now + timedelta(days=until), by=cast.ben)

    assert (answer.code, answer.refusal["field"]) == ("invalid_expiry", "until")


@pytest.mark.parametrize("status", [s for s in Order.Status if s not in ("PUBLISHED", "EXPIRED")])
def test_only_an_open_or_expired_order_is_extended(graphql: GraphQL, cast: Cast, status: str):
    order = cast.ben_order(status=status)

    with nothing_changes():
        answer = _extend(graphql, order, _in(5), by=cast.ben)

    assert answer.code == "illegal_transition"


def test_another_version_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(published=True)

    with nothing_changes():
        answer = _extend(graphql, order, _in(5), by=cast.ben, version=7)

    assert answer.code == "version_conflict"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("cleo", "not_allowed"),
        ("dora", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_the_client_extends_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    order, by = cast.ada_bid().order, getattr(cast, who)

    with nothing_changes():
        answer = _extend(graphql, order, _in(5), by=by)

    assert answer.code == code
