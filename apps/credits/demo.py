"""The credits' part of the demo data: ledgers that add up, whatever else writes into them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from apps.credits.models import CreditPurchase, CreditTransaction, CreditWallet
from apps.providers.demo import Business
from kernel.demo import Dice
from kernel.money import Money

Type = CreditTransaction.Type

#: What is bought at a time, and what a credit costs, in minor units.
PACKS, PRICE = (20, 50, 100), 100


@dataclass
class Books:
    """What moves the credits of businesses, in any order; numbered and added up at the end."""

    dice: Dice
    moves: dict[UUID, list[CreditTransaction]] = field(default_factory=dict)
    purchases: list[CreditPurchase] = field(default_factory=list)

    def buy(self, business: Business, at: datetime) -> None:
        """Have a business buy credits."""
        credits, currency = self.dice.choice(PACKS), settings.PLATFORM_CURRENCY
        purchase = CreditPurchase(
            id=self.dice.key(),
            provider=business.profile,
            credits=credits,
            currency=currency,
            price=Money(credits * PRICE, currency),
            status=CreditPurchase.Status.SETTLED,
            settled_at=at,
            created_by=business.person.user,
            created_at=at - timedelta(minutes=1),
        )
        reference = {"reference": str(purchase.pk), "idempotency_key": f"purchase:{purchase.pk}"}
        purchase.transaction = self.move(business, Type.PURCHASE, credits, at, **reference)
        self.purchases.append(purchase)

    def balance(self, business: Business) -> int:
        """What a business has to spend in the end."""
        return sum(row.amount for row in self.moves.get(business.profile.pk, ()))

    def move(
        self,
        business: Business,
        why: CreditTransaction.Type,
        credits: int,
        at: datetime,
        **more: Any,
    ) -> CreditTransaction:
        """Write down that credits of a business came, or below zero went."""
        row = CreditTransaction(
            id=self.dice.key(),
            provider=business.profile,
            transaction_type=why,
            amount=credits,
            created_at=at,
            updated_at=at,
            **more,
        )
        self.moves.setdefault(business.profile.pk, []).append(row)
        return row

    def rows(self) -> list[list[Any]]:
        """Wallets, ledgers and purchases, in an order that foreign keys allow."""
        wallets = [self._added_up(rows) for rows in self.moves.values()]
        ledgers = [row for rows in self.moves.values() for row in rows]
        return [wallets, ledgers, self.purchases]

    def _added_up(self, rows: list[CreditTransaction]) -> CreditWallet:
        """The wallet that a ledger leads to; its rows are numbered, and told what they left."""
        balance = 0
        rows.sort(key=lambda row: row.created_at)
        for number, row in enumerate(rows, start=1):
            balance += row.amount
            row.number, row.balance_after = number, balance
        last = rows[-1]
        return CreditWallet(
            id=self.dice.key(),
            provider=last.provider,
            balance=balance,
            entries=len(rows),
            moved_at=last.created_at,
            created_at=rows[0].created_at,
        )
