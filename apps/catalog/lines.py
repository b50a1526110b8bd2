"""A price, line by line."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from apps.catalog.models import ServiceAddon
from apps.catalog.urgency import Urgency
from kernel.money import Money


class LineKind(models.TextChoices):
    """What a line of a price stands for."""

    BASE = "BASE"
    PACKAGE = "PACKAGE"
    ADDON = "ADDON"
    URGENCY = "URGENCY"
    DISCOUNT = "DISCOUNT"
    TRAVEL_FEE = "TRAVEL_FEE"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a price: its amount is the unit price times the quantity."""

    kind: LineKind
    name: str
    quantity: int
    unit_price: Money
    #: The entry of the catalog that it is for, where there is one.
    entry_id: UUID | None = None

    @property
    def amount(self) -> Money:
        """What it adds to the total; below zero for a discount."""
        return self.unit_price * self.quantity

    def as_row(self) -> dict[str, Any]:
        """The line as it is kept: amounts in minor units of a currency that stands beside it."""
        return {
            "kind": self.kind.value,
            "name": self.name,
            "quantity": self.quantity,
            "unit_price": self.unit_price.minor,
            "amount": self.amount.minor,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a wish costs, by the formula of ``pricing``."""

    currency: str
    lines: tuple[Line, ...]
    multiplier: Decimal
    urgency: Urgency
    commission: Money
    estimated_duration: int

    @property
    def subtotal(self) -> Money:
        """Base or package, addons and urgency."""
        return self._sum(*{*LineKind} - {LineKind.DISCOUNT, LineKind.TRAVEL_FEE})

    @property
    def discount(self) -> Money:
        """What is taken off, as an amount above zero."""
        return self._sum(LineKind.DISCOUNT) * -1

    @property
    def travel_fee(self) -> Money:
        """What going there costs."""
        return self._sum(LineKind.TRAVEL_FEE)

    @property
    def total(self) -> Money:
        """The sum of all lines."""
        return self._sum(*LineKind)

    @property
    def provider_share(self) -> Money:
        """What of the total is the provider's."""
        return self.total - self.commission

    def unit_price_of(self, addon: ServiceAddon) -> Money:
        """What one of an addon costs; nothing where the package holds all that was chosen."""
        prices = [line.unit_price for line in self.lines if line.entry_id == addon.pk]
        return prices[0] if prices else Money(0, self.currency)

    def _sum(self, *kinds: LineKind) -> Money:
        return sum_of((line.amount for line in self.lines if line.kind in kinds), self.currency)


def sum_of(amounts: Iterable[Money], currency: str) -> Money:
    """Amounts of one currency, added up."""
    return sum(amounts, start=Money(0, currency))
