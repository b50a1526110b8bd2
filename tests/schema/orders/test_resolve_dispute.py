"""Deciding a dispute."""

from typing import Any

import pytest

from apps.accounts.models import User
from apps.orders.events import (
    DisputeResolved,
    OrderCancelled,
    OrderConfirmed,
    OrderMoved,
    VisitCancelled,
)
from apps.orders.models import Order, OrderDispute, OrderTransition, OrderVisit
from apps.orders.services.work import complete_order
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.orders import DisputeFactory, VisitFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

DECIDED = """... on OrderDispute { status outcome refundShare resolution
  refundAmount { amount currency } order { status } }"""


def _dispute(cast: Cast, price: int | None = 800_00, **values: Any) -> OrderDispute:
    """A dispute of Ben's over what Ada does for 800 rand."""
    order = cast.ada_work(disputed=True, final_price=price)
    dispute: OrderDispute = DisputeFactory(order=order, **values)
    return dispute


def _decision(dispute: OrderDispute, outcome: str, share: str | None = None) -> dict[str, Any]:
    given = {"disputeId": gid(dispute), "outcome": outcome, "resolution": "So be it."}
    return given | ({"refundShare": share} if share is not None else {})


@pytest.mark.parametrize(
    ("outcome", "share", "began", "stands", "ends"),
    [
        ("REFUND", "25", "COMPLETED", "CONFIRMED", OrderConfirmed),
        ("REFUND", "100", "COMPLETED", "CANCELLED", OrderCancelled),
        ("REDO", None, "COMPLETED", "IN_PROGRESS", None),
        ("REDO", None, "ASSIGNED", "IN_PROGRESS", None),
        ("DISMISSED", None, "ASSIGNED", "ASSIGNED", None),
        ("DISMISSED", None, "IN_PROGRESS", "IN_PROGRESS", None),
        ("DISMISSED", None, "COMPLETED", "COMPLETED", None),
    ],
)
@pytest.mark.parametrize("status", ["OPEN", "IN_REVIEW"])
def test_staff_decide_what_follows(
    graphql: GraphQL,
    cast: Cast,
    outcome: str,
    share: str | None,
    began: str,
    stands: str,
    ends: type[OrderMoved] | None,
    status: str,
):
    dispute, noise = _dispute(cast, from_status=began, status=status), _dispute(cast)
    refund = None if share is None else 800_00 * int(share) // 100

    with announced() as heard:
        answer = graphql.mutate(
            "resolveDispute", _decision(dispute, outcome, share), DECIDED, by=cast.dora
        )

    assert answer.data["resolveDispute"] == {
        "__typename": "OrderDispute",
        "status": "DISMISSED" if outcome == "DISMISSED" else "RESOLVED",
        "outcome": outcome,
        "refundShare": f"{share}.00" if share else None,
        "resolution": "So be it.",
        "refundAmount": {"amount": f"{refund // 100}.00", "currency": "ZAR"} if refund else None,
        "order": {"status": stands},
    }
    decided, step = OrderDispute.objects.get(pk=dispute.pk), OrderTransition.objects.get()
    assert (decided.resolved_by, decided.resolved_at is None) == (cast.dora, False)
    assert (step.name, step.from_status, step.to_status) == ("resolve", "DISPUTED", stands)
    assert (step.actor, step.note) == (cast.dora, "So be it.")
    told = {"order_id": dispute.order_id, "client_user_id": cast.ben.pk}
    terms = {"outcome": outcome, "refund_amount": refund, "currency": "ZAR"}
    assert heard == [
        DisputeResolved(dispute_id=dispute.pk, **terms, **told),
        *([ends(**told)] if ends else []),
    ]
    assert OrderDispute.objects.get(pk=noise.pk).status == "OPEN"


@pytest.mark.parametrize(
    ("price", "share", "refund"),
    [
        (800_00, "33.33", 266_64),
        (1, "50", 1),
        (1, "49.99", 0),
        (3, "50", 2),
        (5, "50", 3),
        (999_999_999_999_999, "99.99", 999_900_000_000_000 - 1),
        (100, "0.01", 0),
        (None, "50", None),
    ],
)
def test_the_refund_is_the_share_of_the_price_halves_rounded_up(
    graphql: GraphQL, cast: Cast, price: int | None, share: str, refund: int | None
):
    dispute = _dispute(cast, price=price)

    graphql.mutate("resolveDispute", _decision(dispute, "REFUND", share), by=cast.dora)

    amount = OrderDispute.objects.get().refund_amount
    assert (amount.minor if amount else None) == refund


@pytest.mark.parametrize(
    ("outcome", "share", "completed", "cancelled"),
    [
        ("REFUND", "1", 1, 0),
        ("REFUND", "100", 0, 1),
        ("REDO", None, 0, 0),
        ("DISMISSED", None, 0, 0),
    ],
)
def test_the_figures_of_both_sides_follow(
    graphql: GraphQL, cast: Cast, outcome: str, share: str | None, completed: int, cancelled: int
):
    dispute = _dispute(cast)

    graphql.mutate("resolveDispute", _decision(dispute, outcome, share), by=cast.dora)

    cast.ben_client.refresh_from_db()
    cast.ada_business.refresh_from_db()
    assert cast.ben_client.completed_orders == completed
    assert cast.ben_client.cancelled_orders == cancelled
    assert cast.ada_business.jobs_completed == completed


