"""Work that is confirmed because its client said nothing in time."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from apps.accounts.models import ClientProfile
from apps.core.models import EventRecord, SystemSetting
from apps.orders import errors
from apps.orders.configuration import CONFIRM_HOURS
from apps.orders.events import OrderConfirmed
from apps.orders.models import Order, OrderDispute, OrderTransition
from apps.orders.services.disputes import open_dispute
from apps.orders.services.work import confirm_order, confirm_unanswered, unanswered_orders
from apps.orders.tasks import confirm_unanswered as confirm_one
from apps.orders.tasks import start_confirmations
from apps.providers.models import ServiceProviderProfile
from kernel import clock
from tests.factories.orders import AssignmentFactory, DisputeFactory, OrderFactory
from tests.support.announced import announced
from tests.support.races import race


def _completed(hours: float, **values: Any) -> Order:
    """An order that was completed so many hours ago."""
    at = clock.now() - timedelta(hours=hours)
    order = OrderFactory(completed=True, completed_at=at, bid_count=1, **values)
    return AssignmentFactory(bid__order=order).order


@pytest.mark.django_db
def test_after_three_days_silence_is_consent():
    order = _completed(72.01)

    with announced() as heard:
        done = confirm_unanswered(order_id=order.pk)

    order, step = Order.objects.get(), OrderTransition.objects.get()
    assert (done, order.status, step.name) == (True, "CONFIRMED", "confirm")
    assert (step.actor, step.note) == (None, "Confirmed without an answer of the client.")
    client_user_id = order.client_profile.user_profile.user_id
    assert heard == [OrderConfirmed(order_id=order.pk, client_user_id=client_user_id)]
    assert ClientProfile.objects.get().completed_orders == 1
    assert ServiceProviderProfile.objects.get().jobs_completed == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hours", "values"),
    [
        (71.9, {}),
        *[(100, {"status": s}) for s in Order.Status if s != "COMPLETED"],
    ],
)
def test_what_is_not_due_is_left_alone(hours: float, values: dict[str, Any]):
    order = _completed(hours, **values)

    assert unanswered_orders() == []
    assert confirm_unanswered(order_id=order.pk) is False
    assert Order.objects.get().version == order.version


@pytest.mark.django_db
def test_twice_is_once():
    order = _completed(73)

    assert confirm_unanswered(order_id=order.pk)
    assert not confirm_unanswered(order_id=order.pk)
    assert EventRecord.objects.filter(type="OrderConfirmed").count() == 1


@pytest.mark.django_db
def test_administrators_say_how_long_clients_have():
    day_old = _completed(25)
    _completed(23)
    SystemSetting.objects.create(key=CONFIRM_HOURS.key, value="24", setting_type="INTEGER")

    assert unanswered_orders() == [day_old.pk]


@pytest.mark.django_db
def test_a_task_is_started_for_each_the_oldest_first(monkeypatch: pytest.MonkeyPatch):
    started: list[dict[str, str]] = []
    monkeypatch.setattr(confirm_one, "delay", lambda **given: started.append(given))
    newer, older = _completed(80), _completed(90)

    start_confirmations()
    confirm_one(**started[0])

    assert started == [{"order_id": str(older.pk)}, {"order_id": str(newer.pk)}]
    stand = dict(Order.objects.values_list("pk", "status"))
    assert stand == {older.pk: "CONFIRMED", newer.pk: "COMPLETED"}


@pytest.mark.django_db
def test_a_dispute_in_time_stops_it():
    order = _completed(71)
    open_dispute(
        order=order,
        by=order.client_profile.user_profile.user,
        dispute_type=OrderDispute.Type.QUALITY,
        description="It drips.",
    )
    Order.objects.update(completed_at=clock.now() - timedelta(hours=80))

    assert confirm_unanswered(order_id=order.pk) is False
    assert Order.objects.get().status == "DISPUTED"


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "is_done"), [(71.9, False), (72.1, True)])
def test_after_a_dispute_clients_have_their_time_anew(hours: float, is_done: bool):
    order = _completed(200)
    DisputeFactory(
        order=order,
        status="DISMISSED",
        outcome="DISMISSED",
        resolved_at=clock.now() - timedelta(hours=hours),
    )

    assert unanswered_orders() == ([order.pk] if is_done else [])
    assert confirm_unanswered(order_id=order.pk) is is_done


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round", range(5))
def test_of_a_dispute_and_silence_at_the_same_moment_one_wins(round: int):
    order = _completed(73)
    dispute = partial(
        open_dispute,
        order=order,
        by=order.client_profile.user_profile.user,
        dispute_type=OrderDispute.Type.QUALITY,
        description="It drips.",
    )

    confirmed, disputed = race(partial(confirm_unanswered, order_id=order.pk), dispute)

    stands = (Order.objects.get().status, confirmed, type(disputed))
    assert stands in [
        ("CONFIRMED", True, errors.IllegalTransition),
        ("DISPUTED", False, OrderDispute),
    ]
    assert OrderTransition.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round", range(5))
def test_two_workers_and_the_client_confirm_once(round: int):
    order = _completed(73)

    race(
        partial(confirm_unanswered, order_id=order.pk),
        partial(confirm_order, order=order),
        partial(confirm_unanswered, order_id=order.pk),
    )

    assert Order.objects.get().status == "CONFIRMED"
    assert OrderTransition.objects.count() == 1
    assert ServiceProviderProfile.objects.get().jobs_completed == 1
    assert EventRecord.objects.filter(type="OrderConfirmed").count() == 1
