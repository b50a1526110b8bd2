"""What is always true of what all domains lean on."""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection
from django.db.models import Count

from apps.core.models import Delivery, IdempotencyRecord
from kernel.invariants import invariant

_GUARDS = """
SELECT count(*) FROM pg_trigger
WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_append_only_%%' AND tgenabled <> 'D'
"""


@invariant(2, "a key of idempotency stands for one effect")
def keys() -> Iterator[str]:
    """Keys that were noted twice, and notes that say neither what was made nor why it was not."""
    records = IdempotencyRecord.objects.order_by("scope", "operation", "key")
    counted = records.values("scope", "operation", "key").annotate(count=Count("pk"))
    for twice in counted.filter(count__gt=1):
        yield f"The key {twice['key']} of {twice['operation']} was used twice."
    for record in records.filter(result_id="", refusal=None):
        yield f"The key {record.key} of {record.operation} has no outcome."


@invariant(3, "rows of ledgers and of the audit trail cannot be changed or removed")
def append_only() -> Iterator[str]:
    """Tables whose models say so, while no trigger of the database holds them to it."""
    for model in apps.get_models():
        triggers = getattr(model._meta, "triggers", [])
        if not any(trigger.name == "append_only" for trigger in triggers):
            continue
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(_GUARDS, [table])
            if not cursor.fetchone()[0]:
                yield f"The rows of {table} can be changed: its trigger is off or gone."


@invariant(11, "each fact was handled once by every handler, or waits, or is parked with its error")
def deliveries() -> Iterator[str]:
    """Deliveries that are done without an instant, or parked without an error."""
    for delivery in Delivery.objects.filter(state="DONE", finished_at=None).order_by("pk"):
        yield f"The delivery {delivery.pk} is done, and nobody knows since when."
    for delivery in Delivery.objects.filter(state="PARKED", error="").order_by("pk"):
        yield f"The delivery {delivery.pk} is parked, and nobody knows why."
