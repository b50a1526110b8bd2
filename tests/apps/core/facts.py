"""Kinds of facts that only these tests publish."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class LampLit(Event):
    """A lamp was lit."""

    lamp: str
    room_id: UUID | None = None

    def topics(self) -> list[str]:
        """The lamp's own, and that of all lamps."""
        return [f"lamp:{self.lamp}", "lamps"]
