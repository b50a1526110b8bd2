"""For whom a newly published order is news: found out once for all who listen in a process.

A publication of long ago that is replayed is news for those whom it concerns at that moment.
"""

import threading
from collections import OrderedDict
from datetime import timedelta
from uuid import UUID

from apps.core.models import EventRecord
from apps.orders.access import published_order
from apps.orders.selectors import told_of
from kernel import clock
from kernel.viewer import SYSTEM, acting_as

#: The publications whose audience is remembered.
MOST = 500
#: For how long after it a publication's audience is remembered: what is replayed later is asked
#: anew, so that it does not matter when a process asked first.
FRESH = timedelta(seconds=60)

_known: OrderedDict[int, frozenset[UUID]] = OrderedDict()
_lock = threading.Lock()


def told_of_record(record: EventRecord) -> frozenset[UUID]:
    """The keys of the providers whom a publication concerns."""
    if clock.now() - record.occurred_at > FRESH:
        return _audience(record)
    with _lock:
        if record.pk not in _known:
            _known[record.pk] = _audience(record)
            if len(_known) > MOST:
                _known.popitem(last=False)
        return _known[record.pk]


def _audience(record: EventRecord) -> frozenset[UUID]:
    with acting_as(SYSTEM):
        order = published_order(UUID(record.payload["order_id"]))
        return frozenset(told_of(order).values_list("pk", flat=True)) if order else frozenset()
