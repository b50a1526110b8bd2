"""Facts in the log, and their handlers."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from threading import Event as Signal
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from apps.core.models import Delivery, EventRecord, EventTopic, SystemSetting
from apps.core.services.event_log import MAX_ATTEMPTS, deliver_due, replay
from kernel import events
from kernel.viewer import Viewer, acting_as, current_viewer
from tests.apps.core.facts import LampLit
from tests.factories.accounts import UserFactory
from tests.support.handlers import own_handlers
from tests.support.races import race
from tests.support.threads import in_background

pytestmark = pytest.mark.django_db(transaction=True)

ROOM = UUID(int=7)
heard: list[Any] = []


def hear(fact: LampLit) -> None:
    """Remember the fact here, and in the database."""
    heard.append(fact)
    SystemSetting.objects.create(key=f"heard-{fact.lamp}-{len(heard)}")


def refuse(fact: LampLit) -> None:
    """Leave an effect, and fail."""
    SystemSetting.objects.create(key=f"refused-{fact.lamp}")
    raise RuntimeError(f"no light for {fact.lamp}")


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """Handlers of one test, and nothing heard before it."""
    heard.clear()
    with own_handlers():
        yield


def publish(lamp: str = "a", viewer: Viewer | None = None) -> EventRecord:
    """Publish a fact, committed."""
    with acting_as(viewer or Viewer(request_id="r-1")):
        events.publish(LampLit(lamp=lamp, room_id=ROOM))
    return EventRecord.objects.latest("id")


def keys() -> set[str]:
    """What the handlers left in the database."""
    return set(SystemSetting.objects.values_list("key", flat=True))


def later(seconds: float) -> Any:
    """That much later."""
    return time_machine.travel(timezone.now() + timedelta(seconds=seconds))


# Publishing


def test_a_fact_is_written_with_who_and_where():
    viewer = Viewer(user=UserFactory(), organization_id=UUID(int=9), request_id="r-9")

    record = publish("a", viewer)

    assert (record.type, record.payload) == ("LampLit", {"lamp": "a", "room_id": str(ROOM)})
    assert (record.actor_id, record.organization_id) == (viewer.user_id, UUID(int=9))
    assert (record.request_id, record.topics) == ("r-9", ["lamp:a", "lamps"])
    places = EventTopic.objects.filter(event=record).values_list("topic", "transaction_id")
    assert set(places) == {(topic, record.transaction_id) for topic in record.topics}


def test_a_fact_is_read_back_as_it_was_published():
    record = publish()

    fact = events.Event.load(record.type, record.payload | {"colour": "a field of tomorrow"})

    assert fact == LampLit(lamp="a", room_id=ROOM)


def test_a_fact_gets_a_delivery_for_each_handler():
    events.on(LampLit)(hear)
    events.on(LampLit)(refuse)

    record = publish()

    found = record.deliveries.order_by("handler").values_list("handler", "state", "attempts")
    assert list(found) == [
        ("tests.apps.core.test_event_log.hear", "WAITING", 0),
        ("tests.apps.core.test_event_log.refuse", "WAITING", 0),
    ]


def test_a_rolled_back_transaction_leaves_no_fact():
    events.on(LampLit)(hear)

    with suppress(RuntimeError), transaction.atomic():
        events.publish(LampLit(lamp="a"))
        raise RuntimeError

    assert deliver_due() == 0
    assert not EventRecord.objects.exists()
    assert not EventTopic.objects.exists()
    assert not Delivery.objects.exists()


def test_a_fact_outside_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError):
        events.publish(LampLit(lamp="a"))

    assert not EventRecord.objects.exists()


def test_nobody_is_woken_before_the_commit_or_without_one():
    woken: list[Any] = []
    waker = lambda *news: woken.append(news)  # noqa: E731
    events.wake_by(waker)

    try:
        with suppress(RuntimeError), transaction.atomic():
            events.publish(LampLit(lamp="lost"))
            raise RuntimeError
        with transaction.atomic():
            events.publish(LampLit(lamp="a"))
            before = list(woken)
    finally:
        events._wakers.remove(waker)

    assert before == []
    fact = EventRecord.objects.get()
    assert woken == [(fact.pk, ["lamp:a", "lamps"], False)]


# Delivering


def test_a_handler_hears_the_fact_as_the_system_and_once():
    seen: list[bool] = []
    events.on(LampLit)(lambda fact: seen.append(current_viewer().is_system))
    events.on(LampLit)(hear)
    record = publish()

    tried = deliver_due(), deliver_due()

    assert tried == (2, 0)
    assert (seen, heard) == ([True], [LampLit(lamp="a", room_id=ROOM)])
    assert set(record.deliveries.values_list("state", "attempts", "error")) == {("DONE", 1, "")}
    assert keys() == {"heard-a-1"}


def test_a_handler_that_fails_leaves_no_effect_and_does_not_keep_the_others():
    events.on(LampLit)(refuse)
    events.on(LampLit)(hear)
    publish()

    deliver_due()

    failed = Delivery.objects.get(handler__endswith="refuse")
    assert keys() == {"heard-a-1"}
    assert (failed.state, failed.attempts) == ("WAITING", 1)
    assert re.fullmatch(r"RuntimeError in test_event_log\.refuse:\d+", failed.error)


def test_a_handler_whose_sql_fails_is_kept_and_retried_too():
    def divide(_fact: LampLit) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    events.on(LampLit)(divide)
    record = publish()

    assert deliver_due() == 1
    delivery = record.deliveries.get()
    assert (delivery.state, delivery.attempts) == ("WAITING", 1)
    assert delivery.error.startswith("DataError (22012) in ")


def test_an_effect_and_the_note_of_it_are_committed_together():
    events.on(LampLit)(hear)
    publish()

    with suppress(RuntimeError), transaction.atomic():
        deliver_due()
        raise RuntimeError("the process ends before the commit")

    assert keys() == set()
    assert Delivery.objects.get().state == "WAITING"
    assert deliver_due() == 1
    assert keys() == {"heard-a-2"}


def test_each_retry_waits_twice_as_long_and_the_last_one_parks():
    events.on(LampLit)(refuse)
    publish()
    waits = []

    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(MAX_ATTEMPTS):
            assert deliver_due() == 1
            assert deliver_due() == 0
            delivery = Delivery.objects.get()
            waits.append((delivery.due_at - timezone.now()).total_seconds())
            clock.shift(waits[-1])

    assert waits == [2, 4, 8, 16, 32, 64, 128, 256]
    assert (delivery.state, delivery.attempts) == ("PARKED", MAX_ATTEMPTS)
    assert re.fullmatch(r"RuntimeError in test_event_log\.refuse:\d+", delivery.error)
    with later(10_000):
        assert deliver_due() == 0


def test_a_handler_that_ends_its_process_each_time_is_parked_and_keeps_nobody():
    def end(fact: LampLit) -> None:
        if fact.lamp == "fatal":
            raise SystemExit

    events.on(LampLit)(end)
    fatal, noise = publish("fatal"), publish("noise")

    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(MAX_ATTEMPTS):
            with pytest.raises(SystemExit):
                deliver_due()
            deliver_due()
            clock.shift(300)
        deliver_due()

    delivery = fatal.deliveries.get()
    assert delivery.state == "PARKED"
    assert delivery.error.startswith("WorkerLost in event_log._handle:")
    assert noise.deliveries.values_list("state", "attempts").get() == ("DONE", 1)


def test_a_parked_delivery_is_replayed_from_the_first_attempt():
    events.on(LampLit)(refuse)
    delivery = publish().deliveries.get()
    Delivery.objects.update(state="PARKED", attempts=MAX_ATTEMPTS, error="old")

    replay(delivery=delivery)
    deliver_due()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("WAITING", 1)
    assert re.fullmatch(r"RuntimeError in test_event_log\.refuse:\d+", delivery.error)


def test_what_is_done_is_not_replayed():
    events.on(LampLit)(hear)
    delivery = publish().deliveries.get()
    deliver_due()

    replay(delivery=delivery)

    assert deliver_due() == 0
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"handler": "apps.gone.handlers.hear"}, "KeyError in event_log._handle"),
        ({"type": "LampSold"}, "KeyError in events.load"),
        ({"payload": {"bulb": 1}}, "TypeError"),
    ],
    ids=["handler", "type", "payload"],
)
def test_what_an_older_version_left_is_parked_and_keeps_nobody(changed: dict[str, Any], error: str):
    events.on(LampLit)(hear)
    old = publish("old")
    Delivery.objects.filter(event=old).update(
        **{k: v for k, v in changed.items() if k == "handler"}
    )
    EventRecord.objects.filter(pk=old.pk).update(
        **{k: v for k, v in changed.items() if k != "handler"} or {"request_id": ""}
    )
    publish("new")

    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(MAX_ATTEMPTS):
            deliver_due()
            clock.shift(300)

    delivery = old.deliveries.get()
    assert (delivery.state, delivery.attempts) == ("PARKED", MAX_ATTEMPTS)
    assert delivery.error.startswith(error)
    assert [fact.lamp for fact in heard] == ["new"]


def test_a_limit_leaves_the_rest_for_the_next_run():
    events.on(LampLit)(hear)
    for lamp in "abc":
        publish(lamp)

    assert (deliver_due(limit=2), deliver_due(limit=2)) == (2, 1)


def test_many_relays_at_once_handle_each_delivery_once():
    events.on(LampLit)(hear)
    with acting_as(Viewer()):
        for number in range(60):
            events.publish(LampLit(lamp=f"{number}"))

    tried = race(*[deliver_due] * 4)

    assert sum(tried) == 60
    assert sorted(int(fact.lamp) for fact in heard) == list(range(60))
    assert Delivery.objects.filter(state="DONE", attempts=1).count() == 60


def test_a_relay_passes_over_what_another_handles():
    started, may_end = Signal(), Signal()

    def slow(fact: LampLit) -> None:
        if fact.lamp == "slow":
            started.set()
            may_end.wait(15)

    events.on(LampLit)(slow)
    publish("slow"), publish("fast")

    with in_background(lambda: deliver_due(limit=1)) as [first]:
        assert started.wait(15)
        with later(60):  # so that the slow one is due again
            meanwhile = deliver_due()
        may_end.set()

    assert (first.result(), meanwhile) == (1, 1)
    assert set(Delivery.objects.values_list("state", "attempts")) == {("DONE", 1)}


def test_a_fact_of_a_handler_belongs_to_its_transaction():
    def echo(fact: LampLit) -> None:
        if fact.lamp == "a":
            events.publish(LampLit(lamp="echo"))

    events.on(LampLit)(echo)
    publish("a")

    assert deliver_due() == 2
    assert list(EventRecord.objects.order_by("id").values_list("payload__lamp", flat=True)) == [
        "a",
        "echo",
    ]
