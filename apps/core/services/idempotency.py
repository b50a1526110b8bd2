"""Running a keyed operation once, whoever repeats it and however often."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, models, transaction

from apps.core import errors
from apps.core.models import IdempotencyRecord
from kernel import clock
from kernel.errors import EXPECTED, Overloaded

KEPT_FOR = timedelta(days=7)

Refusal = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation came to: an object, by its model and key, or a refusal."""

    model: str = ""
    key: str = ""
    refusal: Refusal | None = None


def once(
    *,
    scope: str,
    operation: str,
    key: str,
    fingerprint: str,
    run: Callable[[], models.Model],
    explain: Callable[[Exception], Refusal],
) -> Outcome:
    """Run an operation under a key, or answer what the first run under that key came to.

    Within a transaction of the caller's. A repeat while the first runs waits for it at the unique
    index. Raises IdempotencyMismatch when the key was used with another input; unexpected errors
    and Overloaded leave no record, so that a repeat runs again.
    """
    if not _claimed(scope, operation, key, fingerprint):
        return _remembered(scope, operation, key, fingerprint)
    try:
        with transaction.atomic():
            result = run()
        outcome = Outcome(model=result._meta.label, key=str(result.pk))
    except Overloaded:  # passes, so that a repeat is not to hear of it
        raise
    except EXPECTED as error:
        outcome = Outcome(refusal=explain(error))
    IdempotencyRecord.objects.filter(scope=scope, operation=operation, key=key).update(
        result_model=outcome.model, result_id=outcome.key, refusal=outcome.refusal
    )
    return outcome


def _claimed(scope: str, operation: str, key: str, fingerprint: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_idempotencyrecord"
            " (scope, operation, key, fingerprint, result_model, result_id, created_at)"
            " VALUES (%s, %s, %s, %s, '', '', %s) ON CONFLICT DO NOTHING",
            [scope, operation, key, fingerprint, clock.now()],
        )
        return bool(cursor.rowcount)


def _remembered(scope: str, operation: str, key: str, fingerprint: str) -> Outcome:
    record = IdempotencyRecord.objects.get(scope=scope, operation=operation, key=key)
    if record.fingerprint != fingerprint:
        raise errors.IdempotencyMismatch
    return Outcome(model=record.result_model, key=record.result_id, refusal=record.refusal)


def forget_old_keys() -> int:
    """Remove the records older than seven days; returns how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=clock.now() - KEPT_FOR).delete()[0]
