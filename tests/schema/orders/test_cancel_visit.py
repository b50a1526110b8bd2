"""Calling a visit off."""

from datetime import timedelta

import pytest

from apps.orders.events import VisitCancelled
from apps.orders.models import OrderVisit
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.orders import VisitFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes


def _visit(cast: Cast, **values: object) -> OrderVisit:
    """A visit of Ada's, on an order of Ben's."""
    visit: OrderVisit = VisitFactory(order=cast.ada_work(assigned=True), **values)
    return visit


@pytest.mark.parametrize("who", ["ada", "ben"])
@pytest.mark.parametrize("status", ["PROPOSED", "CONFIRMED"])
def test_either_side_calls_it_off(graphql: GraphQL, cast: Cast, who: str, status: str):
    visit, by, noise = _visit(cast, status=status), getattr(cast, who), _visit(cast)

    with announced() as heard:
        answer = graphql.mutate(
            "cancelVisit", {"visitId": gid(visit)}, "... on OrderVisit { status }", by=by
        )

    assert answer.data["cancelVisit"]["status"] == "CANCELLED"
    told = {"order_id": visit.order_id, "provider_id": visit.provider_id}
    assert heard == [VisitCancelled(visit_id=visit.pk, **told)]
    assert OrderVisit.objects.get(pk=noise.pk).status == "PROPOSED"


def test_the_provider_is_free_then(graphql: GraphQL, cast: Cast):
    visit = _visit(cast, confirmed=True)
    other = _visit(cast, starts_at=visit.starts_at)

    graphql.mutate("cancelVisit", {"visitId": gid(visit)}, by=cast.ada)
    graphql.mutate("confirmVisit", {"visitId": gid(other)}, by=cast.ada)

    assert OrderVisit.objects.get(pk=other.pk).status == "CONFIRMED"


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
        answer = graphql.mutate("cancelVisit", {"visitId": gid(visit)}, by=by)

    assert answer.code == code


def test_a_visit_that_took_place_is_history(graphql: GraphQL, cast: Cast):
    visit = _visit(cast, confirmed=True, starts_at=clock.now() - timedelta(hours=2))
    by = cast.ada

    with nothing_changes():
        answer = graphql.mutate("cancelVisit", {"visitId": gid(visit)}, by=by)

    assert answer.code == "visit_not_open"


def test_what_is_off_is_off(graphql: GraphQL, cast: Cast):
    visit, by = _visit(cast, status="CANCELLED"), cast.ben

    with nothing_changes():
        answer = graphql.mutate("cancelVisit", {"visitId": gid(visit)}, by=by)

    assert answer.code == "visit_not_open"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    visit, by = _visit(cast), cast.ben

    with nothing_changes():
        answer = graphql.mutate("cancelVisit", {"visitId": gid(visit.order)}, by=by)

    assert answer.code == "invalid_id"
