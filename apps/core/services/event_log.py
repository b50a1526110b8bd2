"""Writing the event log and handing its facts to their handlers."""

from datetime import timedelta
from functools import partial

import structlog
from django.db import transaction

from apps.core.models import Delivery, EventHorizon, EventRecord, EventTopic
from kernel import clock, events
from kernel.failures import place_of
from kernel.viewer import SYSTEM, Viewer, acting_as

log = structlog.get_logger(__name__)

RETENTION = timedelta(days=30)
MAX_ATTEMPTS = 8


class WorkerLost(Exception):
    """The process ended during the last attempt, and probably because of it."""


def append(*, event: events.Event, viewer: Viewer) -> None:
    """Write a fact, its places in its topics, and a delivery for each of its handlers.

    Raises TransactionManagementError outside a transaction: a fact belongs in the one that made it
    true, and its parts in one.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A fact is published within a transaction.")
    name, topics = type(event).__name__, list(dict.fromkeys(event.topics()))
    record = EventRecord.objects.create(
        type=name,
        payload=event.payload(),
        actor_id=viewer.user_id,
        organization_id=viewer.organization_id,
        topics=topics,
        request_id=viewer.request_id,
    )
    EventTopic.objects.bulk_create([EventTopic(event=record, topic=topic) for topic in topics])
    handlers = events.handlers_of(name)
    Delivery.objects.bulk_create(
        [Delivery(event=record, handler=handler.name) for handler in handlers]
    )
    # Robust, because what was committed has happened, whether anybody is woken or not.
    transaction.on_commit(partial(events.wake, record.pk, topics, bool(handlers)), robust=True)


def deliver_due(*, limit: int = 200) -> int:
    """Run the handlers that wait, one transaction each; returns how many were tried.

    Safe to run many times at once: each delivery is claimed by a lock that others skip, and its
    handler's rows commit together with the note that it is done.
    """
    tried = 0
    while tried < limit and (claimed := _claim()):
        _deliver(claimed)
        tried += 1
    return tried


def _claim() -> int | None:
    """Count an attempt at the next delivery, and put it off until the time of its retry.

    Committed before the handler runs, so that one that takes its process down is parked too, and
    meanwhile does not stand before all others.
    """
    with acting_as(SYSTEM):
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True)
            .filter(state=Delivery.State.WAITING, due_at__lte=clock.now())
            .order_by("due_at")
            .first()
        )
        if delivery is None:
            return None
        delivery.attempts += 1
        delivery.due_at = clock.now() + timedelta(seconds=2**delivery.attempts)
        delivery.save(update_fields=["attempts", "due_at"])
        return delivery.pk


def _deliver(claimed: int) -> None:
    with acting_as(SYSTEM):
        # Waits for the lock: a relay that came upon the row just before may hold it for a moment.
        delivery = (
            Delivery.objects.select_for_update(of=("self",))
            .filter(pk=claimed, state=Delivery.State.WAITING)
            .select_related("event")
            .first()
        )
        if delivery is None:  # we were so slow that another took it
            return
        try:
            with transaction.atomic():
                _handle(delivery)
        except Exception as error:  # whatever a handler raises is kept, and it is tried again
            log.exception("handler_failed", handler=delivery.handler, event_id=delivery.event_id)
            delivery.error = place_of(error)
            if delivery.attempts >= MAX_ATTEMPTS:
                delivery.state = Delivery.State.PARKED
        else:
            delivery.state = Delivery.State.DONE
            delivery.error = ""
            delivery.finished_at = clock.now()
        delivery.save(update_fields=["state", "error", "finished_at"])


def _handle(delivery: Delivery) -> None:
    if delivery.attempts > MAX_ATTEMPTS:
        raise WorkerLost
    record = delivery.event
    known = {handler.name: handler for handler in events.handlers_of(record.type)}
    fact = events.Event.load(record.type, record.payload)
    known[delivery.handler].function(fact)


def replay(*, delivery: Delivery) -> None:
    """Have a parked delivery tried again, from the first attempt."""
    Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.PARKED).update(
        state=Delivery.State.WAITING, attempts=0, due_at=clock.now()
    )


def forget_old_events(*, batch: int = 1000) -> int:
    """Remove one batch of facts past retention whose handlers are done; returns how many.

    The horizon moves first, so that a reader behind it is told to resync and meets no silent gap.
    """
    with transaction.atomic():
        old = list(
            EventRecord.objects.filter(occurred_at__lt=clock.now() - RETENTION)
            .exclude(deliveries__state__in=[Delivery.State.WAITING, Delivery.State.PARKED])
            .order_by("transaction_id", "id")
            .values_list("transaction_id", "id")[:batch]
        )
        if old:
            _move_horizon(*old[-1])
            EventRecord.objects.filter(pk__in=[pk for _, pk in old]).delete()
    return len(old)


def _move_horizon(transaction_id: int, event_id: int) -> None:
    """Move the horizon on, never back: a fact may go later than newer ones, once it is handled."""
    EventHorizon.objects.get_or_create(pk=1)
    horizon = EventHorizon.objects.select_for_update().get(pk=1)
    if (horizon.transaction_id, horizon.event_id) < (transaction_id, event_id):
        horizon.transaction_id, horizon.event_id = transaction_id, event_id
        horizon.save()
