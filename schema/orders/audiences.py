"""For whom a newly published order is news: found out once for all who listen in a process.

A publication of long ago that is replayed is news for those whom it concerns at that moment."""

import asyncio
from collections import OrderedDict
from datetime import timedelta
from uuid import UUID
from weakref import WeakKeyDictionary

from apps.core.models import EventRecord
from apps.orders.access import published_order
from apps.orders.selectors import told_of
from kernel import clock
from kernel.viewer import SYSTEM, acting_as
from schema.base.execution import in_thread, process_task

#: The publications whose audience is remembered.
MOST = 500
#: For how long after it a publication's audience is remembered: what is replayed later is asked
#: anew, so that it does not matter when a process asked first.
FRESH = timedelta(seconds=60)

Audience = asyncio.Task[frozenset[UUID]]

_by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, OrderedDict[int, Audience]] = (
    WeakKeyDictionary()
)


async def is_told(provider_id: UUID, record: EventRecord) -> bool:
    """Whether a provider is among those whom a publication concerns."""
    if clock.now() - record.occurred_at > FRESH:
        return provider_id in await in_thread(lambda: _audience(record))
    known = _by_loop.setdefault(asyncio.get_running_loop(), OrderedDict())
    if record.pk not in known:
        known[record.pk] = process_task(in_thread(lambda: _audience(record)))
        known[record.pk].add_done_callback(lambda task: _forget_failure(known, record.pk, task))
        if len(known) > MOST:
            known.popitem(last=False)
    return provider_id in await asyncio.shield(known[record.pk])


def _forget_failure(known: OrderedDict[int, Audience], pk: int, task: Audience) -> None:
    if task.cancelled() or task.exception() is not None:
        known.pop(pk, None)


def _audience(record: EventRecord) -> frozenset[UUID]:
    with acting_as(SYSTEM):
        order = published_order(UUID(record.payload["order_id"]))
        return frozenset(told_of(order).values_list("pk", flat=True)) if order else frozenset()
