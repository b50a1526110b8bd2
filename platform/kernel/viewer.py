"""Who acts, for whom, and with which rights: entered once per operation."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction


@dataclass(frozen=True, slots=True)
class Viewer:
    """The caller of an operation: a user in an organization, a visitor, or the system itself."""

    user: Any = None
    organization_id: UUID | None = None
    session_id: UUID | None = None
    permissions: frozenset[str] = field(default_factory=frozenset)
    is_system: bool = False
    request_id: str = ""

    @property
    def user_id(self) -> UUID | None:
        """The key of the user, None for visitors and the system."""
        return self.user.pk if self.user else None

    @property
    def is_signed_in(self) -> bool:
        """Whether a user stands behind the operation."""
        return self.user is not None

    @property
    def is_staff(self) -> bool:
        """Whether the platform's own staff, or the system, acts."""
        return self.is_system or bool(self.user and self.user.is_staff)

    def can(self, code: str) -> bool:
        """Whether the role in the active organization grants a permission code."""
        return self.is_system or code in self.permissions


VISITOR = Viewer()
SYSTEM = Viewer(is_system=True)

_current: ContextVar[Viewer] = ContextVar("viewer", default=VISITOR)
_timeout: ContextVar[str | None] = ContextVar("statement_timeout", default=None)


def current_viewer() -> Viewer:
    """The viewer that ``acting_as`` entered, or a visitor."""
    return _current.get()


def _apply(viewer: Viewer, statement_timeout: str) -> None:
    """Tell the database's policies and triggers who acts, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('fundi.user_id', %s, true),"
            " set_config('fundi.organization_id', %s, true),"
            " set_config('fundi.request_id', %s, true),"
            " set_config('fundi.is_system', %s, true),"
            " set_config('statement_timeout', %s, true)",
            [
                str(viewer.user_id or ""),
                str(viewer.organization_id or ""),
                viewer.request_id,
                "on" if viewer.is_system else "",
                statement_timeout,
            ],
        )


@contextmanager
def acting_as(viewer: Viewer, *, statement_timeout: str | None = None) -> Iterator[Viewer]:
    """Run a block in one transaction as a viewer, in the thread that runs the SQL.

    The settings are local to the transaction, so a pooled connection never carries them on.
    ``statement_timeout`` is PostgreSQL's, such as "5s"; the setting STATEMENT_TIMEOUT without it.
    """
    outer = (_current.get(), _timeout.get()) if connection.in_atomic_block else None
    timeout = statement_timeout or settings.STATEMENT_TIMEOUT
    tokens = _current.set(viewer), _timeout.set(timeout)
    try:
        with transaction.atomic():
            _apply(viewer, timeout)
            yield viewer
        if outer is not None:
            _apply(outer[0], outer[1] or settings.STATEMENT_TIMEOUT)
    finally:
        _current.reset(tokens[0])
        _timeout.reset(tokens[1])
