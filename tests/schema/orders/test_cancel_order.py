"""Calling an order off."""

import pytest
from django.contrib.auth.models import Permission

from apps.accounts.models import ClientProfile, User
from apps.orders.events import BidExpired, BidRejected, DisputeResolved, OrderCancelled
from apps.orders.models import Bid, Order, OrderAssignment, OrderTransition, OrderVisit
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.orders import BidFactory, DisputeFactory, VisitFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes


def test_a_published_order_is_cancelled_and_its_bids_are_rejected(graphql: GraphQL, cast: Cast):
    bid, noise = cast.ada_bid(order=cast.ben_order(published=True, bid_count=2)), BidFactory()
    withdrawn = BidFactory(order=bid.order, status=Bid.Status.WITHDRAWN)
    lapsed = BidFactory(order=bid.order, expires_at=clock.now())

    with announced() as heard:
        cancelled = graphql.mutate(
            "cancelOrder",
            {"orderId": gid(bid.order), "reason": "Found a friend."},
            "... on Order { status cancellationReason cancelledBy bidCount }",
            by=cast.ben,
        ).data["cancelOrder"]

    assert cancelled == {
        "__typename": "Order",
        "status": "CANCELLED",
        "cancellationReason": "Found a friend.",
        "cancelledBy": "CLIENT",
        "bidCount": 0,
    }
    stand = dict(Bid.objects.values_list("pk", "status"))
    ended = {bid.pk: "REJECTED", withdrawn.pk: "WITHDRAWN", lapsed.pk: "EXPIRED"}
    assert stand == ended | {noise.pk: "PENDING"}
    assert [*Bid.objects.exclude(rejected_at=None)] == [bid]
    told = [
        {"order_id": bid.order_id, "bid_id": each.pk, "provider_id": each.provider_id}
        for each in (lapsed, bid)
    ]
    assert heard == [
        BidExpired(**told[0]),
        BidRejected(**told[1]),
        OrderCancelled(order_id=bid.order_id, client_user_id=cast.ben.pk),
    ]


