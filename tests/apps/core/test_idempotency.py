"""A keyed operation runs once."""

from datetime import timedelta
from threading import Event
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from apps.core.errors import IdempotencyMismatch
from apps.core.models import IdempotencyRecord, SystemSetting
from apps.core.services.idempotency import Outcome, forget_old_keys, once
from kernel.errors import DomainError, NotAllowed, NotFound, Overloaded
from tests.support.races import race
from tests.support.threads import in_background, somebody_waits_for_a_lock, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def make() -> SystemSetting:
    """An effect: one more row."""
    return SystemSetting.objects.create(key=f"row-{SystemSetting.objects.count()}")


def failing(error: Exception) -> Any:
    """An operation that leaves an effect, and fails."""

    def run() -> SystemSetting:
        make()
        raise error

    return run


def keyed(run: Any = make, **changed: str) -> Outcome:
    """Run under the same key, but for what is said."""
    given = {"scope": "ben", "operation": "makeRow", "key": "k-1", "fingerprint": "f-1"} | changed
    with transaction.atomic():
        return once(
            **given, run=run, explain=lambda error: [{"code": getattr(error, "code", "invalid")}]
        )


def test_a_repeat_answers_the_object_of_the_first_run():
    first = keyed()
    repeat = keyed()

    row = SystemSetting.objects.get()
    assert first == repeat == Outcome(model="core.SystemSetting", key=str(row.pk))


@pytest.mark.parametrize("other", ["scope", "operation", "key"])
def test_another_user_operation_or_key_runs_by_itself(other: str):
    first = keyed()
    second = keyed(**{other: "other"})

    assert first != second
    assert SystemSetting.objects.count() == 2


def test_a_key_with_another_input_is_refused():
    keyed()

    with pytest.raises(IdempotencyMismatch) as refused:
        keyed(fingerprint="f-2")

    assert refused.value.code == "idempotency_mismatch"
    assert SystemSetting.objects.count() == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [(DomainError(), "invalid"), (NotAllowed(), "not_allowed"), (NotFound(), "not_found")],
    ids=["rule", "permission", "missing"],
)
def test_a_refusal_is_remembered_and_its_effects_are_not(error: Exception, code: str):
    first = keyed(failing(error))
    repeat = keyed()

    assert first == repeat == Outcome(refusal=[{"code": code}])
    assert not SystemSetting.objects.exists()


@pytest.mark.parametrize("error", [RuntimeError(), Overloaded()], ids=["unexpected", "overloaded"])
def test_a_failure_that_may_pass_leaves_no_record(error: Exception):
    with pytest.raises(type(error)):
        keyed(failing(error))
    recorded = IdempotencyRecord.objects.exists()

    repeat = keyed()

    assert not recorded
    assert repeat.key == str(SystemSetting.objects.get().pk)


def test_nothing_is_written_before_the_operation_writes():
    def run() -> SystemSetting:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id_if_assigned()")
            written.extend(cursor.fetchone())
        return make()

    written: list[Any] = []
    keyed(run)

    assert written == [None]


def test_a_transaction_that_fails_later_takes_the_record_along():
    with pytest.raises(RuntimeError), transaction.atomic():
        keyed()
        raise RuntimeError

    assert not IdempotencyRecord.objects.exists()
    assert not SystemSetting.objects.exists()


def test_many_at_once_have_one_effect_and_one_answer():
    answers = race(*[keyed] * 8)

    row = SystemSetting.objects.get()
    assert answers == [Outcome(model="core.SystemSetting", key=str(row.pk))] * 8


def test_a_repeat_waits_for_the_first_run():
    started, may_end = Event(), Event()

    def slow() -> SystemSetting:
        row = make()
        started.set()
        may_end.wait(15)
        return row

    with in_background(lambda: keyed(slow)) as [first]:
        assert started.wait(15)
        with in_background(keyed) as [repeat]:
            wait_until(somebody_waits_for_a_lock)
            answered = repeat.done()
            may_end.set()

    assert not answered
    assert first.result() == repeat.result()
    assert SystemSetting.objects.count() == 1


def test_a_repeat_that_waited_for_a_failure_runs_itself():
    started, may_end = Event(), Event()

    def slow() -> SystemSetting:
        started.set()
        may_end.wait(15)
        raise RuntimeError

    with in_background(lambda: keyed(slow)) as [first]:
        assert started.wait(15)
        with in_background(keyed) as [repeat]:
            wait_until(somebody_waits_for_a_lock)
            may_end.set()

    assert isinstance(first.exception(), RuntimeError)
    assert repeat.result().key == str(SystemSetting.objects.get().pk)


def test_a_key_is_forgotten_after_seven_days():
    keyed()
    keyed(key="young")
    young = timezone.now() + timedelta(days=6, hours=23)
    IdempotencyRecord.objects.filter(key="young").update(created_at=young)

    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=5)):
        assert forget_old_keys() == 1

    assert list(IdempotencyRecord.objects.values_list("key", flat=True)) == ["young"]
