"""What becomes of the work of those who close their accounts."""

import pytest

from apps.accounts.events import AccountDeleted
from apps.accounts.models import ClientProfile, User
from apps.accounts.services.deletion import delete_account, restore_account
from apps.orders.events import OrderCancelled, OrderPublished, OrderReopened, VisitCancelled
from apps.orders.handlers import end_orders
from apps.orders.models import Bid, Order, OrderTransition
from tests.factories.cast import Cast
from tests.factories.orders import VisitFactory
from tests.support.announced import announced


def _leaves(user: User) -> AccountDeleted:
    """A user who closed their account."""
    delete_account(user=user)
    return AccountDeleted(user_id=user.pk)


def test_a_provider_who_leaves_gives_back_what_was_not_begun(cast: Cast):
    order = cast.ada_work(assigned=True)
    visit = VisitFactory(order=order, confirmed=True)

    left = _leaves(cast.ada)
    with announced() as heard:
        end_orders(left)

    order, step = Order.objects.get(), OrderTransition.objects.get()
    assert (order.status, order.bid_count, step.name) == ("PUBLISHED", 0, "reopen")
    assert step.note == "The account was closed."
    assert Bid.objects.get().status == "WITHDRAWN"
    told = {"order_id": order.pk, "client_user_id": cast.ben.pk}
    called_off = {"visit_id": visit.pk, "provider_id": cast.ada_business.pk}
    assert heard == [
        VisitCancelled(order_id=order.pk, **called_off),
        OrderReopened(provider_id=cast.ada_business.pk, **told),
        OrderPublished(**told),
    ]


@pytest.mark.parametrize("who", ["ada", "ben"])
@pytest.mark.parametrize("status", ["IN_PROGRESS", "COMPLETED", "DISPUTED", "CONFIRMED"])
def test_what_is_under_way_goes_on(cast: Cast, who: str, status: str):
    cast.ada_work(status=status)

    end_orders(_leaves(getattr(cast, who)))

    assert Order.objects.get().status == status


@pytest.mark.parametrize("status", ["DRAFT", "PUBLISHED", "EXPIRED", "ASSIGNED"])
def test_a_client_who_leaves_calls_off_what_was_not_begun(cast: Cast, status: str):
    order = cast.ben_order(status=status)

    left = _leaves(cast.ben)
    version = ClientProfile.objects.all_with_deleted().get().version
    with announced() as heard:
        end_orders(left)

    order.refresh_from_db()
    assert (order.status, order.cancelled_by) == ("CANCELLED", "CLIENT")
    assert heard == [OrderCancelled(order_id=order.pk, client_user_id=cast.ben.pk)]
    client = ClientProfile.objects.all_with_deleted().get()
    assert (client.cancelled_orders, client.version) == (int(status != "DRAFT"), version)


def test_twice_is_once(cast: Cast):
    cast.ada_work(assigned=True)
    left = _leaves(cast.ada)

    for _ in range(2):
        end_orders(left)

    assert OrderTransition.objects.count() == 1


@pytest.mark.parametrize("who", ["ada", "ben"])
def test_who_came_back_keeps_what_was_theirs(cast: Cast, who: str):
    work, bid = cast.ada_work(assigned=True), cast.ada_bid()
    left = _leaves(getattr(cast, who))
    restore_account(user=getattr(cast, who))

    end_orders(left)

    assert Order.objects.get(pk=work.pk).status == "ASSIGNED"
    assert Bid.objects.get(pk=bid.pk).status == "PENDING"
