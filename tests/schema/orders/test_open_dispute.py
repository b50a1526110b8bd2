"""Having staff look at an order that went wrong."""

import pytest

from apps.orders.events import OrderDisputed
from apps.orders.models import Order, OrderDispute, OrderTransition
from tests.factories.cast import Cast
from tests.factories.orders import BidFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

DRIPS = {"disputeType": "QUALITY", "description": "It still drips."}


@pytest.mark.parametrize("who", ["ben", "ada"])
@pytest.mark.parametrize("status", ["ASSIGNED", "IN_PROGRESS", "COMPLETED"])
def test_either_party_disputes_an_order(graphql: GraphQL, cast: Cast, who: str, status: str):
    order, by, noise = cast.ada_work(status=status), getattr(cast, who), cast.ada_work()

    with announced() as heard:
        opened = graphql.mutate(
            "openDispute",
            {"orderId": gid(order)} | DRIPS,
            "... on OrderDispute { status disputeType description order { status } }",
            by=by,
        ).data["openDispute"]

    assert (
        opened
        == {
            "__typename": "OrderDispute",
            "status": "OPEN",
            "order": {"status": "DISPUTED"},
        }
        | DRIPS
    )
    dispute, step = OrderDispute.objects.get(), OrderTransition.objects.get()
    assert dispute.opened_by == by
    assert (step.name, step.from_status, step.to_status) == ("dispute", status, "DISPUTED")
    assert (step.actor, step.note) == (by, "It still drips.")
    told = {"order_id": order.pk, "dispute_id": dispute.pk}
    assert heard == [OrderDisputed(client_user_id=cast.ben.pk, **told)]
    assert Order.objects.get(pk=noise.pk).status == "DRAFT"


@pytest.mark.parametrize(
    ("who", "code"),
    [("cleo", "not_found"), ("dora", "not_found"), ("nobody", "not_signed_in")],
)
def test_only_its_parties_dispute_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    order, by = cast.ada_work(in_progress=True), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("openDispute", {"orderId": gid(order)} | DRIPS, by=by)

    assert answer.code == code


def test_a_bidder_who_lost_is_no_party(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(in_progress=True)
    loser = BidFactory(order=order, status="REJECTED").provider.user_profile.user

    with nothing_changes():
        answer = graphql.mutate("openDispute", {"orderId": gid(order)} | DRIPS, by=loser)

    assert answer.code == "not_found"


@pytest.mark.parametrize("status", ["DRAFT", "PUBLISHED", "CONFIRMED", "CANCELLED", "DISPUTED"])
def test_only_work_in_hand_is_disputed(graphql: GraphQL, cast: Cast, status: str):
    order = cast.ada_work(status=status)

    with nothing_changes():
        answer = graphql.mutate("openDispute", {"orderId": gid(order)} | DRIPS, by=cast.ben)

    assert answer.code == "illegal_transition"


def test_a_dispute_without_words_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(in_progress=True)

    with nothing_changes():
        given = {"orderId": gid(order)} | DRIPS | {"description": ""}
        answer = graphql.mutate("openDispute", given, by=cast.ben)

    assert (answer.code, answer.refusal["field"]) == ("blank", "description")


def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(in_progress=True)

    with nothing_changes():
        given = {"orderId": gid(order.client_profile)} | DRIPS
        answer = graphql.mutate("openDispute", given, by=cast.ben)

    assert answer.code == "invalid_id"


def test_a_repeat_under_the_same_key_answers_the_same_dispute(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(in_progress=True)
    given = {"orderId": gid(order), "idempotencyKey": "drip"} | DRIPS

    first = graphql.mutate("openDispute", given, "... on OrderDispute { id }", by=cast.ben)
    again = graphql.mutate("openDispute", given, "... on OrderDispute { id }", by=cast.ben)

    assert first.data["openDispute"]["id"] == gid(OrderDispute.objects.get())
    assert again.data == first.data


def test_another_input_under_the_same_key_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ada_work(in_progress=True)
    given = {"orderId": gid(order), "idempotencyKey": "drip"} | DRIPS
    graphql.mutate("openDispute", given, by=cast.ben)

    with nothing_changes():
        answer = graphql.mutate("openDispute", given | {"disputeType": "DAMAGE"}, by=cast.ben)

    assert answer.code == "idempotency_mismatch"


def test_a_refusal_is_answered_again_also_when_its_cause_is_gone(graphql: GraphQL, cast: Cast):
    bid = cast.ada_bid()
    given = {"orderId": gid(bid.order), "idempotencyKey": "drip"} | DRIPS
    first = graphql.mutate("openDispute", given, by=cast.ben)
    graphql.mutate("acceptBid", {"bidId": gid(bid)}, by=cast.ben)

    with nothing_changes():
        again = graphql.mutate("openDispute", given, by=cast.ben)

    assert first.code == "illegal_transition"
    assert again.refusal == first.refusal
