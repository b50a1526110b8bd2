"""Disagreements over orders, and what both sides show."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from apps.orders.models.orders import Order, Party
from kernel.audit import audited
from kernel.models import (
    AbstractTimestampedModel,
    BaseQuerySet,
)
from kernel.money import CurrencyField, MoneyField
from kernel.storage import private_storage
from kernel.viewer import Viewer

#: While a dispute stands so, it waits for a decision.
UNDECIDED = ("OPEN", "IN_REVIEW")


class DisputeQuerySet(BaseQuerySet[Any]):
    """Disputes by who may see them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those on one's own orders, and those that one's business is in: not those of a provider
        who carries the order out later. All of them for staff.
        """
        if viewer.oversees(self.model):
            return self
        if not viewer.is_signed_in:
            return self.none()
        return self.filter(
            Q(order__client_profile__user_profile__user=viewer.user_id)
            | Q(provider__user_profile__user=viewer.user_id)
        )


class OrderDispute(AbstractTimestampedModel):
    """A disagreement over an order."""

    class Type(models.TextChoices):
        QUALITY = "QUALITY"
        NO_SHOW = "NO_SHOW"
        PAYMENT = "PAYMENT"
        DAMAGE = "DAMAGE"
        OTHER = "OTHER"

    class Status(models.TextChoices):
        OPEN = "OPEN"
        IN_REVIEW = "IN_REVIEW"
        RESOLVED = "RESOLVED"
        DISMISSED = "DISMISSED"

    class Outcome(models.TextChoices):
        REFUND = "REFUND"
        REDO = "REDO"
        DISMISSED = "DISMISSED"

    order = models.ForeignKey(
        Order, models.PROTECT, related_name="disputes", help_text="What it is about."
    )
    provider = models.ForeignKey(
        "providers.ServiceProviderProfile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="disputes",
        help_text="Who carried the order out.",
    )
    opened_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", help_text="Who opened it."
    )
    dispute_type = models.CharField(max_length=8, choices=Type, help_text="What went wrong.")
    description = models.TextField(help_text="What happened.")
    from_status = models.CharField(
        max_length=12, choices=Order.Status, help_text="Where the order stood before it."
    )
    status = models.CharField(
        max_length=10, choices=Status, default=Status.OPEN, help_text="Where it stands."
    )
    admin_notes = models.TextField(blank=True, help_text="What staff noted; for staff alone.")
    resolved_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who decided it.",
    )
    resolved_at = models.DateTimeField(null=True, blank=True, help_text="When it was decided.")
    outcome = models.CharField(
        max_length=9, choices=Outcome, blank=True, help_text="What was decided."
    )
    resolution = models.TextField(blank=True, help_text="Why, in the words of who decided.")
    refund_share = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="What the client gets back of the price, in percent.",
    )
    currency = CurrencyField(help_text="The order's currency.")
    refund_amount = MoneyField(
        currency="currency", null=True, blank=True, help_text="What the client gets back."
    )

    objects: ClassVar[Any] = DisputeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status__in=list(UNDECIDED)),
                name="dispute_one_open",
                violation_error_code="dispute_open",
                violation_error_message="A dispute about this order is open.",
            ),
            models.CheckConstraint(
                condition=Q(refund_share=None) | Q(refund_share__gt=0, refund_share__lte=100),
                name="dispute_refund_share",
                violation_error_code="invalid_share",
                violation_error_message="The share must be above 0 and at most 100 percent.",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "created_at"], name="dispute_queue"),
            models.Index(fields=["-created_at", "id"], name="dispute_newest"),
        ]
        triggers = [audited(personal=("description", "admin_notes"))]

    def __str__(self) -> str:
        return f"{self.dispute_type} on {self.order}"


class DisputeEvidenceQuerySet(BaseQuerySet[Any]):
    """What both sides of a dispute show."""

    def visible_to(self, viewer: Viewer) -> Self:
        """That of visible disputes."""
        if viewer.oversees(self.model):
            return self
        return self.filter(dispute__in=OrderDispute.objects.visible_to(viewer).values("pk"))


class DisputeEvidence(AbstractTimestampedModel):
    """Something that one side of a dispute shows: words, or a file."""

    dispute = models.ForeignKey(
        OrderDispute, models.CASCADE, related_name="evidence", help_text="The dispute."
    )
    party = models.CharField(max_length=8, choices=Party, help_text="Who shows it.")
    author = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", help_text="Who handed it in."
    )
    text = models.TextField(blank=True, help_text="What is said.")
    file = models.FileField(
        upload_to="disputes/", storage=private_storage, blank=True, help_text="What is shown."
    )
    name = models.CharField(max_length=200, blank=True, help_text="What its owner calls the file.")
    content_type = models.CharField(max_length=60, blank=True, help_text="What kind of file it is.")

    objects: ClassVar[Any] = DisputeEvidenceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "dispute evidence"
        indexes = [models.Index(fields=["dispute", "created_at"], name="dispute_evidence_age")]
        triggers = [audited(personal=("text", "file", "name"))]

    def __str__(self) -> str:
        return self.name or self.text[:50]
