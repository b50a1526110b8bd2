"""What happens at the same moment: real threads, real transactions, and states that agree after."""

from collections import Counter
from functools import partial
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError

from apps.accounts.models import ClientProfile
from apps.core.models import EventRecord
from apps.orders import errors
from apps.orders.models import Bid, Order, OrderAssignment, OrderDispute, OrderTransition
from apps.orders.services.bids import accept_bid, place_bid, reject_bid, update_bid, withdraw_bid
from apps.orders.services.cancelling import cancel_order
from apps.orders.services.disputes import open_dispute
from apps.orders.services.orders import delete_order, publish_order
from apps.orders.services.photos import add_order_photo
from apps.orders.services.work import complete_order, confirm_order
from kernel.errors import NotFound, VersionConflict
from kernel.money import Money
from tests.factories.orders import AssignmentFactory, BidFactory, OrderFactory
from tests.factories.providers import ProviderFactory
from tests.support.pictures import picture
from tests.support.races import race

#: A race may go either way, so each is run a few times.
pytestmark = pytest.mark.django_db(transaction=True)
rounds = pytest.mark.parametrize("round", range(5))

PRICE = Money(850_00, "ZAR")


def _kinds(outcomes: list[object]) -> Counter[str]:
    return Counter(type(outcome).__name__ for outcome in outcomes)


def _announced() -> Counter[str]:
    return Counter(EventRecord.objects.values_list("type", flat=True))


def _check_that_states_agree() -> Order:
    """The only order, once its bids, count, assignment and steps were seen to agree with it."""
    order = Order.objects.get()
    bids = Counter(order.bids.values_list("status", flat=True))
    accepted = order.bids.filter(status="ACCEPTED").values_list("pk", flat=True)
    taken = OrderTransition.objects.order_by("created_at")
    starts, ends = ([*taken.values_list(name, flat=True)] for name in ("from_status", "to_status"))
    assert order.bid_count == bids["PENDING"] + bids["ACCEPTED"]
    assert [*OrderAssignment.objects.values_list("bid", flat=True)] == [*accepted]
    assert bids["PENDING"] == 0 or order.takes_bids
    assert [*starts, order.status][1:] == ends
    return order


def test_fifty_bid_while_a_bid_is_being_accepted():
    bid = BidFactory(order=OrderFactory(published=True, bid_count=1))
    fifty = [
        partial(place_bid, order=bid.order, provider=ProviderFactory(), amount=PRICE)
        for _ in range(50)
    ]

    outcomes = race(*fifty[:10], partial(accept_bid, bid=bid), *fifty[10:])

    order, placed = _check_that_states_agree(), _kinds(outcomes)["Bid"] - 1
    assert _kinds(outcomes) == Counter(Bid=placed + 1, OrderNotOpen=50 - placed)
    assert (order.status, order.bid_count) == ("ASSIGNED", 1)
    assert Bid.objects.get(status="ACCEPTED") == bid
    assert Bid.objects.filter(status="REJECTED").count() == placed
    assert _announced() == Counter(BidPlaced=placed, BidRejected=placed, OrderAssigned=1)


def test_fifty_bid_at_once_and_all_are_counted():
    order = OrderFactory(published=True)

    race(
        *(
            partial(place_bid, order=order, provider=ProviderFactory(), amount=PRICE)
            for _ in range(50)
        )
    )

    assert _check_that_states_agree().bid_count == 50
    assert _announced() == Counter(BidPlaced=50)


@rounds
def test_one_provider_bids_many_times_at_once_and_one_bid_stands(round: int):
    order, provider = OrderFactory(published=True), ProviderFactory()

    outcomes = race(*[partial(place_bid, order=order, provider=provider, amount=PRICE)] * 8)

    refused = [outcome for outcome in outcomes if isinstance(outcome, ValidationError)]
    assert _kinds(outcomes) == Counter(Bid=1, ValidationError=7)
    assert {error.error_dict["__all__"][0].code for error in refused} == {"already_bid"}
    assert _check_that_states_agree().bid_count == 1


@rounds
def test_of_many_bids_accepted_at_once_one_wins(round: int):
    order = OrderFactory(published=True, bid_count=6)
    bids = [BidFactory(order=order) for _ in range(6)]

    outcomes = race(*(partial(accept_bid, bid=bid) for bid in bids))

    assert _kinds(outcomes) == Counter(Bid=1, OrderNotOpen=5)
    assert _check_that_states_agree().status == "ASSIGNED"
    assert _announced() == Counter(BidRejected=5, OrderAssigned=1)