def test_the_step_is_noted_with_its_actor_time_and_reason(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(published=True)

    graphql.mutate("cancelOrder", {"orderId": gid(order), "reason": "Too dear."}, by=cast.ben)

    step, order = OrderTransition.objects.get(), Order.objects.get()
    assert (step.name, step.from_status, step.to_status) == ("cancel", "PUBLISHED", "CANCELLED")
    assert (step.actor, step.note) == (cast.ben, "Too dear.")
    assert step.created_at == order.cancelled_at


@pytest.mark.parametrize(
    ("status", "counted"), [("DRAFT", 0), ("PUBLISHED", 1), ("EXPIRED", 1), ("ASSIGNED", 1)]
)
def test_only_what_others_saw_counts_as_cancelled(
    graphql: GraphQL, cast: Cast, status: str, counted: int
):
    order = cast.ben_order(status=status)

    graphql.mutate("cancelOrder", {"orderId": gid(order)}, by=cast.ben)

    assert Order.objects.get().status == "CANCELLED"
    assert ClientProfile.objects.get().cancelled_orders == counted


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("cleo", "not_found"),
        ("eve", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_the_client_and_staff_cancel_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    order, by = cast.ada_work(assigned=True), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("cancelOrder", {"orderId": gid(order)}, by=by)

    assert answer.code == code


@pytest.mark.parametrize("status", [s for s in Order.Status if s not in ("CONFIRMED", "CANCELLED")])
def test_staff_cancel_what_is_not_confirmed(graphql: GraphQL, cast: Cast, status: str):
    order = cast.ben_order(status=status)
    if status == "DISPUTED":
        DisputeFactory(order=order)

    graphql.mutate("cancelOrder", {"orderId": gid(order), "reason": "Fraud."}, by=cast.dora)

    order, step = Order.objects.get(), OrderTransition.objects.get()
    assert (order.status, order.cancelled_by) == ("CANCELLED", "STAFF")
    assert order.cancellation_reason == "Fraud."
    assert (step.name, step.actor, step.note) == ("cancel_by_staff", cast.dora, "Fraud.")


@pytest.mark.parametrize("status", ["CONFIRMED", "CANCELLED"])
def test_staff_do_not_cancel_what_is_over(graphql: GraphQL, cast: Cast, status: str):
    order, by = cast.ben_order(status=status), cast.dora

    with nothing_changes():
        answer = graphql.mutate("cancelOrder", {"orderId": gid(order), "reason": "No."}, by=by)

    assert answer.code == "illegal_transition"


def test_staff_say_why(graphql: GraphQL, cast: Cast):
    order, by = cast.ben_order(published=True), cast.dora

    with nothing_changes():
        answer = graphql.mutate("cancelOrder", {"orderId": gid(order), "reason": " "}, by=by)

    assert (answer.code, answer.refusal["field"]) == ("reason_required", "reason")


@pytest.mark.parametrize(
    ("permissions", "code"),
    [
        (("view_order",), "not_allowed"),
        (("change_order",), "not_found"),
        (("view_order", "change_order"), None),
    ],
)
def test_staff_need_the_permission(
    graphql: GraphQL, cast: Cast, permissions: tuple[str, ...], code: str | None
):
    order, by = cast.ben_order(published=True), cast.eve
    by.user_permissions.set(Permission.objects.filter(codename__in=permissions))

    answer = graphql.mutate("cancelOrder", {"orderId": gid(order), "reason": "Fraud."}, by=by)

    refused = answer.data["cancelOrder"].get("messages")
    assert (refused[0]["code"] if refused else None) == code


def test_staff_who_carry_it_out_are_no_judges(graphql: GraphQL, cast: Cast):
    order, by = cast.ada_work(assigned=True), cast.ada
    User.objects.filter(pk=by.pk).update(is_staff=True, is_superuser=True)
    by.refresh_from_db()

    with nothing_changes():
        answer = graphql.mutate("cancelOrder", {"orderId": gid(order), "reason": "Me."}, by=by)

    assert answer.code == "not_allowed"


def test_staff_who_placed_it_are_its_client(graphql: GraphQL, cast: Cast):
    order, by = cast.ben_order(in_progress=True), cast.ben
    User.objects.filter(pk=by.pk).update(is_staff=True, is_superuser=True)
    by.refresh_from_db()

    with nothing_changes():
        answer = graphql.mutate("cancelOrder", {"orderId": gid(order), "reason": "Me."}, by=by)

    assert answer.code == "illegal_transition"


def test_the_winning_bid_and_the_assignment_are_kept_and_visits_are_off(
    graphql: GraphQL, cast: Cast
):
    order = cast.ada_work(assigned=True)
    visit = VisitFactory(order=order, confirmed=True)

    graphql.mutate("cancelOrder", {"orderId": gid(order)}, by=cast.ben)

    assert Bid.objects.get().status == "ACCEPTED"
    assert OrderAssignment.objects.get().order == order
    assert OrderVisit.objects.get(pk=visit.pk).status == "CANCELLED"
    assert Order.objects.get().bid_count == 1


def test_the_dispute_of_a_cancelled_order_ends_with_all_paid_back(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(disputed=True, final_price=800_00)
    dispute = DisputeFactory(order=order, status="IN_REVIEW")

    with announced() as heard:
        graphql.mutate("cancelOrder", {"orderId": gid(order), "reason": "Fraud."}, by=cast.dora)

    dispute.refresh_from_db()
    assert (dispute.status, dispute.outcome) == ("RESOLVED", "REFUND")
    assert (dispute.refund_share, dispute.refund_amount) == (100, order.final_price)
    assert (dispute.resolved_by, dispute.resolution) == (cast.dora, "Fraud.")
    told = {"order_id": order.pk, "client_user_id": cast.ben.pk}
    terms = {"outcome": "REFUND", "refund_amount": 800_00, "currency": "ZAR"}
    assert heard == [
        DisputeResolved(dispute_id=dispute.pk, **terms, **told),
        OrderCancelled(**told),
    ]


@pytest.mark.parametrize(
    "status", ["IN_PROGRESS", "COMPLETED", "CONFIRMED", "CANCELLED", "DISPUTED"]
)
def test_work_that_began_is_not_called_off(graphql: GraphQL, cast: Cast, status: str):
    order = cast.ben_order(status=status)

    with nothing_changes():
        answer = graphql.mutate("cancelOrder", {"orderId": gid(order)}, by=cast.ben)

    assert answer.code == "illegal_transition"


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid()

    with nothing_changes():
        answer = graphql.mutate("cancelOrder", {"orderId": gid(bid)}, by=cast.ben)

    assert answer.code == "invalid_id"
