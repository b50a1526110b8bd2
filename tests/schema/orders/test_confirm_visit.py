"""Agreeing on when the provider comes."""

from datetime import timedelta

import pytest

from apps.orders.events import VisitConfirmed
from apps.orders.models import Order, OrderVisit
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.orders import VisitFactory
from tests.factories.providers import TimeOffFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes


def _visit(cast: Cast, **values: object) -> OrderVisit:
    """A visit of Ada's, on an order of Ben's."""
    visit: OrderVisit = VisitFactory(order=cast.ada_work(assigned=True), **values)
    return visit


@pytest.mark.parametrize(("who", "proposed_by"), [("ada", "CLIENT"), ("ben", "PROVIDER")])
def test_the_other_side_agrees(graphql: GraphQL, cast: Cast, who: str, proposed_by: str):
    visit, by = _visit(cast, proposed_by=proposed_by), getattr(cast, who)
    noise = _visit(cast)

    with announced() as heard:
        answer = graphql.mutate(
            "confirmVisit", {"visitId": gid(visit)}, "... on OrderVisit { status }", by=by
        )

    assert answer.data["confirmVisit"]["status"] == "CONFIRMED"
    told = {"order_id": visit.order_id, "provider_id": visit.provider_id}
    assert heard == [VisitConfirmed(visit_id=visit.pk, **told)]
    assert OrderVisit.objects.get(pk=noise.pk).status == "PROPOSED"


@pytest.mark.parametrize(("who", "proposed_by"), [("ben", "CLIENT"), ("ada", "PROVIDER")])
def test_nobody_agrees_to_their_own_proposal(
    graphql: GraphQL, cast: Cast, who: str, proposed_by: str
):
    visit, by = _visit(cast, proposed_by=proposed_by), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("confirmVisit", {"visitId": gid(visit)}, by=by)

    assert answer.code == "not_your_turn"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("cleo", "not_found"),
        ("dora", "not_found"),
        ("eve", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_its_parties_do(graphql: GraphQL, cast: Cast, who: str, code: str):
    visit, by = _visit(cast), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("confirmVisit", {"visitId": gid(visit)}, by=by)

    assert answer.code == code


def test_a_provider_with_another_job_then_is_busy(graphql: GraphQL, cast: Cast):
    visit, by = _visit(cast), cast.ada
    VisitFactory(provider=visit.provider, starts_at=visit.starts_at, confirmed=True)

    with nothing_changes():
        answer = graphql.mutate("confirmVisit", {"visitId": gid(visit)}, by=by)

    assert answer.code == "provider_busy"


def test_a_provider_on_holiday_is_away(graphql: GraphQL, cast: Cast):
    visit, by = _visit(cast), cast.ada
    TimeOffFactory(provider=visit.provider, starts_at=visit.starts_at, ends_at=visit.ends_at)

    with nothing_changes():
        answer = graphql.mutate("confirmVisit", {"visitId": gid(visit)}, by=by)

    assert answer.code == "provider_away"


@pytest.mark.parametrize("status", ["CONFIRMED", "CANCELLED"])
def test_what_is_decided_stays_so(graphql: GraphQL, cast: Cast, status: str):
    visit, by = _visit(cast, status=status), cast.ada

    with nothing_changes():
        answer = graphql.mutate("confirmVisit", {"visitId": gid(visit)}, by=by)

    assert answer.code == "visit_not_open"


def test_it_is_too_late_once_it_began(graphql: GraphQL, cast: Cast):
    visit, by = _visit(cast, starts_at=clock.now() - timedelta(minutes=1)), cast.ada

    with nothing_changes():
        answer = graphql.mutate("confirmVisit", {"visitId": gid(visit)}, by=by)

    assert answer.code == "invalid_visit"


@pytest.mark.parametrize(
    "status", [s for s in Order.Status if s not in ("ASSIGNED", "IN_PROGRESS")]
)
def test_visits_belong_to_work_in_hand(graphql: GraphQL, cast: Cast, status: str):
    visit, by = VisitFactory(order=cast.ada_work(status=status)), cast.ada

    with nothing_changes():
        answer = graphql.mutate("confirmVisit", {"visitId": gid(visit)}, by=by)

    assert answer.code == "illegal_transition"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    visit, by = _visit(cast), cast.ada

    with nothing_changes():
        answer = graphql.mutate("confirmVisit", {"visitId": gid(visit.order)}, by=by)

    assert answer.code == "invalid_id"
