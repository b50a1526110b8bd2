"""Facts about providers."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ProviderEvent(Event):
    """Something happened to a provider; ``user_id`` is who runs it."""

    provider_id: UUID
    user_id: UUID

    def topics(self) -> list[str]:
        """That of the user."""
        return [f"user:{self.user_id}"]


@dataclass(frozen=True, kw_only=True)
class DocumentSubmitted(ProviderEvent):
    """A provider showed a document."""

    document_id: UUID
    document_type: str


@dataclass(frozen=True, kw_only=True)
class DocumentReviewed(ProviderEvent):
    """Staff decided about a document."""

    document_id: UUID
    document_type: str
    approved: bool


@dataclass(frozen=True, kw_only=True)
class ProviderDocumentExpired(ProviderEvent):
    """A document holds no longer."""

    document_id: UUID
    document_type: str


@dataclass(frozen=True, kw_only=True)
class ProviderVerified(ProviderEvent):
    """Staff verified a provider."""


@dataclass(frozen=True, kw_only=True)
class ProviderUnverified(ProviderEvent):
    """A provider is verified no longer."""


@dataclass(frozen=True, kw_only=True)
class DocumentsDiscarded(Event):
    """Documents are gone for good, and their files can go too."""

    files: list[str]


@dataclass(frozen=True, kw_only=True)
class ProvidersIndexed(Event):
    """A batch of the providers that a change of the catalog concerns is found by its new words."""

    #: The entry that changed: its model, such as "catalog.ServiceCategory", and its key.
    model: str
    entry_id: UUID
    #: The last provider of the batch; those after it are still to come.
    last_id: UUID
