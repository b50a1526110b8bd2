"""Who may call a root field: declared on each, enforced before it runs, printed into the SDL."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.schema_directive import Location

from kernel.errors import NotAllowed, NotSignedIn
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


def _signed_in(viewer: Viewer) -> None:
    if not viewer.is_signed_in:
        raise NotSignedIn


def _staff(viewer: Viewer) -> None:
    _signed_in(viewer)
    if not viewer.is_staff:
        raise NotAllowed


@dataclass(frozen=True, slots=True)
class Gate:
    """An audience, and the check that lets it through: raises NotSignedIn or NotAllowed."""

    audience: Audience
    check: Callable[[Viewer], None]

    @property
    def directive(self) -> GateDirective:
        """The gate as the SDL shows it."""
        return GateDirective(allows=self.audience)


Anyone = Gate(Audience.ANYONE, lambda _viewer: None)
SignedIn = Gate(Audience.SIGNED_IN, _signed_in)
Staff = Gate(Audience.STAFF, _staff)


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
