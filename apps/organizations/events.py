"""What happens to organizations."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class OrganizationCreated(Event):
    """An organization came to be, with its owner."""

    organization_id: UUID
    owner_id: UUID

    def topics(self) -> list[str]:
        """The organization's own."""
        return [f"organization:{self.organization_id}"]
