"""Who may call a root field: declared on each, enforced before it runs, printed into the SDL."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import strawberry
from django.conf import settings
from strawberry.extensions import FieldExtension
from strawberry.schema_directive import Location

from kernel import clock
from kernel.errors import NotAllowed, NotSignedIn, SecondFactorMissing, StepUpRequired
from kernel.viewer import Viewer
from schema.base.context import Context


@strawberry.enum(description="Who may call a root field.")
class Audience(enum.Enum):
    """The kinds of callers that gates tell apart."""

    ANYONE = strawberry.enum_value("ANYONE", description="Everybody, also without an account.")
    SIGNED_IN = strawberry.enum_value("SIGNED_IN", description="Everybody who is signed in.")
    STAFF = strawberry.enum_value("STAFF", description="Those who run the platform.")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="gate",
    description="Who may call this field; its rows' own rules narrow what they see there.",
)
class GateDirective:
    """The gate of a root field, as the SDL shows it."""

    allows: Audience = strawberry.directive_field(name="allows")
    permission: str | None = strawberry.directive_field(name="permission", default=strawberry.UNSET)
    fresh: bool | None = strawberry.directive_field(name="fresh", default=strawberry.UNSET)


@dataclass(frozen=True, slots=True)
class Gate:
    """Who is let through to a root field.

    ``permission`` is a code that the role in the active organization must grant, or for staff a
    permission of Django's. ``fresh`` asks for a password or second factor that was shown within
    STEP_UP_SECONDS.
    """

    audience: Audience
    permission: str | None = None
    fresh: bool = False

    @property
    def directive(self) -> GateDirective:
        """The gate as the SDL shows it."""
        return GateDirective(
            allows=self.audience,
            permission=self.permission or strawberry.UNSET,
            fresh=self.fresh or strawberry.UNSET,
        )

    def check(self, viewer: Viewer) -> None:
        """Raise NotSignedIn, NotAllowed, SecondFactorMissing or StepUpRequired."""
        if self.audience is Audience.ANYONE:
            return
        if not viewer.is_signed_in:
            raise NotSignedIn
        if self.audience is Audience.STAFF and not viewer.is_staff:
            raise SecondFactorMissing if viewer.lacks_staff_factor else NotAllowed
        if self.permission and not self._granted(viewer):
            raise SecondFactorMissing if viewer.lacks_second_factor else NotAllowed
        if self.fresh and not is_fresh(viewer):
            raise StepUpRequired

    def _granted(self, viewer: Viewer) -> bool:
        assert self.permission
        if self.audience is Audience.STAFF:
            return viewer.has_permission(self.permission)
        return viewer.can(self.permission)


def is_fresh(viewer: Viewer) -> bool:
    """Whether the session showed its password or second factor a short while ago."""
    shown = viewer.verified_at
    lasts = timedelta(seconds=settings.STEP_UP_SECONDS)
    return shown is not None and clock.now() - shown < lasts


Anyone = Gate(Audience.ANYONE)
SignedIn = Gate(Audience.SIGNED_IN)
#: Signed in, and shown a password or second factor a short while ago.
Fresh = Gate(Audience.SIGNED_IN, fresh=True)


def permitted(code: str, *, fresh: bool = False) -> Gate:
    """Members whose role in the active organization grants a permission code."""
    return Gate(Audience.SIGNED_IN, permission=code, fresh=fresh)


def staff(permission: str, *, fresh: bool = False) -> Gate:
    """Those of the staff who hold a permission of Django's, such as "orders.change_order"."""
    return Gate(Audience.STAFF, permission=permission, fresh=fresh)


class GateExtension(FieldExtension):
    """Checks a query's gate before its resolver."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate

    def resolve(
        self, next_: Callable[..., Any], source: Any, info: strawberry.Info[Context], **kwargs: Any
    ) -> Any:
        """Resolve the field for those whom the gate lets through."""
        self.gate.check(info.context.viewer)
        return next_(source, info, **kwargs)
