"""The calendar: one's own visits, within days that were asked for."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from apps.orders.models import OrderVisit
from tests.factories.cast import Cast
from tests.factories.orders import VisitFactory
from tests.support.graphql import GraphQL, gid

CALENDAR = """query($filter: VisitFilter, $order: [VisitOrder!]! = []) {
  visits(filter: $filter, order: $order) { totalCount edges { node { id } } } }"""
OF_ORDER = """query($id: ID!) { order(id: $id) { visits(order: {startsAt: ASC}) {
  totalCount edges { node { id startsAt viewerCan } } } } }"""
MONDAY = datetime.fromisoformat("2031-03-03T09:00:00+00:00")


def _days(cast: Cast) -> list[OrderVisit]:
    """A visit of Ada's on each of seven days, every other one confirmed."""
    order = cast.ada_work(assigned=True)
    return [
        VisitFactory(order=order, starts_at=MONDAY + timedelta(days=day), confirmed=day % 2 == 0)
        for day in range(7)
    ]


def _ids(found: Any) -> list[str]:
    return [edge["node"]["id"] for edge in found["edges"]]


def test_a_provider_reads_a_week_of_the_calendar(graphql: GraphQL, cast: Cast):
    visits = _days(cast)
    VisitFactory(starts_at=MONDAY, confirmed=True)
    wanted = {
        "startsAt": {
            "gte": (MONDAY + timedelta(days=1)).isoformat(),
            "lt": (MONDAY + timedelta(days=5)).isoformat(),
        },
        "status": "CONFIRMED",
    }

    answer = graphql(CALENDAR, {"filter": wanted, "order": [{"startsAt": "DESC"}]}, by=cast.ada)

    found = answer.data["visits"]
    assert _ids(found) == [gid(visits[4]), gid(visits[2])]
    assert found["totalCount"] == 2


@pytest.mark.parametrize(("who", "count"), [("ada", 7), ("ben", 7), ("cleo", 0), ("eve", 0)])
def test_each_reads_their_own(graphql: GraphQL, cast: Cast, who: str, count: int):
    _days(cast)

    answer = graphql(CALENDAR, by=getattr(cast, who))

    assert answer.data["visits"]["totalCount"] == count


def test_the_signed_out_read_none(graphql: GraphQL):
    assert graphql(CALENDAR).code == "not_signed_in"


def test_the_parties_see_the_visits_of_their_order(graphql: GraphQL, cast: Cast):
    visits = _days(cast)

    answer = graphql(OF_ORDER, {"id": gid(visits[0].order)}, by=cast.ben)

    found = answer.data["order"]["visits"]
    assert _ids(found) == [gid(visit) for visit in visits]
    assert set(found["edges"][0]["node"]["viewerCan"]) == {"confirmVisit", "cancelVisit"}


def test_who_carries_the_order_out_later_does_not_see_earlier_visits(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(assigned=True)
    VisitFactory(order=order, provider=cast.cleo.profile.provider_profile, status="CANCELLED")
    visit = VisitFactory(order=order)

    answer = graphql(OF_ORDER, {"id": gid(order)}, by=cast.ada)

    assert _ids(answer.data["order"]["visits"]) == [gid(visit)]
