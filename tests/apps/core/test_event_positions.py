"""Readers of the log miss nothing, though transactions commit out of order."""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Event as Signal

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from apps.core.errors import BadCursor, ResyncRequired
from apps.core.models import Delivery, EventRecord
from apps.core.selectors import (
    Position,
    events_after,
    position_now,
    position_of,
    records_after,
    refuse_gap,
)
from apps.core.services.event_log import RETENTION, forget_old_events
from kernel import events
from kernel.viewer import VISITOR, acting_as
from tests.apps.core.facts import LampLit
from tests.support.threads import in_background, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

START = Position(0, 0)
WRITERS, ROUNDS = 8, 25


def publish(lamp: str = "a") -> EventRecord:
    """Publish a fact, committed."""
    with acting_as(VISITOR):
        events.publish(LampLit(lamp=lamp))
    return EventRecord.objects.latest("id")


def place(record: EventRecord) -> Position:
    """Where a fact stands."""
    return Position(record.transaction_id, record.pk)


def write(number: int) -> None:
    """Publish in many transactions, which take their time and sometimes come to nothing."""
    dice = random.Random(number)
    for turn in range(ROUNDS):
        with transaction.atomic():
            for part in range(dice.randint(1, 3)):
                events.publish(LampLit(lamp=f"{number}.{turn}.{part}"))
                time.sleep(dice.random() * 0.008)
            transaction.set_rollback(dice.random() < 0.15)
        connection.close()


def is_settled() -> bool:
    """Whether no older transaction, of anybody on the server, hides a fact any more."""
    return position_now() == place(EventRecord.objects.order_by("-transaction_id", "-id")[0])


def until_over(look: Callable[[], bool], over: Signal) -> None:
    """Look again and again; once all is written, until nothing more is found."""
    while not over.is_set():
        look()
        time.sleep(0.002)
    while look():
        pass


def test_each_reader_meets_each_fact_once_and_in_order_whoever_commits_when():
    over, read = Signal(), [[] for _ in range(3)]  # type: ignore[var-annotated]

    def reader(met: list[Position]) -> None:
        def look() -> bool:
            found = events_after(["lamps"], met[-1] if met else START, limit=7)
            met.extend(place(record) for record in found)
            return bool(found)

        until_over(look, over)

    with in_background(*[lambda met=met: reader(met) for met in read]) as readers:
        with in_background(*[lambda n=number: write(n) for number in range(WRITERS)]) as writers:
            wait_until(lambda: all(writer.done() for writer in writers), seconds=60)
        wait_until(is_settled)
        over.set()

    errors = [future.exception() for future in (*readers, *writers)]
    written = [place(record) for record in EventRecord.objects.order_by("transaction_id", "id")]
    assert errors == [None] * 11
    assert read == [written] * 3
    assert len(written) > WRITERS * ROUNDS
    # Had nobody overtaken anybody, this would have tested nothing.
    assert written != sorted(written, key=lambda position: position.event_id)


def test_a_reader_of_topics_hears_of_each_one_whoever_commits_when():
    over, heard = Signal(), set()  # type: ignore[var-annotated]

    def reader() -> None:
        position = START

        def look() -> bool:
            nonlocal position
            records = records_after(position, limit=5)
            heard.update(topic for record in records for topic in record.topics)
            position = position_of(records[-1]) if records else position
            return bool(records)

        until_over(look, over)

    with in_background(reader) as [reading]:
        with in_background(*[lambda n=number: write(n) for number in range(WRITERS)]) as writers:
            wait_until(lambda: all(writer.done() for writer in writers), seconds=60)
        wait_until(is_settled)
        over.set()

    published = EventRecord.objects.values_list("topics", flat=True)
    assert reading.exception() is None
    assert heard == {topic for topics in published for topic in topics}


def test_an_id_alone_loses_what_commits_late_and_a_position_does_not():
    """T1 publishes, T2 publishes and commits, readers look, T1 commits, readers look again."""
    has_published, may_commit = Signal(), Signal()
    by_id: list[int] = []
    by_position: list[EventRecord] = []

    def look() -> None:
        newer = EventRecord.objects.filter(id__gt=max(by_id, default=0)).order_by("id")
        by_id.extend(newer.values_list("id", flat=True))
        after = place(by_position[-1]) if by_position else START
        by_position.extend(events_after(["lamps"], after))

    def first() -> None:
        with transaction.atomic():
            events.publish(LampLit(lamp="first"))
            has_published.set()
            may_commit.wait(15)

    with in_background(first) as [writing]:
        assert has_published.wait(15)
        second = publish("second")
        look()
        early = list(by_position)
        may_commit.set()
        writing.result(15)
    wait_until(lambda: events_after(["lamps"], START))
    look()

    assert by_id == [second.pk]
    assert early == []
    assert [record.payload["lamp"] for record in by_position] == ["first", "second"]


def test_a_reader_that_begins_now_hears_of_what_commits_late():
    has_published, may_commit = Signal(), Signal()

    def first() -> None:
        with transaction.atomic():
            events.publish(LampLit(lamp="late"))
            has_published.set()
            may_commit.wait(15)

    with in_background(first):
        assert has_published.wait(15)
        publish("early")
        position = position_now()
        may_commit.set()

    found = wait_until(lambda: events_after(["lamps"], position))
    assert {record.payload["lamp"] for record in found} == {"early", "late"}


