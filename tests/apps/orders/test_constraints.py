"""What the database refuses, whoever writes."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.orders.models import Bid, Order, OrderPhoto
from tests.factories.cast import Cast
from tests.factories.orders import BidFactory, DisputeFactory, OrderFactory


def _refused(constraint: str) -> Any:
    return pytest.raises(IntegrityError, match=constraint)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"budget_min": 2, "budget_max": 1}, "order_budget"),
        ({"budget_max": 0}, "order_budget_positive"),
        ({"budget_min": -1}, "order_budget_positive"),
        ({"latitude": 91.0, "longitude": 0.0}, "order_place"),
        ({"latitude": 1.0, "longitude": None}, "order_place"),
        ({"bid_count": -1}, "orders_order_bid_count_check"),
    ],
)
def test_an_order_that_makes_no_sense(values: dict[str, Any], constraint: str):
    order = OrderFactory()

    with _refused(constraint), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(**values)


@pytest.mark.django_db
@pytest.mark.parametrize("amount", [0, -1])
def test_a_bid_without_a_price(amount: int):
    bid = BidFactory()

    with _refused("bid_amount"), transaction.atomic():
        Bid.objects.filter(pk=bid.pk).update(amount=amount)


def test_a_second_bid_of_the_same_provider(cast: Cast):
    bid = cast.ada_bid()

    with _refused("bid_once"), transaction.atomic():
        BidFactory(order=bid.order, provider=bid.provider)

    BidFactory(order=bid.order, provider=bid.provider, status="WITHDRAWN")
    assert Bid.objects.count() == 2


def test_a_second_accepted_bid(cast: Cast):
    bid = cast.ada_bid(accepted=True)

    with _refused("bid_accepted_once"), transaction.atomic():
        BidFactory(order=bid.order, accepted=True)

    BidFactory(accepted=True)
    assert Bid.objects.count() == 2


@pytest.mark.django_db
def test_a_second_open_dispute():
    dispute = DisputeFactory()

    with _refused("dispute_one_open"), transaction.atomic():
        DisputeFactory(order=dispute.order, status="IN_REVIEW")

    assert DisputeFactory(order=dispute.order, status="RESOLVED")


@pytest.mark.django_db
def test_a_second_primary_photo():
    order = OrderFactory()
    OrderPhoto.objects.create(order=order, is_primary=True)

    with _refused("order_photo_primary"), transaction.atomic():
        OrderPhoto.objects.create(order=order, is_primary=True)

    assert OrderPhoto.objects.create(order=order)
