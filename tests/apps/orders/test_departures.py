"""What becomes of the work of those who close their accounts."""

import pytest

from apps.accounts.events import AccountDeleted
from apps.orders.events import OrderCancelled, OrderPublished, OrderReopened, VisitCancelled
from apps.orders.handlers import end_orders
from apps.orders.models import Bid, Order, OrderTransition
from tests.factories.cast import Cast
from tests.factories.orders import VisitFactory
from tests.support.announced import announced


def test_a_provider_who_leaves_gives_back_what_was_not_begun(cast: Cast):
    order = cast.ada_work(assigned=True)
    visit = VisitFactory(order=order, confirmed=True)

    with announced() as heard:
        end_orders(AccountDeleted(user_id=cast.ada.pk))

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

    end_orders(AccountDeleted(user_id=getattr(cast, who).pk))

    assert Order.objects.get().status == status


@pytest.mark.parametrize("status", ["DRAFT", "PUBLISHED", "EXPIRED", "ASSIGNED"])
def test_a_client_who_leaves_calls_off_what_was_not_begun(cast: Cast, status: str):
    order = cast.ben_order(status=status)

    with announced() as heard:
        end_orders(AccountDeleted(user_id=cast.ben.pk))

    order.refresh_from_db()
    assert (order.status, order.cancelled_by) == ("CANCELLED", "CLIENT")
    assert heard == [OrderCancelled(order_id=order.pk, client_user_id=cast.ben.pk)]


def test_twice_is_once(cast: Cast):
    cast.ada_work(assigned=True)

    for _ in range(2):
        end_orders(AccountDeleted(user_id=cast.ada.pk))

    assert OrderTransition.objects.count() == 1