def test_a_full_refund_says_by_whom_and_why_the_order_is_off(graphql: GraphQL, cast: Cast):
    dispute = _dispute(cast)

    graphql.mutate("resolveDispute", _decision(dispute, "REFUND", "100"), by=cast.dora)

    order = Order.objects.get()
    assert (order.cancelled_by, order.cancellation_reason) == ("STAFF", "So be it.")
    assert order.cancelled_at is not None


@pytest.mark.parametrize("share", ["50", "100"])
def test_an_order_that_is_over_has_nobody_come(graphql: GraphQL, cast: Cast, share: str):
    dispute = _dispute(cast)
    visit = VisitFactory(order=dispute.order, confirmed=True)

    with announced() as heard:
        graphql.mutate("resolveDispute", _decision(dispute, "REFUND", share), by=cast.dora)

    assert OrderVisit.objects.get(pk=visit.pk).status == "CANCELLED"
    assert [type(fact) for fact in heard][1] is VisitCancelled


def test_work_to_be_done_anew_is_begun_and_not_done(graphql: GraphQL, cast: Cast):
    dispute, before = _dispute(cast), clock.now()
    Order.objects.update(completed_at=before)

    graphql.mutate("resolveDispute", _decision(dispute, "REDO"), by=cast.dora)

    order = Order.objects.get()
    assert order.started_at is not None
    assert order.completed_at is None
    complete_order(order=order)
    assert Order.objects.get().completed_at > before


@pytest.mark.parametrize(
    ("outcome", "began", "dated"),
    [
        ("REDO", "COMPLETED", "started_at"),
        ("DISMISSED", "ASSIGNED", "assigned_at"),
        ("DISMISSED", "COMPLETED", "completed_at"),
    ],
)
def test_since_when_it_stands_there_stays_as_it_was(
    graphql: GraphQL, cast: Cast, outcome: str, began: str, dated: str
):
    dispute, then = _dispute(cast, from_status=began), clock.now()
    Order.objects.update(**{dated: then})

    graphql.mutate("resolveDispute", _decision(dispute, outcome), by=cast.dora)

    assert getattr(Order.objects.get(), dated) == then


@pytest.mark.parametrize(
    ("outcome", "share", "code"),
    [
        ("REFUND", None, "refund_share_required"),
        ("REFUND", "0", "invalid_share"),
        ("REFUND", "-1", "invalid_share"),
        ("REFUND", "100.01", "invalid_share"),
        ("REFUND", "33.333", "max_decimal_places"),
        ("REFUND", "NaN", "invalid"),
        ("REFUND", "1E+9", "max_digits"),
        ("REDO", "10", "refund_share_not_allowed"),
        ("DISMISSED", "0", "refund_share_not_allowed"),
    ],
)
def test_a_share_that_is_none_is_refused(
    graphql: GraphQL, cast: Cast, outcome: str, share: str | None, code: str
):
    dispute, by = _dispute(cast), cast.dora

    with nothing_changes():
        answer = graphql.mutate("resolveDispute", _decision(dispute, outcome, share), by=by)

    assert answer.code == code


@pytest.mark.parametrize("words", ["", " \n"])
def test_a_decision_without_words_is_refused(graphql: GraphQL, cast: Cast, words: str):
    dispute, by = _dispute(cast), cast.dora

    with nothing_changes():
        given = _decision(dispute, "REDO") | {"resolution": words}
        answer = graphql.mutate("resolveDispute", given, by=by)

    assert (answer.code, answer.refusal["field"]) == ("reason_required", "resolution")


@pytest.mark.parametrize(
    ("who", "code"),
    [
        *[(who, "not_allowed") for who in ("ada", "ben", "cleo", "eve")],
        ("nobody", "not_signed_in"),
    ],
)
def test_only_staff_decide_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    dispute, by = _dispute(cast), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("resolveDispute", _decision(dispute, "REDO"), by=by)

    assert answer.code == code


@pytest.mark.parametrize("who", ["ada", "ben"])
def test_nobody_decides_their_own(graphql: GraphQL, cast: Cast, who: str):
    dispute, by = _dispute(cast), getattr(cast, who)
    User.objects.filter(pk=by.pk).update(is_staff=True, is_superuser=True)
    by.refresh_from_db()

    with nothing_changes():
        answer = graphql.mutate("resolveDispute", _decision(dispute, "REDO"), by=by)

    assert answer.code == "own_dispute"


@pytest.mark.parametrize("outcome", ["COMPLETED", "CANCELLED", ""])
def test_there_are_three_outcomes(graphql: GraphQL, cast: Cast, outcome: str):
    dispute, by = _dispute(cast), cast.dora

    with nothing_changes():
        answer = graphql.mutate("resolveDispute", _decision(dispute, outcome), by=by)

    assert answer.code == "invalid_request"


@pytest.mark.parametrize("status", ["RESOLVED", "DISMISSED"])
def test_a_decided_dispute_stays_decided_when_the_order_is_disputed_anew(
    graphql: GraphQL, cast: Cast, status: str
):
    decided = _dispute(cast, status=status)
    DisputeFactory(order=decided.order)
    by = cast.dora

    with nothing_changes():
        answer = graphql.mutate("resolveDispute", _decision(decided, "REDO"), by=by)

    assert answer.code == "dispute_closed"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    dispute, by = _dispute(cast), cast.dora

    with nothing_changes():
        given = _decision(dispute, "REDO") | {"disputeId": gid(dispute.order)}
        answer = graphql.mutate("resolveDispute", given, by=by)

    assert answer.code == "invalid_id"
