"""Deciding a dispute."""

import pytest

from apps.orders.events import DisputeResolved
from apps.orders.models import OrderDispute, OrderTransition
from tests.factories.cast import Cast
from tests.factories.orders import DisputeFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes


def _decision(dispute: OrderDispute, outcome: str = "COMPLETED") -> dict[str, str]:
    return {"disputeId": gid(dispute), "outcome": outcome, "resolution": "It was fixed."}


@pytest.mark.parametrize("outcome", ["IN_PROGRESS", "COMPLETED", "CONFIRMED", "CANCELLED"])
def test_staff_decides_where_the_order_goes(graphql: GraphQL, cast: Cast, outcome: str):
    dispute, noise = DisputeFactory(order=cast.ada_work(disputed=True)), DisputeFactory()

    with announced() as heard:
        decided = graphql.mutate(
            "resolveDispute",
            _decision(dispute, outcome),
            "... on OrderDispute { status resolution order { status } }",
            by=cast.dora,
        ).data["resolveDispute"]

    assert decided == {
        "__typename": "OrderDispute",
        "status": "RESOLVED",
        "resolution": "It was fixed.",
        "order": {"status": outcome},
    }
    dispute, step = OrderDispute.objects.get(pk=dispute.pk), OrderTransition.objects.get()
    assert (dispute.resolved_by, dispute.resolved_at is None) == (cast.dora, False)
    assert (step.name, step.from_status, step.to_status) == ("resolve", "DISPUTED", outcome)
    assert (step.actor, step.note) == (cast.dora, "It was fixed.")
    told = {"order_id": dispute.order_id, "dispute_id": dispute.pk}
    assert heard == [DisputeResolved(client_user_id=cast.ben.pk, **told)]
    assert OrderDispute.objects.get(pk=noise.pk).status == "OPEN"


@pytest.mark.parametrize(
    ("outcome", "completed", "cancelled"),
    [("COMPLETED", 0, 0), ("CONFIRMED", 1, 0), ("CANCELLED", 0, 1)],
)
def test_the_clients_counts_follow_the_decision(
    graphql: GraphQL, cast: Cast, outcome: str, completed: int, cancelled: int
):
    dispute = DisputeFactory(order=cast.ada_work(disputed=True))

    graphql.mutate("resolveDispute", _decision(dispute, outcome), by=cast.dora)

    cast.ben_client.refresh_from_db()
    assert cast.ben_client.completed_orders == completed
    assert cast.ben_client.cancelled_orders == cancelled


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("ben", "not_allowed"),
        ("cleo", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_staff_decides_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    dispute, by = DisputeFactory(order=cast.ada_work(disputed=True)), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("resolveDispute", _decision(dispute), by=by)

    assert answer.code == code


@pytest.mark.parametrize("outcome", ["DRAFT", "PUBLISHED", "ASSIGNED", "DISPUTED"])
def test_an_order_goes_nowhere_else(graphql: GraphQL, cast: Cast, outcome: str):
    dispute, by = DisputeFactory(), cast.dora

    with nothing_changes():
        answer = graphql.mutate("resolveDispute", _decision(dispute, outcome), by=by)

    assert answer.code == "illegal_transition"


def test_a_decided_dispute_stays_decided_when_the_order_is_disputed_anew(
    graphql: GraphQL, cast: Cast
):
    decided = DisputeFactory(status="RESOLVED")
    DisputeFactory(order=decided.order)
    by = cast.dora

    with nothing_changes():
        answer = graphql.mutate("resolveDispute", _decision(decided), by=by)

    assert answer.code == "illegal_transition"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    dispute, by = DisputeFactory(), cast.dora

    with nothing_changes():
        given = _decision(dispute) | {"disputeId": gid(dispute.order)}
        answer = graphql.mutate("resolveDispute", given, by=by)

    assert answer.code == "invalid_id"
