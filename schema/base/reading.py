"""Queries read from the replica, where one is configured and has all that the caller knows of.

Mutations, and what a subscription tells, never do; nor do staff, whose looks are noted in the same
transaction, and answers that are kept for everybody until a fact says that they changed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connections
from strawberry.types.execution import ExecutionResult

from kernel import replica
from kernel.buckets import network_of
from kernel.databases import PRIMARY, PrimaryNeeded, has_replica, reading_replica
from kernel.viewer import Viewer
from schema.base.errors import passes, root_of

log = structlog.get_logger(__name__)


def answer(viewer: Viewer, read: Callable[[], ExecutionResult]) -> ExecutionResult:
    """What a query answers, read from the replica or else from the primary."""
    if not has_replica() or viewer.is_staff:
        return read()
    if replica.suits(_names(viewer)) and (result := _from_replica(read)):
        return result
    with known_after(viewer):
        return read()


@contextmanager
def known_after(viewer: Viewer) -> Iterator[None]:
    """Keep, at the end of a block, that its viewer knows all that was written until then."""
    try:
        yield
    finally:
        if has_replica():
            replica.note(_names(viewer)[:1])


def note_told(told: Iterator[tuple[Any, str | None]]) -> None:
    """Keep that some were told what the primary says now: their users' keys, and addresses."""
    if has_replica():
        replica.note({name for who in told for name in _names_of(*who)[:1]})


def failure_of(result: ExecutionResult) -> Exception | None:
    """The failure of the database that an operation met, where it is one that passes."""
    failures = map(root_of, result.errors or ())
    return next((failure for failure in failures if passes(failure)), None)


def _names(viewer: Viewer) -> list[str]:
    return _names_of(viewer.user_id, viewer.ip_address)


def _names_of(user_id: Any, address: str | None) -> list[str]:
    """What somebody goes by: their user, and before they sign in, which goes on after it, where
    they ask from.
    """
    place = [f"address:{network_of(address)}"] if address else []
    return [f"user:{user_id}", *place] if user_id else place


def _from_replica(read: Callable[[], ExecutionResult]) -> ExecutionResult | None:
    """What a query answers from the replica; None where that failed for the replica's sake."""
    # Whoever waits for one of the primary's connections gets it meanwhile.
    connections[PRIMARY].close()
    try:
        with reading_replica():
            result = read()
    except (OperationalError, InterfaceError) as error:
        if not passes(error):
            raise
        failure: Exception | None = error
    else:
        failure = failure_of(result) or _missing_primary(result)
        if failure is None:
            return result
    log.warning("replica_failed", exc_info=failure)
    if not isinstance(failure, PrimaryNeeded) and not _is_conflict(failure):
        replica.leave_alone()
    return None


def _missing_primary(result: ExecutionResult) -> Exception | None:
    causes = map(root_of, result.errors or ())
    return next((cause for cause in causes if isinstance(cause, PrimaryNeeded)), None)


def _is_conflict(failure: Exception | None) -> bool:
    """Whether the replica ended a query that stood in the way of what it had to replay."""
    return str(getattr(getattr(failure, "__cause__", None), "sqlstate", "") or "").startswith("40")
