"""Requests for work that are handed to matched providers, who pay for them."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from apps.catalog.urgency import Urgency
from kernel import clock
from kernel.audit import audited
from kernel.encryption import BlindIndexField, EncryptedTextField
from kernel.models import (
    AbstractCascadingSoftDeleteModel,
    CascadingSoftDeleteManager,
    SoftDeleteQuerySet,
    place_on_earth,
    unique_active,
)
from kernel.money import CurrencyField, MoneyField
from kernel.viewer import Viewer


class LeadQuerySet(SoftDeleteQuerySet["Lead"]):
    """Leads by who may see them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, and those assigned to one's business; all of them for staff."""
        if viewer.oversees(self.model):
            return self
        if not viewer.is_signed_in:
            return self.none()
        assigned = LeadAssignment.objects.filter(provider__user_profile__user=viewer.user_id)
        return self.filter(Q(client=viewer.user_id) | Q(pk__in=assigned.values("lead")))


class Lead(AbstractCascadingSoftDeleteModel):
    """A client's request for a service, which is handed to providers who match it."""

    class Status(models.TextChoices):
        PENDING = "PENDING"
        VERIFIED = "VERIFIED"
        ASSIGNED = "ASSIGNED"
        WON = "WON"
        CONVERTED = "CONVERTED"
        REJECTED = "REJECTED"
        CANCELLED = "CANCELLED"
        EXPIRED = "EXPIRED"

    class Source(models.TextChoices):
        WEB = "WEB"
        MOBILE = "MOBILE"
        PARTNER = "PARTNER"
        STAFF = "STAFF"

    Urgency = Urgency

    client = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        related_name="leads",
        db_index=False,  # A wider index below begins with it.
        help_text="Who asks.",
    )
    category = models.ForeignKey(
        "catalog.ServiceCategory",
        models.PROTECT,
        related_name="leads",
        help_text="The branch of what is asked for.",
    )
    subcategory = models.ForeignKey(
        "catalog.ServiceSubcategory",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        help_text="What is asked for, where the client knows.",
    )
    title = models.CharField(max_length=200, help_text="What it is about, in a line.")
    description = models.TextField(blank=True, help_text="What is to be done.")
    contact_name = models.CharField(max_length=160, blank=True, help_text="Whom to ask for.")
    contact_phone = EncryptedTextField(blank=True, default="", help_text="In E.164 form.")
    contact_phone_index = BlindIndexField(source="contact_phone")
    contact_email = models.EmailField(blank=True, help_text="Where the client is written to.")
    address = models.CharField(max_length=300, blank=True, help_text="Street and number.")
    suburb = models.CharField(max_length=100, blank=True, help_text="Part of the city.")
    city = models.CharField(max_length=100, help_text="City or town.")
    state = models.CharField(max_length=100, blank=True, help_text="Province or region.")
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2 code.")
    postal_code = models.CharField(max_length=20, blank=True, help_text="Postal code.")
    latitude = models.FloatField(null=True, blank=True, help_text="Degrees north.")
    longitude = models.FloatField(null=True, blank=True, help_text="Degrees east.")
    currency = CurrencyField(help_text="The currency of its budget.")
    budget_min = MoneyField(
        currency="currency", null=True, blank=True, help_text="The least the client would spend."
    )
    budget_max = MoneyField(
        currency="currency", null=True, blank=True, help_text="The most the client would spend."
    )
    urgency = models.CharField(
        max_length=6, choices=Urgency, default=Urgency.MEDIUM, help_text="How soon it is needed."
    )
    status = models.CharField(
        max_length=9, choices=Status, default=Status.PENDING, help_text="Where it stands."
    )
    verification_score = models.PositiveSmallIntegerField(
        default=0, help_text="How likely it is meant, 0 to 100."
    )
    verification_details = models.JSONField(
        default=dict, blank=True, help_text="How the score came about."
    )
    is_sms_verified = models.BooleanField(
        default=False, help_text="Whether the client confirmed it by a code."
    )
    verified_at = models.DateTimeField(null=True, blank=True, help_text="When it was verified.")
    max_providers = models.PositiveSmallIntegerField(
        default=3, help_text="How many providers it is handed to at most."
    )
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text="When it is handed to nobody any more."
    )
    source = models.CharField(
        max_length=7, choices=Source, default=Source.WEB, help_text="Where it came from."
    )

    objects: ClassVar[Any] = CascadingSoftDeleteManager.from_queryset(LeadQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(budget_min=None)
                | Q(budget_max=None)
                | Q(budget_min__lte=F("budget_max")),
                name="lead_budget",
                violation_error_code="invalid_budget",
                violation_error_message="The least budget is above the greatest.",
            ),
            models.CheckConstraint(
                condition=(Q(budget_min=None) | Q(budget_min__gte=0))
                & (Q(budget_max=None) | Q(budget_max__gt=0)),
                name="lead_budget_positive",
                violation_error_code="amount_not_positive",
                violation_error_message="The amount must be above zero.",
            ),
            models.CheckConstraint(
                condition=Q(verification_score__lte=100), name="lead_verification_score"
            ),
            models.CheckConstraint(
                condition=Q(max_providers__range=(1, 10)),
                name="lead_max_providers",
                violation_error_code="invalid_max_providers",
                violation_error_message="A lead is handed to 1 to 10 providers.",
            ),
            place_on_earth("lead_place"),
        ]
        indexes = [
            models.Index(fields=["client", "status"], name="lead_client_status"),
            models.Index(fields=["status", "-created_at"], name="lead_status_newest"),
            models.Index(fields=["-created_at", "id"], name="lead_newest"),
            models.Index(
                fields=["contact_phone_index"],
                condition=~Q(contact_phone_index=""),
                name="lead_phone",
            ),
        ]
        triggers = [
            audited(
                personal=(
                    *("contact_name", "contact_phone", "contact_email", "address", "suburb"),
                    *("postal_code", "latitude", "longitude"),
                ),
                ignored=("contact_phone_index",),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_cascade_fields(self) -> list[str]:
        """Who it is assigned to."""
        return ["assignments"]


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
    refund_reason = models.TextField(blank=True, help_text="Why they are asked back.")
    refund_status = models.CharField(
        max_length=9,
        choices=RefundStatus,
        default=RefundStatus.NONE,
        help_text="What came of asking them back.",
    )
    provider_notes = models.TextField(
        blank=True, help_text="What the provider noted; for themselves alone."
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
        ]
        triggers = [audited(personal=("provider_notes",))]

    def __str__(self) -> str:
        return f"{self.lead}, to {self.provider}"

    @property
    def is_paid(self) -> bool:
        """Whether the provider has paid for it, and not got that back."""
        return self.status != self.Status.REFUNDED

    def get_cascade_fields(self) -> list[str]:
        """What its two parties said to each other."""
        return ["chat_rooms"]
