"""For which reasons providers get back what a lead cost."""

from typing import Any, ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models

from kernel.audit import audited
from kernel.models import AbstractTimestampedModel, BaseQuerySet
from kernel.viewer import Viewer


class RefundReasonQuerySet(BaseQuerySet["LeadRefundReason"]):
    """Reasons by who may choose them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those in use, for the signed-in; all of them for staff."""
        if viewer.oversees(self.model):
            return self
        return self.filter(is_active=True) if viewer.is_signed_in else self.none()


class LeadRefundReason(AbstractTimestampedModel):
    """A reason for which a provider may ask back what a lead cost."""

    class Rule(models.TextChoices):
        STAFF = "STAFF"
        UNDELIVERED = "UNDELIVERED"
        DUPLICATE = "DUPLICATE"
        CANCELLED = "CANCELLED"

    code = models.CharField(
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z_]*$")],
        help_text="Its stable name, in lower case.",
    )
    name = models.CharField(max_length=100, help_text="What it is called.")
    description = models.TextField(blank=True, help_text="When it applies.")
    rule = models.CharField(
        max_length=11,
        choices=Rule,
        default=Rule.STAFF,
        help_text="What decides: staff, or a rule that grants it where it is met.",
    )
    needs_evidence = models.BooleanField(
        default=False, help_text="Whether the provider has to say what happened."
    )
    is_active = models.BooleanField(default=True, help_text="Whether it can be chosen.")
    sort_order = models.IntegerField(default=0, help_text="Its place among the others.")

    objects: ClassVar[Any] = RefundReasonQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["sort_order", "id"], name="lead_refund_reason_sorted")]
        triggers = [audited(tenant="")]

    def __str__(self) -> str:
        return self.name
