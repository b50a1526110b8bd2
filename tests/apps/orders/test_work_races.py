"""Work and disputes, acted on by several at once: one wins, and states and figures agree."""

from collections import Counter
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from apps.accounts.models import ClientProfile
from apps.accounts.services.deletion import delete_account
from apps.core.models import EventRecord
from apps.orders import errors
from apps.orders.models import (
    Bid,
    DisputeEvidence,
    Order,
    OrderAssignment,
    OrderDispute,
    OrderTransition,
    OrderVisit,
    Party,
    ProgressNote,
)
from apps.orders.services.bids import accept_bid
from apps.orders.services.cancelling import cancel_order
from apps.orders.services.departures import end_orders_of
from apps.orders.services.disputes import add_dispute_evidence, resolve_dispute, review_dispute
from apps.orders.services.progress import add_progress_note
from apps.orders.services.visits import propose_visit
from apps.orders.services.withdrawals import withdraw_from_order
from apps.orders.services.work import complete_order, start_order
from apps.providers.models import ServiceProviderProfile
from tests.factories.accounts import ClientFactory, UserFactory
from tests.factories.orders import (
    AssignmentFactory,
    BidFactory,
    DisputeFactory,
    OrderFactory,
    VisitFactory,
)
from tests.factories.providers import ProviderFactory
from tests.support.races import race

pytestmark = pytest.mark.django_db(transaction=True)
rounds = pytest.mark.parametrize("round", range(5))
Outcome = OrderDispute.Outcome


def _work(**values: Any) -> Order:
    order: Order = AssignmentFactory(bid__order=OrderFactory(bid_count=1, **values)).order
    return order


def _decision(dispute: OrderDispute, outcome: str, share: int | None = None) -> Any:
    return partial(
        resolve_dispute,
        dispute=dispute,
        by=UserFactory(is_staff=True),
        outcome=Outcome(outcome),
        resolution="So be it.",
        refund_share=share and Decimal(share),
    )


def _announced() -> Counter[str]:
    return Counter(EventRecord.objects.values_list("type", flat=True))


def _kinds(outcomes: list[object]) -> Counter[str]:
    return Counter(type(outcome).__name__ for outcome in outcomes)


@rounds
@pytest.mark.parametrize(
    ("rival", "stands"), [(start_order, "IN_PROGRESS"), (cancel_order, "CANCELLED")]
)
def test_work_is_given_back_while_it_begins_or_is_called_off(round: int, rival: Any, stands: str):
    order = _work(assigned=True)

    withdrawn, other = race(
        partial(withdraw_from_order, order=order, reason="My van broke."),
        partial(rival, order=order),
    )

    bid, is_back = Bid.objects.get(), isinstance(withdrawn, Order)
    order = Order.objects.get()
    assert is_back or isinstance(withdrawn, errors.IllegalTransition)
    assert OrderAssignment.objects.count() == (0 if is_back else 1)
    assert (bid.status, order.bid_count) == (("WITHDRAWN", 0) if is_back else ("ACCEPTED", 1))
    both = is_back and isinstance(other, Order)
    assert order.status == ("PUBLISHED" if is_back and not both else stands)
    assert OrderTransition.objects.count() == (2 if both else 1)


@rounds
def test_an_order_is_given_back_once_and_can_be_given_away_anew(round: int):
    order = _work(assigned=True)
    back = partial(withdraw_from_order, order=order, reason="My van broke.")

    outcomes = race(back, back, back)
    accept_bid(bid=BidFactory(order=order))

    order = Order.objects.get()
    assert _kinds(outcomes) == Counter(Order=1, IllegalTransition=2)
    assert (order.status, order.bid_count) == ("ASSIGNED", 0)
    assert _announced() == Counter(OrderReopened=1, OrderPublished=1, OrderAssigned=1)


