"""Proposing when the provider comes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from apps.orders.events import VisitProposed
from apps.orders.models import Order, OrderVisit
from tests.factories.cast import Cast
from tests.factories.orders import BidFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

NOW = datetime.fromisoformat("2031-03-04T09:30:00+00:00")
VISIT = "... on OrderVisit { startsAt endsAt status proposedBy order { id } provider { id } }"

pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def today() -> Any:
    """It is a Tuesday morning."""
    with time_machine.travel(NOW, tick=False):
        yield


def _proposal(order: Order, starts: float = 24, hours: float = 2) -> dict[str, Any]:
    """A visit so many hours from now, for so many hours."""
    starts_at = NOW + timedelta(hours=starts)
    ends_at = starts_at + timedelta(hours=hours)
    return {
        "orderId": gid(order),
        "startsAt": starts_at.isoformat(),
        "endsAt": ends_at.isoformat(),
    }


@pytest.mark.parametrize(("who", "side"), [("ben", "CLIENT"), ("ada", "PROVIDER")])
@pytest.mark.parametrize("status", ["ASSIGNED", "IN_PROGRESS"])
def test_either_side_proposes_a_time(
    graphql: GraphQL, cast: Cast, who: str, side: str, status: str
):
    order, by = cast.ada_work(status=status), getattr(cast, who)

    with announced() as heard:
        answer = graphql.mutate("proposeVisit", _proposal(order), VISIT, by=by)

    assert answer.data["proposeVisit"] == {
        "__typename": "OrderVisit",
        "startsAt": "2031-03-05T09:30:00.000000+00:00",
        "endsAt": "2031-03-05T11:30:00.000000+00:00",
        "status": "PROPOSED",
        "proposedBy": side,
        "order": {"id": gid(order)},
        "provider": {"id": gid(cast.ada_business)},
    }
    visit = OrderVisit.objects.get()
    told = {"order_id": order.pk, "provider_id": cast.ada_business.pk}
    assert heard == [VisitProposed(visit_id=visit.pk, **told)]


@pytest.mark.parametrize(("starts", "hours"), [(0.01, 1), (24, 24), (180 * 24, 24), (1, 0.01)])
def test_a_visit_may_be_soon_or_far_ahead_short_or_a_day_long(
    graphql: GraphQL, cast: Cast, starts: float, hours: float
):
    order = cast.ada_work(assigned=True)

    answer = graphql.mutate("proposeVisit", _proposal(order, starts, hours), VISIT, by=cast.ben)

    assert answer.data["proposeVisit"]["status"] == "PROPOSED"


@pytest.mark.parametrize(
    ("starts", "hours"),
    [(0, 1), (-1, 2), (24, 0), (24, -1), (24, 24.01), (180 * 24 + 0.01, 1), (9_999_999, 1)],
)
def test_a_visit_at_no_sensible_time_is_refused(
    graphql: GraphQL, cast: Cast, starts: float, hours: float
):
    order = cast.ada_work(assigned=True)

    with nothing_changes():
        answer = graphql.mutate("proposeVisit", _proposal(order, starts, hours), by=cast.ben)

    assert (answer.code, answer.refusal["field"]) == ("invalid_visit", "startsAt")


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("cleo", "not_found"),
        ("dora", "not_found"),
        ("eve", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_its_parties_agree_on_visits(graphql: GraphQL, cast: Cast, who: str, code: str):
    order, by = cast.ada_work(assigned=True), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("proposeVisit", _proposal(order), by=by)

    assert answer.code == code


def test_a_bidder_who_lost_is_no_party(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(assigned=True)
    loser = BidFactory(order=order, status="REJECTED").provider.user_profile.user

    with nothing_changes():
        answer = graphql.mutate("proposeVisit", _proposal(order), by=loser)

    assert answer.code == "not_found"


@pytest.mark.parametrize(
    "status", [s for s in Order.Status if s not in ("ASSIGNED", "IN_PROGRESS")]
)
def test_visits_belong_to_work_in_hand(graphql: GraphQL, cast: Cast, status: str):
    order = cast.ada_work(status=status)

    with nothing_changes():
        answer = graphql.mutate("proposeVisit", _proposal(order), by=cast.ben)

    assert answer.code == "illegal_transition"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(assigned=True)

    with nothing_changes():
        given = _proposal(order) | {"orderId": gid(order.assignment)}
        answer = graphql.mutate("proposeVisit", given, by=cast.ben)

    assert answer.code == "invalid_id"


def test_a_repeat_under_the_same_key_proposes_nothing_more(graphql: GraphQL, cast: Cast):
    given = _proposal(cast.ada_work(assigned=True)) | {"idempotencyKey": "tuesday"}

    first = graphql.mutate("proposeVisit", given, "... on OrderVisit { id }", by=cast.ben)
    again = graphql.mutate("proposeVisit", given, "... on OrderVisit { id }", by=cast.ben)

    assert first.data["proposeVisit"]["id"] == gid(OrderVisit.objects.get())
    assert again.data == first.data
