"""Who acts, for whom, and with which rights: entered once per operation."""

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction

from kernel.databases import reading


class Reach(enum.StrEnum):
    """How far into an organization a role's permissions go."""

    OWN = "OWN"
    TEAM = "TEAM"
    ORGANIZATION = "ORGANIZATION"


@dataclass(frozen=True, slots=True)
class Viewer:
    """The caller of an operation: a user in an organization, a visitor, or the system itself."""

    user: Any = None
    organization_id: UUID | None = None
    session_id: UUID | None = None
    #: The codes that the role in the active organization grants, and how far they go.
    permissions: frozenset[str] = field(default_factory=frozenset)
    reach: Reach = Reach.OWN
    #: Django's permissions of one of the platform's staff, such as "orders.view_order".
    staff_permissions: frozenset[str] = field(default_factory=frozenset)
    #: When the session last showed its password or second factor, and whether it has shown one.
    verified_at: datetime | None = None
    has_second_factor: bool = False
    #: The organization wants a second factor, which the session has not shown: it acts for none.
    lacks_second_factor: bool = False
    #: The platform wants a second factor of its staff, likewise: they are users like any other.
    lacks_staff_factor: bool = False
    #: The tag of the language that the user reads best, such as "fr"; empty where none is chosen.
    language: str = ""
    is_system: bool = False
    request_id: str = ""
    ip_address: str | None = None

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
        """Whether the platform's own staff, or the system, acts: what they may is another thing."""
        staff = self.user is not None and self.user.is_staff and not self.lacks_staff_factor
        return self.is_system or staff

    def can(self, code: str) -> bool:
        """Whether the role in the active organization grants a permission code."""
        return self.is_system or code in self.permissions

    def has_permission(self, name: str) -> bool:
        """Whether one of the staff has a permission of Django's, such as "orders.change_order"."""
        if self.is_system:
            return True
        return self.is_staff and (self.user.is_superuser or name in self.staff_permissions)

    def oversees(self, model: Any) -> bool:
        """Whether one of the staff may look at all rows of a model."""
        options = model._meta
        return self.has_permission(f"{options.app_label}.view_{options.model_name}")

    @property
    def overseen(self) -> str:
        """The models that ``oversees`` is true for, as the policies of the database read them."""
        if self.is_system or (self.is_staff and self.user.is_superuser):
            return "*"
        seen = sorted(name for name in self.staff_permissions if ".view_" in name)
        return " ".join(name.replace(".view_", ".") for name in seen) if self.is_staff else ""


VISITOR = Viewer()
SYSTEM = Viewer(is_system=True)

_current: ContextVar[Viewer] = ContextVar("viewer", default=VISITOR)
_timeout: ContextVar[str | None] = ContextVar("statement_timeout", default=None)


def current_viewer() -> Viewer:
    """The viewer that ``acting_as`` entered, or a visitor."""
    return _current.get()


def _apply(viewer: Viewer, statement_timeout: str, alias: str) -> None:
    """Tell the database's policies and triggers who acts, until the transaction ends."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('fundi.user_id', %s, true),"
            " set_config('fundi.organization_id', %s, true),"
            " set_config('fundi.request_id', %s, true),"
            " set_config('fundi.ip_address', %s, true),"
            " set_config('fundi.oversees', %s, true),"
            " set_config('statement_timeout', %s, true)",
            [
                str(viewer.user_id or ""),
                str(viewer.organization_id or ""),
                viewer.request_id,
                viewer.ip_address or "",
                viewer.overseen,
                statement_timeout,
            ],
        )


@contextmanager
def acting_as(viewer: Viewer, *, statement_timeout: str | None = None) -> Iterator[Viewer]:
    """Run a block in one transaction as a viewer, in the thread that runs the SQL, on the database
    that is read from there.

    The settings are local to the transaction, so a pooled connection never carries them on.
    ``statement_timeout`` is PostgreSQL's, such as "5s"; the setting STATEMENT_TIMEOUT without it.
    """
    alias = reading()
    outer = (_current.get(), _timeout.get()) if connections[alias].in_atomic_block else None
    timeout = statement_timeout or settings.STATEMENT_TIMEOUT
    tokens = _current.set(viewer), _timeout.set(timeout)
    try:
        with transaction.atomic(using=alias):
            _apply(viewer, timeout, alias)
            yield viewer
        if outer is not None:
            _apply(outer[0], outer[1] or settings.STATEMENT_TIMEOUT, alias)
    finally:
        _current.reset(tokens[0])
        _timeout.reset(tokens[1])