def test_a_topic_has_its_own_facts_only_and_at_most_as_many_as_asked():
    records = [publish("a"), publish("b"), publish("a"), publish("a")]
    wait_until(lambda: len(events_after(["lamps"], START)) == 4)

    assert events_after(["lamp:a"], START, limit=2) == [records[0], records[2]]
    assert events_after(["lamp:a"], place(records[2])) == [records[3]]
    assert events_after(["lamp:none"], START) == []


def test_the_log_as_a_whole_is_read_in_order():
    records = [publish(lamp) for lamp in ("a", "b")]
    wait_until(lambda: len(events_after(["lamps"], START)) == 2)

    assert records_after(START, limit=1) == records[:1]
    assert records_after(position_of(records[0]), limit=5) == records[1:]
    assert records_after(position_of(records[1]), limit=5) == []


def test_a_fact_of_several_topics_is_told_once_and_none_behind_the_end():
    records = [publish(lamp) for lamp in ("a", "b", "a")]
    wait_until(lambda: len(events_after(["lamps"], START)) == 3)
    topics = ["lamps", "lamp:a", "lamp:b"]

    assert events_after(topics, START) == records
    assert events_after(topics, START, until=position_of(records[1])) == records[:2]


def test_a_topic_named_twice_carries_the_fact_once():
    with acting_as(VISITOR):
        events.publish(LampLit(lamp="a"))
        events.publish(_Twice(lamp="b"))

    wait_until(lambda: events_after(["lamps"], START))
    assert [record.payload["lamp"] for record in events_after(["lamps"], START)] == ["a", "b"]


class _Twice(LampLit):
    def topics(self) -> list[str]:
        return ["lamps", "lamps"]


@pytest.mark.parametrize("position", [START, Position(2**63 - 1, 17), Position(255, 0)])
def test_a_position_is_read_back_from_its_text(position: Position):
    assert Position.parse(str(position)) == position


@pytest.mark.parametrize("text", ["", "1", "1.2.3", "x.y", "-1.0", f"{2**63:x}.0", "1.é", "None"])
def test_a_text_that_is_no_position_is_refused(text: str):
    with pytest.raises(BadCursor) as refused:
        Position.parse(text)

    assert refused.value.code == "invalid_cursor"


# Retention


def aged(record: EventRecord, days: float) -> EventRecord:
    """The fact, that many days old."""
    EventRecord.objects.filter(pk=record.pk).update(
        occurred_at=timezone.now() - timedelta(days=days)
    )
    return record


def test_facts_past_retention_go_and_older_cursors_are_told():
    gone = [aged(publish("a"), 31), aged(publish("b"), 31)]
    stays = aged(publish("c"), 29)
    wait_until(lambda: events_after(["lamps"], place(gone[1])))

    count = forget_old_events()

    assert count == 2
    assert list(EventRecord.objects.all()) == [stays]
    refuse_gap(place(gone[1]))
    assert events_after(["lamps"], place(gone[1])) == [stays]
    for position in (START, place(gone[0]), Position(gone[1].transaction_id, gone[1].pk - 1)):
        with pytest.raises(ResyncRequired) as refused:
            refuse_gap(position)
        assert refused.value.code == "resync_required"


def test_where_nothing_was_forgotten_no_cursor_is_too_old():
    aged(publish(), 29)

    assert forget_old_events() == 0
    refuse_gap(START)


def test_a_cursor_behind_all_facts_is_told():
    newest = place(publish())
    wait_until(is_settled)

    refuse_gap(newest)
    for position in (
        Position(newest.transaction_id, newest.event_id + 1),
        Position(newest.transaction_id + 1, 0),
        Position(2**62, 1),
    ):
        with pytest.raises(ResyncRequired) as refused:
            refuse_gap(position)
        assert refused.value.code == "resync_required"


def test_where_nothing_was_ever_told_a_cursor_is_another_logs():
    refuse_gap(position_now())

    with pytest.raises(ResyncRequired):
        refuse_gap(Position(1, 1))


def test_a_batch_forgets_the_oldest_first():
    records = [aged(publish(lamp), 31) for lamp in "abc"]

    assert forget_old_events(batch=2) == 2
    assert list(EventRecord.objects.all()) == [records[2]]
    refuse_gap(place(records[1]))


@pytest.mark.parametrize("state", ["WAITING", "PARKED"])
def test_a_fact_that_is_not_handled_is_not_forgotten(state: str):
    waiting, done = aged(publish("a"), 31), aged(publish("b"), 31)
    Delivery.objects.create(event=waiting, handler="x", state=state)
    Delivery.objects.create(event=done, handler="x", state="DONE")

    assert forget_old_events() == 1
    assert list(EventRecord.objects.all()) == [waiting]


def test_the_horizon_never_goes_back():
    old, newer = aged(publish("old"), 31), aged(publish("newer"), 31)
    parked = Delivery.objects.create(event=old, handler="x", state="PARKED")
    forget_old_events()

    Delivery.objects.filter(pk=parked.pk).update(state="DONE")
    forgotten = forget_old_events()

    assert forgotten == 1
    refuse_gap(place(newer))
    with pytest.raises(ResyncRequired):
        refuse_gap(place(old))


def test_a_reader_that_begins_after_all_was_forgotten_is_up_to_date():
    publish()

    with time_machine.travel(timezone.now() + RETENTION + timedelta(days=1)):
        forget_old_events()

    refuse_gap(position_now())
    later = publish("later")
    assert wait_until(lambda: events_after(["lamps"], position_now()) or [later]) == [later]
