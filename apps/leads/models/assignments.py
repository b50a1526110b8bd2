"""Leads in the hands of providers."""

from typing import Any, ClassVar, Self

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q

from apps.leads.models.leads import Lead
from kernel import clock
from kernel.audit import audited
from kernel.models import (
    AbstractCascadingSoftDeleteModel,
    CascadingSoftDeleteManager,
    SoftDeleteQuerySet,
    unique_active,
)
from kernel.money import CurrencyField, MoneyField
from kernel.viewer import Viewer

#: How much is said about one in a text.
MOST_SAID = MaxLengthValidator(5_000)


class LeadAssignmentQuerySet(SoftDeleteQuerySet["LeadAssignment"]):
    """Assignments by state and by who may see them."""

    def paid(self) -> Self:
        """Those that the provider has paid for, and not got back."""
        return self.exclude(status=LeadAssignment.Status.REFUNDED)

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of one's own leads, and of one's own business; all of them for staff."""
        if viewer.oversees(self.model):
            return self
        if not viewer.is_signed_in:
            return self.none()
        return self.filter(
            Q(lead__client=viewer.user_id) | Q(provider__user_profile__user=viewer.user_id)
        )


class LeadAssignment(AbstractCascadingSoftDeleteModel):
    """A lead in the hands of a provider, and what came of it."""

    class Status(models.TextChoices):
        ASSIGNED = "ASSIGNED"
        VIEWED = "VIEWED"
        CONTACTED = "CONTACTED"
        QUOTED = "QUOTED"
        WON = "WON"
        LOST = "LOST"
        REFUNDED = "REFUNDED"

    class RefundStatus(models.TextChoices):
        NONE = "NONE"
        REQUESTED = "REQUESTED"
        APPROVED = "APPROVED"
        REJECTED = "REJECTED"

    lead = models.ForeignKey(
        Lead,
        models.CASCADE,
        related_name="assignments",
        db_index=False,  # A wider index below begins with it.
        help_text="What was handed over.",
    )
    provider = models.ForeignKey(
        "providers.ServiceProviderProfile",
        models.PROTECT,
        related_name="lead_assignments",
        db_index=False,  # A wider index below begins with it.
        help_text="To whom.",
    )
    status = models.CharField(
        max_length=9, choices=Status, default=Status.ASSIGNED, help_text="Where it stands."
    )
    match_score = models.PositiveSmallIntegerField(
        default=0, help_text="How well the provider fits, 0 to 100."
    )
    credit_cost = models.PositiveIntegerField(default=0, help_text="What it cost, in credits.")
    assigned_at = models.DateTimeField(default=clock.now, help_text="When it was handed over.")
    viewed_at = models.DateTimeField(null=True, blank=True, help_text="When it was looked at.")
    contacted_at = models.DateTimeField(
        null=True, blank=True, help_text="When the provider got in touch."
    )
    quoted_at = models.DateTimeField(null=True, blank=True, help_text="When a price was named.")
    currency = CurrencyField(help_text="The lead's currency.")
    quote_amount = MoneyField(
        currency="currency", null=True, blank=True, help_text="The price that was named."
    )
    won_at = models.DateTimeField(null=True, blank=True, help_text="When the provider got the job.")
    lost_at = models.DateTimeField(null=True, blank=True, help_text="When another one did.")
    refunded_at = models.DateTimeField(
        null=True, blank=True, help_text="When the credits were given back."
    )
    refund_reason = models.TextField(
        blank=True, validators=[MOST_SAID], help_text="Why they are asked back."
    )
    refund_status = models.CharField(
        max_length=9,
        choices=RefundStatus,
        default=RefundStatus.NONE,
        help_text="What came of asking them back.",
    )
    refund_kind = models.ForeignKey(
        "leads.LeadRefundReason",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        help_text="The reason for which they are asked back.",
    )
    refund_requested_at = models.DateTimeField(
        null=True, blank=True, help_text="When they were asked back."
    )
    refund_decided_at = models.DateTimeField(
        null=True, blank=True, help_text="When that was decided."
    )
    refund_decided_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who decided it; nobody where a rule did.",
    )
    refund_note = models.TextField(
        blank=True, validators=[MOST_SAID], help_text="What was said about the decision."
    )
    is_automatic = models.BooleanField(
        default=False, help_text="Whether it was handed over without being claimed."
    )
    provider_notes = models.TextField(
        blank=True,
        validators=[MOST_SAID],
        help_text="What the provider noted; for themselves alone.",
    )

    objects: ClassVar[Any] = CascadingSoftDeleteManager.from_queryset(LeadAssignmentQuerySet)()

    class Meta:
        constraints = [
            unique_active(
                "lead",
                "provider",
                name="lead_assignment_once",
                code="already_assigned",
                message="The provider has this lead already.",
            ),
            models.UniqueConstraint(
                fields=["lead"],
                condition=Q(status="WON", is_deleted=False),
                name="lead_won_once",
                violation_error_code="already_won",
                violation_error_message="Another provider got this job.",
            ),
            models.CheckConstraint(
                condition=Q(match_score__lte=100), name="lead_assignment_match_score"
            ),
            models.CheckConstraint(
                condition=Q(quote_amount=None) | Q(quote_amount__gt=0),
                name="lead_assignment_quote",
                violation_error_code="amount_not_positive",
                violation_error_message="The amount must be above zero.",
            ),
        ]
        indexes = [
            models.Index(fields=["lead", "-assigned_at"], name="lead_assignment_lead"),
            models.Index(fields=["provider", "status"], name="lead_assignment_provider"),
            models.Index(fields=["provider", "-assigned_at"], name="lead_assignment_recent"),
            models.Index(fields=["-created_at", "id"], name="lead_assignment_newest"),
            models.Index(fields=["-assigned_at", "id"], name="lead_assignment_time"),
            models.Index(
                fields=["refund_requested_at"],
                condition=Q(refund_status="REQUESTED"),
                name="lead_assignment_refunds",
            ),
        ]
        triggers = [audited(personal=("provider_notes", "refund_reason", "refund_note"))]

    def __str__(self) -> str:
        return f"{self.lead}, to {self.provider}"

    @property
    def is_paid(self) -> bool:
        """Whether the provider has paid for it, and not got that back."""
        return self.status != self.Status.REFUNDED

    @property
    def is_answered(self) -> bool:
        """Whether the provider has got in touch, in whatever way."""
        return any((self.contacted_at, self.quoted_at, self.won_at))

    @property
    def is_running(self) -> bool:
        """Whether something can still come of it."""
        return self.status in RUNNING

    def get_cascade_fields(self) -> list[str]:
        """What its two parties said to each other."""
        return ["chat_rooms"]


#: While an assignment stands so, something can still come of it.
RUNNING = (
    *(LeadAssignment.Status.ASSIGNED, LeadAssignment.Status.VIEWED),
    *(LeadAssignment.Status.CONTACTED, LeadAssignment.Status.QUOTED),
)
