"""Running a keyed operation once, whoever repeats it and however often."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import models, transaction

from apps.core import errors
from apps.core.models import IdempotencyRecord
from kernel import clock
from kernel.errors import EXPECTED, Overloaded
from kernel.locks import hold

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

    Within a transaction of the caller's. A repeat while the first runs waits for it. Raises
    IdempotencyMismatch when the key was used with another input; unexpected errors and Overloaded
    leave no record, so that a repeat runs again.
    """
    hold(f"core.IdempotencyRecord:{scope}:{operation}:{key}")
    if (remembered := _remembered(scope, operation, key, fingerprint)) is not None:
        return remembered
    try:
        with transaction.atomic():
            result = run()
        outcome = Outcome(model=result._meta.label, key=str(result.pk))
    except Overloaded:  # passes, so that a repeat is not to hear of it
        raise
    except EXPECTED as error:
        outcome = Outcome(refusal=explain(error))
    IdempotencyRecord.objects.create(
        scope=scope,
        operation=operation,
        key=key,
        fingerprint=fingerprint,
        result_model=outcome.model,
        result_id=outcome.key,
        refusal=outcome.refusal,
    )
    return outcome


def _remembered(scope: str, operation: str, key: str, fingerprint: str) -> Outcome | None:
    records = IdempotencyRecord.objects.filter(scope=scope, operation=operation, key=key)
    if (record := records.first()) is None:
        return None
    if record.fingerprint != fingerprint:
        raise errors.IdempotencyMismatch
    return Outcome(model=record.result_model, key=record.result_id, refusal=record.refusal)


def forget_old_keys() -> int:
    """Remove the records older than seven days; returns how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=clock.now() - KEPT_FOR).delete()[0]
