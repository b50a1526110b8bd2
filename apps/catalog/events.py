"""What happens to the catalog."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CatalogChanged(Event):
    """An entry of the catalog was made, changed, deleted or brought back."""

    #: Its model, such as "catalog.ServiceCategory".
    model: str
    entry_id: UUID

    def topics(self) -> list[str]:
        """The catalog's."""
        return ["catalog"]