@rounds
def test_no_visit_is_left_where_an_order_is_given_back(round: int):
    order = _work(assigned=True)
    like = VisitFactory(order=order, confirmed=True)
    times = {"starts_at": like.starts_at, "ends_at": like.ends_at}

    race(
        partial(withdraw_from_order, order=order, reason="My van broke."),
        partial(propose_visit, order=order, by=Party.CLIENT, **times),
        partial(propose_visit, order=order, by=Party.PROVIDER, **times),
    )

    assert Order.objects.get().status == "PUBLISHED"
    assert set(OrderVisit.objects.values_list("status", flat=True)) == {"CANCELLED"}


@rounds
def test_a_dispute_is_decided_once(round: int):
    dispute = DisputeFactory(order=_work(disputed=True, final_price=800_00))
    decisions = [_decision(dispute, "REFUND", 25), _decision(dispute, "REFUND", 50)]

    outcomes = race(*decisions, _decision(dispute, "REFUND", 75), _decision(dispute, "REFUND", 10))

    dispute.refresh_from_db()
    assert _kinds(outcomes) == Counter(OrderDispute=1, DisputeClosed=3)
    assert dispute.refund_amount.minor == 800_00 * dispute.refund_share / 100
    assert Order.objects.get().status == "CONFIRMED"
    assert ClientProfile.objects.get().completed_orders == 1
    assert ServiceProviderProfile.objects.get().jobs_completed == 1
    assert _announced() == Counter(DisputeResolved=1, OrderConfirmed=1)


@rounds
def test_staff_cancel_an_order_while_others_decide_its_dispute(round: int):
    dispute = DisputeFactory(order=_work(disputed=True, final_price=800_00))

    cancelled, decided = race(
        partial(cancel_order, order=dispute.order, reason="Fraud.", by=Party.STAFF),
        _decision(dispute, "REFUND", 50),
    )

    dispute.refresh_from_db()
    counts = ClientProfile.objects.values_list("completed_orders", "cancelled_orders").get()
    stands = (Order.objects.get().status, dispute.refund_share, counts)
    assert (type(cancelled), type(decided), *stands) in [
        (Order, errors.DisputeClosed, "CANCELLED", 100, (0, 1)),
        (errors.IllegalTransition, OrderDispute, "CONFIRMED", 50, (1, 0)),
    ]
    assert _announced()["DisputeResolved"] == 1


@rounds
def test_nothing_is_shown_or_noted_once_a_dispute_is_decided(round: int):
    dispute = DisputeFactory(order=_work(disputed=True))
    show = partial(add_dispute_evidence, dispute=dispute, by=dispute.opened_by, text="Look.")
    take = partial(review_dispute, dispute=dispute, by=UserFactory(is_staff=True), notes="Mine.")

    outcomes = race(show, _decision(dispute, "DISMISSED"), take)

    shown, decided, taken = outcomes
    dispute.refresh_from_db()
    assert isinstance(decided, OrderDispute)
    assert dispute.status == "DISMISSED"
    assert DisputeEvidence.objects.exists() == isinstance(shown, OrderDispute)
    assert dispute.admin_notes == ("Mine." if isinstance(taken, OrderDispute) else "")


@rounds
def test_nothing_is_reported_once_work_is_done(round: int):
    order = _work(in_progress=True)

    noted, completed = race(
        partial(add_progress_note, order=order, text="First half is done."),
        partial(complete_order, order=order),
    )

    assert isinstance(completed, Order)
    assert isinstance(noted, ProgressNote | errors.IllegalTransition)
    assert ProgressNote.objects.exists() == isinstance(noted, ProgressNote)


@rounds
def test_two_who_work_for_each_other_leave_at_once(round: int):
    clients = [ClientFactory(), ClientFactory()]
    providers = [ProviderFactory(user_profile=client.user_profile) for client in clients]
    for client, provider in zip(clients, reversed(providers), strict=True):
        order = OrderFactory(assigned=True, bid_count=1, client_profile=client)
        AssignmentFactory(bid__order=order, bid__provider=provider)
    users = [client.user_profile.user for client in clients]
    for user in users:
        delete_account(user=user)

    outcomes = race(*(partial(end_orders_of, user_id=user.pk) for user in users))

    assert outcomes == [None, None]
    assert {*Order.objects.values_list("status", flat=True)} == {"CANCELLED"}
