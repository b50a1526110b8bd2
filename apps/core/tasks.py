"""Celery's entry points to the event log, the messages that go out, and the cleanup."""

import structlog
from celery import shared_task
from django.apps import apps

from apps.core.services import cleanup, daily, event_log, idempotency, outbox
from kernel.invariants import verified
from kernel.models import AbstractSoftDeleteModel

log = structlog.get_logger(__name__)


@shared_task
def deliver() -> int:
    """Run the handlers that wait."""
    return event_log.deliver_due()


@shared_task
def forget_old_events() -> int:
    """Remove the facts past retention, batch by batch; returns how many."""
    gone = 0
    while removed := event_log.forget_old_events():
        gone += removed
    return gone


@shared_task
def forget_old_keys() -> int:
    """Remove idempotency records past their time."""
    return idempotency.forget_old_keys()


@shared_task
def send_messages() -> int:
    """Send the messages that are due."""
    return outbox.send_waiting()


@shared_task
def forget_old_messages() -> int:
    """Remove the messages and the daily counts past their time; returns how many."""
    gone = daily.forget_old_counts()
    while removed := outbox.forget_old_messages():
        gone += removed
    return gone


@shared_task
def start_purge() -> None:
    """Start the removal of long-deleted rows, a task for each model."""
    for model in cleanup.purgeable_models():
        purge_deleted.delay(model=model._meta.label)


@shared_task
def purge_deleted(*, model: str) -> int:
    """Remove a batch of one model's rows that were deleted long ago, and start the next."""
    found = apps.get_model(model)
    assert issubclass(found, AbstractSoftDeleteModel)
    gone = cleanup.purge_deleted(model=found)
    if gone == cleanup.BATCH:
        purge_deleted.delay(model=model)
    return gone


@shared_task
def verify_invariants() -> int:
    """Check what is always true of the data, and log each rule that is broken; returns how many."""
    broken = [(found, breaches) for found, breaches in verified() if breaches]
    for found, breaches in broken:
        # Without the breaches: what they tell is for those who run the command.
        log.error("invariant_broken", rule=found.rule, breaches=len(breaches))
    return len(broken)