@rounds
def test_an_order_is_cancelled_while_a_bid_is_being_accepted(round: int):
    bid = BidFactory(order=OrderFactory(published=True, bid_count=1))

    cancelled, accepted = race(partial(cancel_order, order=bid.order), partial(accept_bid, bid=bid))

    kind = type(accepted).__name__
    assert isinstance(cancelled, Order)
    assert kind in ("Bid", "OrderNotOpen")
    assert _check_that_states_agree().status == "CANCELLED"
    assert Bid.objects.get().status == {"Bid": "ACCEPTED", "OrderNotOpen": "REJECTED"}[kind]
    assert ClientProfile.objects.get(orders=bid.order).cancelled_orders == 1


@rounds
@pytest.mark.parametrize(
    ("decide", "decision"), [(withdraw_bid, "WITHDRAWN"), (reject_bid, "REJECTED")]
)
def test_a_bid_is_taken_back_while_it_is_being_accepted(round: int, decide, decision: str):
    bid = BidFactory(order=OrderFactory(published=True, bid_count=1))

    outcomes = race(partial(decide, bid=bid), partial(accept_bid, bid=bid))

    refused = [outcome for outcome in outcomes if not isinstance(outcome, Bid)]
    agreed = {("ACCEPTED", "ASSIGNED"), (decision, "PUBLISHED")}
    assert [type(error) for error in refused] == [errors.BidNotPending]
    assert (Bid.objects.get().status, _check_that_states_agree().status) in agreed
    assert sum(_announced().values()) == 1


@rounds
def test_an_order_is_published_twice_at_once(round: int):
    order = OrderFactory()

    outcomes = race(*[partial(publish_order, order=order)] * 2)

    assert _kinds(outcomes) == Counter(Order=1, IllegalTransition=1)
    assert _check_that_states_agree().status == "PUBLISHED"
    assert OrderTransition.objects.count() == 1
    assert ClientProfile.objects.get().total_orders == 1
    assert _announced() == Counter(OrderPublished=1)


@rounds
def test_a_draft_is_deleted_while_it_is_being_published(round: int):
    order = OrderFactory()

    deleted, published = race(
        partial(delete_order, order=order), partial(publish_order, order=order)
    )

    stands = [*Order.objects.values_list("status", flat=True)]
    outcome = (type(deleted), type(published), stands)
    assert outcome in [
        (Order, NotFound, []),
        (errors.IllegalTransition, Order, ["PUBLISHED"]),
    ]


@rounds
def test_work_is_completed_while_it_is_being_disputed(round: int):
    order = AssignmentFactory(bid__order=OrderFactory(in_progress=True, bid_count=1)).order
    dispute = partial(
        open_dispute,
        order=order,
        by=order.client_profile.user_profile.user,
        dispute_type=OrderDispute.Type.QUALITY,
        description="It drips.",
    )

    completed, disputed = race(partial(complete_order, order=order), dispute)

    assert isinstance(disputed, OrderDispute)
    assert type(completed) in (Order, errors.IllegalTransition)
    assert _check_that_states_agree().status == "DISPUTED"
    assert OrderTransition.objects.count() == (2 if isinstance(completed, Order) else 1)


@rounds
def test_work_is_confirmed_while_it_is_being_disputed(round: int):
    order = AssignmentFactory(bid__order=OrderFactory(completed=True, bid_count=1)).order
    dispute = partial(
        open_dispute,
        order=order,
        by=order.client_profile.user_profile.user,
        dispute_type=OrderDispute.Type.QUALITY,
        description="It drips.",
    )

    outcomes = race(partial(confirm_order, order=order), dispute, dispute)

    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    order = _check_that_states_agree()
    assert [type(error) for error in refused] == [errors.IllegalTransition] * 2
    assert (order.status, OrderDispute.objects.count()) in [("CONFIRMED", 0), ("DISPUTED", 1)]


@rounds
def test_of_two_changes_to_the_same_version_one_wins(round: int):
    bid = BidFactory()
    changes = [{"description": "Today."}, {"description": "Tomorrow."}]

    outcomes = race(
        *(partial(update_bid, bid=bid, changes=change, version=1) for change in changes)
    )

    (won,) = [outcome for outcome in outcomes if isinstance(outcome, Bid)]
    (lost,) = [outcome for outcome in outcomes if outcome is not won]
    assert isinstance(lost, VersionConflict)
    assert Bid.objects.values_list("description", "version").get() == (won.description, 2)


@rounds
def test_of_photos_added_at_once_one_stands_for_the_order(round: int):
    order = OrderFactory()

    race(
        *(
            partial(add_order_photo, order=order, file=BytesIO(picture()), is_primary=True)
            for _ in range(4)
        )
    )

    primary = order.photos.values_list("is_primary", flat=True)
    assert Counter(primary) == Counter({True: 1, False: 3})
