"""Whatever way work took, it counts once for its client and once for who carried it out."""

from typing import Any

import pytest

from apps.orders.events import OrderCancelled, OrderConfirmed
from tests.factories.accounts import ClientFactory
from tests.support.announced import announced
from tests.support.steps import Scene

pytestmark = pytest.mark.django_db

REDO, DISMISS, HALF, WHOLE = ("REDO", None), ("DISMISSED", None), ("REFUND", 50), ("REFUND", 100)


@pytest.mark.parametrize(
    ("way", "completed", "cancelled"),
    [
        (["start", "complete", "confirm"], 1, 0),
        (["start", "complete", "dispute", REDO, "complete", "confirm"], 1, 0),
        (["start", "complete", "dispute", REDO, "complete", "dispute", HALF], 1, 0),
        (["start", "complete", "dispute", DISMISS, "confirm"], 1, 0),
        (["dispute", DISMISS, "start", "complete", "dispute", HALF], 1, 0),
        (["dispute", REDO, "dispute", WHOLE], 0, 1),
        (["start", "dispute", "cancel_by_staff"], 0, 1),
        (["start", "dispute", REDO, "complete"], 0, 0),
        (["cancel"], 0, 1),
        (["reopen", "cancel"], 0, 1),
    ],
)
def test_each_way_counts_once(way: list[Any], completed: int, cancelled: int):
    scene = Scene.set("ASSIGNED", client=ClientFactory())
    provider = scene.order.assignment.provider

    with announced() as heard:
        for step in way:
            scene.take(step) if isinstance(step, str) else scene.decide(*step)

    client = scene.order.client_profile
    client.refresh_from_db()
    provider.refresh_from_db()
    assert (client.completed_orders, client.cancelled_orders) == (completed, cancelled)
    assert (provider.jobs_taken, provider.jobs_completed) == (1, completed)
    ends = [type(fact) for fact in heard if isinstance(fact, OrderConfirmed | OrderCancelled)]
    assert ends == [OrderConfirmed] * completed + [OrderCancelled] * cancelled
