"""Credits of providers: wallets, the ledger of all that moved them, and what was bought."""

from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from kernel import clock
from kernel.audit import audited
from kernel.models import AbstractTimestampedModel, BaseQuerySet
from kernel.money import CurrencyField, MoneyField
from kernel.viewer import Viewer


class OwnQuerySet(BaseQuerySet[Any]):
    """Rows of a provider's credits."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of one's own business; all of them for staff."""
        if viewer.oversees(self.model):
            return self
        if not viewer.is_signed_in:
            return self.none()
        return self.filter(provider__user_profile__user=viewer.user_id)


class CreditWallet(AbstractTimestampedModel):
    """What a provider has to spend. It is changed by one statement, with a row of the ledger."""

    provider = models.OneToOneField(
        "providers.ServiceProviderProfile",
        models.PROTECT,
        related_name="credit_wallet",
        help_text="Whose it is.",
    )
    balance = models.PositiveIntegerField(default=0, help_text="Credits left to spend.")
    entries = models.PositiveIntegerField(default=0, help_text="How many rows its ledger has.")
    moved_at = models.DateTimeField(default=clock.now, help_text="When it last changed.")

    objects: ClassVar[Any] = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(balance__gte=0),
                name="credit_wallet_balance",
                violation_error_code="insufficient_credits",
                violation_error_message="There are not enough credits.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.balance} of {self.provider}"


class CreditTransaction(AbstractTimestampedModel):
    """A row of a provider's ledger: credits that came or went. It is never changed or removed."""

    class Type(models.TextChoices):
        PURCHASE = "PURCHASE"
        DEDUCTION = "DEDUCTION"
        REFUND = "REFUND"
        BONUS = "BONUS"
        ALLOCATION = "ALLOCATION"
        EXPIRY = "EXPIRY"
        ADJUSTMENT = "ADJUSTMENT"

    class Status(models.TextChoices):
        COMPLETED = "COMPLETED"

    # For both, a wider index below begins with the column.
    provider = models.ForeignKey(
        "providers.ServiceProviderProfile",
        models.PROTECT,
        related_name="credit_transactions",
        db_index=False,
        help_text="Whose credits.",
    )
    lead_assignment = models.ForeignKey(
        "leads.LeadAssignment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="credit_transactions",
        db_index=False,
        help_text="The lead that was paid for, or given back.",
    )
    number = models.PositiveIntegerField(help_text="Its place in the provider's ledger, from 1.")
    transaction_type = models.CharField(
        max_length=10, choices=Type, help_text="Why the credits moved."
    )
    amount = models.IntegerField(help_text="Credits that came, or below zero those that went.")
    balance_after = models.PositiveIntegerField(help_text="What there was to spend after it.")
    status = models.CharField(
        max_length=9,
        choices=Status,
        default=Status.COMPLETED,
        help_text="Where it stands: a row is written when its credits move, and not before.",
    )
    reference = models.CharField(
        max_length=100, blank=True, help_text="What it belongs to outside of the ledger."
    )
    description = models.CharField(max_length=300, blank=True, help_text="What it was for.")
    idempotency_key = models.CharField(
        max_length=100, blank=True, help_text="Names what may move credits once alone."
    )
    created_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who caused it; nobody where the system did.",
    )

    objects: ClassVar[Any] = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "number"], name="credit_transaction_number"
            ),
            models.UniqueConstraint(
                fields=["provider", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="credit_transaction_once",
            ),
            models.UniqueConstraint(
                fields=["lead_assignment", "transaction_type"],
                condition=Q(lead_assignment__isnull=False),
                name="credit_transaction_lead_once",
                violation_error_code="already_charged",
                violation_error_message="This was paid for, or given back, already.",
            ),
            models.CheckConstraint(
                condition=Q(
                    transaction_type__in=["PURCHASE", "REFUND", "BONUS", "ALLOCATION"],
                    amount__gt=0,
                )
                | Q(transaction_type__in=["DEDUCTION", "EXPIRY"], amount__lt=0)
                | Q(transaction_type="ADJUSTMENT") & ~Q(amount=0),
                name="credit_transaction_amount",
            ),
            models.CheckConstraint(
                condition=Q(balance_after__gte=F("amount")), name="credit_transaction_balance"
            ),
        ]
        indexes = [
            models.Index(fields=["provider", "-created_at"], name="credit_transaction_statement"),
            models.Index(fields=["-created_at", "id"], name="credit_transaction_newest"),
            models.Index(
                fields=["transaction_type", "-created_at"], name="credit_transaction_type"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.amount:+} by {self.transaction_type}"


class CreditLot(AbstractTimestampedModel):
    """Credits that expire: they are spent before others, those first that expire first."""

    # A wider index below begins with it.
    provider = models.ForeignKey(
        "providers.ServiceProviderProfile",
        models.PROTECT,
        related_name="credit_lots",
        db_index=False,
        help_text="Whose they are.",
    )
    transaction = models.OneToOneField(
        CreditTransaction, models.PROTECT, related_name="lot", help_text="What brought them."
    )
    remaining = models.PositiveIntegerField(help_text="How many of them are left.")
    expires_at = models.DateTimeField(help_text="When what is left of them goes.")

    objects: ClassVar[Any] = OwnQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["provider", "expires_at"],
                condition=Q(remaining__gt=0),
                name="credit_lot_open",
            ),
            models.Index(
                fields=["expires_at"], condition=Q(remaining__gt=0), name="credit_lot_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.remaining} until {self.expires_at}"


class CreditPurchase(AbstractTimestampedModel):
    """Credits that a provider wants to buy: they come once the price is paid."""

    class Status(models.TextChoices):
        PENDING = "PENDING"
        SETTLED = "SETTLED"
        FAILED = "FAILED"

    # A wider index below begins with it.
    provider = models.ForeignKey(
        "providers.ServiceProviderProfile",
        models.PROTECT,
        related_name="credit_purchases",
        db_index=False,
        help_text="Who buys.",
    )
    credits = models.PositiveIntegerField(help_text="How many.")
    currency = CurrencyField(help_text="The currency of the price.")
    price = MoneyField(currency="currency", help_text="What they cost together.")
    status = models.CharField(
        max_length=7, choices=Status, default=Status.PENDING, help_text="Where it stands."
    )
    failure = models.CharField(max_length=60, blank=True, help_text="Why it failed, as a code.")
    settled_at = models.DateTimeField(null=True, blank=True, help_text="When it was paid.")
    transaction = models.OneToOneField(
        CreditTransaction,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="purchase",
        help_text="The row of the ledger that brought the credits.",
    )
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", help_text="Who asked for them."
    )

    objects: ClassVar[Any] = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(credits__gt=0), name="credit_purchase_credits"),
            models.CheckConstraint(condition=Q(price__gt=0), name="credit_purchase_price"),
            models.CheckConstraint(
                condition=Q(status="SETTLED", transaction__isnull=False, settled_at__isnull=False)
                | ~Q(status="SETTLED") & Q(transaction=None, settled_at=None),
                name="credit_purchase_settled",
            ),
        ]
        indexes = [
            models.Index(fields=["provider", "-created_at"], name="credit_purchase_provider"),
            models.Index(fields=["-created_at", "id"], name="credit_purchase_newest"),
            models.Index(fields=["status", "-created_at"], name="credit_purchase_status"),
        ]
        triggers = [
            audited(),
            pgtrigger.FSM(
                name="credit_purchase_steps",
                field="status",
                transitions=[("PENDING", "SETTLED"), ("PENDING", "FAILED")],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.credits} for {self.price}"
