"""Lists of orders and bids are read by index: seen in the database's own plans, on many rows."""

from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest
import time_machine
from django.db import connection

from apps.orders.models import Bid, Order
from apps.orders.selectors import matching, near
from apps.providers.selectors import Circle
from kernel import clock
from kernel.viewer import SYSTEM, Viewer, acting_as
from tests.factories.cast import Cast
from tests.factories.catalog import SubcategoryFactory
from tests.factories.orders import OrderFactory
from tests.factories.providers import ProviderFactory

#: Far more confirmed ones than of any other status, as in a market that has been open for long.
STATUSES = ["CONFIRMED"] * 30 + [*Order.Status]


@pytest.fixture
def many(cast: Cast) -> None:
    """Orders of everybody in all states, spread over some degrees; some of Ben's."""
    clients = cycle([OrderFactory().client_profile for _ in range(40)])
    services, statuses = cycle([SubcategoryFactory() for _ in range(20)]), cycle(STATUSES)
    now = clock.now()
    rows = [
        Order(
            client_profile=cast.ben_client if number % 400 == 0 else next(clients),
            service_subcategory=next(services),
            title="Tap",
            city="Cape Town",
            currency="ZAR",
            status=next(statuses),
            latitude=-34 + number % 97 / 20,
            longitude=18 + number % 89 / 20,
            expires_at=now + timedelta(hours=number),
            created_at=now - timedelta(minutes=number),
        )
        for number in range(4000)
    ]
    with acting_as(SYSTEM):
        Order.objects.bulk_create(rows, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_order")


@pytest.fixture
def many_bids(many: None) -> None:
    """A bid on each order, some of them still open, of as many providers as clients."""
    bidders, statuses = cycle([ProviderFactory() for _ in range(40)]), cycle([*Bid.Status])
    now = clock.now()
    rows = [
        Bid(
            order=order,
            provider=next(bidders),
            currency="ZAR",
            amount=800_00 + number,
            status=next(statuses),
            expires_at=now + timedelta(hours=number),
            created_at=now - timedelta(minutes=number),
        )
        for number, order in enumerate(Order.objects.order_by("pk"))
    ]
    with acting_as(SYSTEM):
        Bid.objects.bulk_create(rows, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_bid")


def _indexes(rows: Any) -> set[str]:
    """The indexes that a query is planned with."""
    plan = rows.explain()
    assert f"Seq Scan on {rows.model._meta.db_table}" not in plan, plan
    return {
        part.split()[0]
        for word in ("Scan using ", "Index Scan on ")
        for part in plan.split(word)[1:]
    }


@pytest.mark.django_db
def test_staffs_lists_the_clients_own_and_what_is_due_are_read_by_index(cast: Cast, many: None):
    newest = Order.objects.visible_to(SYSTEM).order_by("-created_at", "pk")[:20]
    of_status = Order.objects.visible_to(SYSTEM).filter(status="DISPUTED")
    own = Order.objects.filter(client_profile=cast.ben_client, status="CONFIRMED")
    service = Order.objects.filter(service_subcategory=SubcategoryFactory(), status="PUBLISHED")
    soon = clock.now() + timedelta(hours=40)
    due = Order.objects.filter(status="PUBLISHED", expires_at__lte=soon)

    assert _indexes(newest) == {"order_newest"}
    assert _indexes(of_status.order_by("-created_at", "pk")[:20]) == {"order_status_newest"}
    assert _indexes(own) == {"order_client_status"}
    assert _indexes(service) == {"order_service_status"}
    assert _indexes(due.order_by("expires_at", "pk")[:50]) == {"order_expiring"}


@pytest.mark.django_db
def test_those_of_a_place_are_found_by_their_whereabouts(cast: Cast, many: None):
    circle = Circle(-33.0, 20.0, 10)

    assert _indexes(near(Order.objects.all(), circle)) == {"order_whereabouts"}
    assert near(Order.objects.all(), circle).count() < 20
    with acting_as(Viewer(user=cast.cleo)):
        assert near(Order.objects.visible_to(Viewer(user=cast.cleo)), circle).count() < 20


@pytest.mark.django_db
def test_bids_are_read_by_index_for_staff_their_orders_and_their_providers(many_bids: None):
    bid = Bid.objects.filter(status="PENDING")[0]
    newest = Bid.objects.visible_to(SYSTEM).order_by("-created_at", "pk")[:20]
    on_order = Bid.objects.filter(order=bid.order_id).order_by("-created_at", "pk")
    of_provider = Bid.objects.filter(provider=bid.provider_id, status="PENDING")
    with time_machine.travel(clock.now() + timedelta(hours=40)):
        lapsed = Bid.objects.lapsed().order_by("expires_at", "pk")[:50]

    assert _indexes(newest) == {"bid_newest"}
    assert _indexes(on_order) == {"bid_order_newest"}
    assert _indexes(of_provider) == {"bid_provider_status"}
    assert _indexes(lapsed) == {"bid_expiring"}


@pytest.mark.django_db
def test_a_search_is_read_by_index(cast: Cast, many: None):
    OrderFactory(title="Geyser that drips")
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('order_wording')")
        cursor.execute("ANALYZE orders_order")
    viewer = Viewer(user=cast.ben)

    found = matching(Order.objects.all(), "GEYSER drip", viewer)

    assert [order.title for order in found] == ["Geyser that drips"]
    assert _indexes(found) == {"order_wording"}
