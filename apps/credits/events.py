"""What happens to credits."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CreditsEvent(Event):
    """Something happened to a provider's credits."""

    provider_id: UUID

    def topics(self) -> list[str]:
        """Those of the provider's credits."""
        return [f"credits:{self.provider_id}"]


@dataclass(frozen=True, kw_only=True)
class CreditsMoved(CreditsEvent):
    """Credits came, or below zero went, and so many are left."""

    transaction_id: UUID
    transaction_type: str
    amount: int
    balance_after: int


@dataclass(frozen=True, kw_only=True)
class CreditPurchaseOpened(CreditsEvent):
    """A provider wants to buy credits, and is to pay."""

    purchase_id: UUID


@dataclass(frozen=True, kw_only=True)
class CreditPurchaseSettled(CreditsEvent):
    """Credits were paid for, and are there."""

    purchase_id: UUID


@dataclass(frozen=True, kw_only=True)
class CreditPurchaseFailed(CreditsEvent):
    """Credits were not paid for, and do not come."""

    purchase_id: UUID
