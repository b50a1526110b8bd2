"""Nothing is lost and nothing doubled, whatever dies between a commit and its deliveries."""

import time
from concurrent.futures import Future
from typing import Any

import httpx
import pytest

from apps.accounts.models import User
from apps.accounts.services.sessions import start_session
from apps.core.models import Delivery, EventRecord
from apps.orders.models import Order
from kernel import events
from kernel.viewer import SYSTEM, acting_as
from tests.factories.accounts import ClientFactory
from tests.factories.catalog import AreaFactory, SubcategoryFactory
from tests.support.faults_app.events import BellRung
from tests.support.faults_app.handlers import holding_bells
from tests.support.faults_app.models import Effect
from tests.support.graphql import gid
from tests.support.house import House, kill_children
from tests.support.server import Server
from tests.support.threads import in_background, somebody_waits_for_a_lock, wait_until

PATIENCE = 40
CREATE = """mutation($input: CreateOrderInput!) {
  done: createOrder(input: $input) { __typename ... on Order { id } }
}"""
PUBLISH = "mutation($input: OrderInput!) { done: publishOrder(input: $input) { __typename } }"


def ring(count: int, *, held: int | None = None) -> list[str]:
    """Commit that bells rang, one of them held; the effects that are to come of it."""
    with acting_as(SYSTEM):
        for number in range(count):
            events.publish(BellRung(number=number, held=number == held))
    return [f"bell {number}" for number in range(count)]


def await_deliveries(house: House) -> None:
    """Wait until every delivery is done."""
    open_ones = Delivery.objects.exclude(state="DONE")
    try:
        wait_until(lambda: not open_ones.exists(), seconds=PATIENCE, every=0.1)
    except AssertionError:
        print(list(open_ones.values()), house.log())
        raise


def effects() -> list[str]:
    """What the handlers did, all of it."""
    return sorted(Effect.objects.values_list("what", flat=True))


def tried_again() -> list[int]:
    """The bells that needed more than one attempt."""
    again = Delivery.objects.filter(attempts__gt=1)
    return list(again.values_list("event__payload__number", flat=True))


class Ben:
    """A client with an order in mind."""

    def __init__(self) -> None:
        user: User = ClientFactory().user_profile.user
        self.token = start_session(user=user).access_token
        self.draft = {
            "title": "The kitchen tap drips",
            "serviceSubcategoryId": gid(SubcategoryFactory()),
            "areaId": gid(AreaFactory()),
            "idempotencyKey": "ben-1",
        }

    def create(self, server: Server) -> Any:
        """Make the draft, under the same key each time."""
        return self._ask(server, CREATE, self.draft)

    def publish(self, server: Server, order: dict[str, str]) -> Any:
        """Open the order to bids."""
        return self._ask(server, PUBLISH, {"orderId": order["id"]})

    def _ask(self, server: Server, document: str, given: dict[str, Any]) -> Any:
        answer = httpx.post(
            server.url,
            json={"query": document, "variables": {"input": given}},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=20,
        )
        return answer.json()["data"]["done"]


def kill_once(server: Server, committed: Any, request: Future[Any]) -> None:
    """Kill the server the moment that something is committed, its request answered or not."""
    wait_until(committed, every=0.0005)
    server.kill()
    request.exception(20)


def test_a_worker_is_killed_while_it_handles(house: House):
    expected = ring(20, held=10)
    house.beat()

    with holding_bells():
        worker = house.worker()
        wait_until(somebody_waits_for_a_lock, seconds=PATIENCE)
        half_way = effects()
        worker.kill()
    house.worker()
    await_deliveries(house)

    assert half_way == sorted(expected[:10])
    assert effects() == sorted(expected)
    assert tried_again() == [10]


@pytest.mark.soak
def test_a_workers_child_is_killed_while_it_handles(house: House):
    expected = ring(20, held=10)
    house.beat()

    with holding_bells():
        worker = house.worker("prefork")
        wait_until(somebody_waits_for_a_lock, seconds=PATIENCE)
        kill_children(worker)
    await_deliveries(house)

    assert effects() == sorted(expected)
    assert tried_again() == [10]


@pytest.mark.soak
def test_the_web_server_is_killed_at_the_commit(house: House):
    ben, server = Ben(), house.web()

    with in_background(lambda: ben.create(server)) as [request]:
        kill_once(server, Order.objects.exists, request)
    server = house.web()
    created = ben.create(server)
    with in_background(lambda: ben.publish(server, created)) as [request]:
        kill_once(server, Order.objects.filter(status="PUBLISHED").exists, request)
    undelivered = effects()
    house.worker(), house.beat()
    await_deliveries(house)

    order = Order.objects.get()
    assert (created["id"], undelivered) == (gid(order), [])
    assert EventRecord.objects.filter(type="OrderPublished").count() == 1
    assert effects() == [f"order {order.pk}"]


@pytest.mark.soak
def test_redis_is_stopped_and_wiped_between_commit_and_delivery(house: House):
    ben, server = Ben(), house.web()
    created = ben.create(server)

    house.valkey.kill()
    before = time.monotonic()
    published = ben.publish(server, created)
    took = time.monotonic() - before
    undelivered = Delivery.objects.filter(state="WAITING").count()
    house.valkey.start()
    house.worker(), house.beat()
    await_deliveries(house)

    assert published == {"__typename": "Order"}
    assert took < 2
    assert undelivered == 1
    assert effects() == [f"order {Order.objects.get().pk}"]


@pytest.mark.soak
def test_worker_and_beat_outlive_a_redis_that_comes_back_empty(house: House):
    house.worker(), house.beat()
    expected = ring(3)
    await_deliveries(house)

    house.valkey.kill()
    expected += ring(5)
    house.valkey.start()
    await_deliveries(house)
    house.valkey.wipe()
    expected += ring(4)
    await_deliveries(house)

    assert effects() == sorted(expected)


def test_a_commit_wakes_the_worker_without_a_sweep(house: House):
    ben, server = Ben(), house.web()
    house.worker()

    ben.publish(server, ben.create(server))
    await_deliveries(house)

    assert effects() == [f"order {Order.objects.get().pk}"]
