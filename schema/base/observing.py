"""What is seen of operations from outside: a line in the log for each, and figures.

Nothing of what callers send gets there but the names of their operations: figures are labelled by
the schema's own names and by codes, so that their number is bounded.
"""

import hashlib
from time import perf_counter

import structlog
from django.conf import settings
from graphql import FieldNode
from prometheus_client import Counter, Histogram
from strawberry.types.execution import ExecutionResult

from schema.base.context import Context
from schema.base.execution import Prepared, whose

log = structlog.get_logger("fundi.operations")

OPERATIONS = Counter(
    "fundi_operations_total", "Operations that ran.", ["kind", "operation", "outcome"]
)
SECONDS = Histogram(
    "fundi_operation_seconds",
    "How long operations took.",
    ["kind", "operation"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
POINTS = Counter("fundi_operation_cost_points_total", "What they cost.", ["kind", "operation"])
#: Longer names of operations are cut off.
NAME_LENGTH = 80


class Observation:
    """One operation, from its beginning on."""

    def __init__(self, prepared: Prepared, context: Context) -> None:
        self._prepared, self._context = prepared, context
        self._begun = perf_counter()

    def ended(self, result: ExecutionResult) -> None:
        """Write down how it went."""
        seconds = perf_counter() - self._begun
        kind, operation = self._prepared.kind.value, label_of(self._prepared)
        codes = sorted({(error.extensions or {}).get("code", "") for error in result.errors or ()})
        OPERATIONS.labels(kind, operation, "failed" if codes else "answered").inc()
        SECONDS.labels(kind, operation).observe(seconds)
        POINTS.labels(kind, operation).inc(self._context.cost)
        self._write(kind, seconds, codes)

    def _write(self, kind: str, seconds: float, codes: list[str]) -> None:
        name = self._prepared.name
        line = {
            "request_id": self._context.request_id,
            "operation": name and name[:NAME_LENGTH],
            "kind": kind,
            **whose(self._context.viewer),
            "cost": self._context.cost,
            "milliseconds": round(seconds * 1000, 1),
            "codes": codes,
        }
        if seconds < settings.SLOW_OPERATION_SECONDS:
            log.info("operation", **line)
        else:
            digest = hashlib.sha256(self._prepared.text.encode()).hexdigest()
            log.warning("slow_operation", document=digest, **line)


def label_of(prepared: Prepared) -> str:
    """An operation as figures name it: by its field at the root, where it has one."""
    selections = prepared.operation.selection_set.selections
    names = {each.name.value for each in selections if isinstance(each, FieldNode)}
    return names.pop() if len(selections) == len(names) == 1 else "several"
