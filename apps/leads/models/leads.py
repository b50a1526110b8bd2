"""Requests for work: what is wanted, where, by whom, and where they stand."""

from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from apps.catalog.urgency import Urgency
from apps.providers.models import ServiceProviderProfile
from kernel import clock
from kernel.audit import audited
from kernel.encryption import BlindIndexField, EncryptedTextField
from kernel.models import (
    AbstractCascadingSoftDeleteModel,
    CascadingSoftDeleteManager,
    SoftDeleteQuerySet,
    budget_range,
    place_on_earth,
)
from kernel.money import CurrencyField, MoneyField
from kernel.viewer import Viewer

#: The steps that a lead may take; the database refuses every other one.
LEAD_TRANSITIONS = (
    ("PENDING", "VERIFIED"),
    ("PENDING", "REJECTED"),
    ("PENDING", "CANCELLED"),
    ("PENDING", "EXPIRED"),
    ("VERIFIED", "ASSIGNED"),
    ("VERIFIED", "REJECTED"),
    ("VERIFIED", "CANCELLED"),
    ("VERIFIED", "EXPIRED"),
    ("ASSIGNED", "WON"),
    ("ASSIGNED", "REJECTED"),
    ("ASSIGNED", "CANCELLED"),
    ("ASSIGNED", "EXPIRED"),
    ("WON", "CONVERTED"),
)


class LeadQuerySet(SoftDeleteQuerySet["Lead"]):
    """Leads by state and by who may see them."""

    def living(self) -> Self:
        """Those that were neither turned down nor called off."""
        return self.exclude(status__in=[Lead.Status.REJECTED, Lead.Status.CANCELLED])

    def lapsed(self) -> Self:
        """Those whose time was over before they were handed to anybody: they count as expired
        before they are marked so.
        """
        return self.filter(status__in=EXPIRING, expires_at__lte=clock.now())

    def of_visitors(self) -> Self:
        """Those of people without an account."""
        return self.filter(client=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, and those assigned or offered to one's business; all of them for staff."""
        if viewer.oversees(self.model):
            return self
        if not viewer.is_signed_in:
            return self.none()
        business = ServiceProviderProfile.objects.filter(user_profile__user=viewer.user_id)
        assigned = business.filter(lead_assignments__is_deleted=False)
        offered = business.filter(lead_matches__offered_at__isnull=False)
        return self.filter(
            Q(client=viewer.user_id)
            | Q(pk__in=assigned.values("lead_assignments__lead"))
            | Q(pk__in=offered.values("lead_matches__lead"))
        )


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

    class RejectionReason(models.TextChoices):
        SPAM = "SPAM"
        UNREACHABLE = "UNREACHABLE"
        NOT_SERVED = "NOT_SERVED"
        OTHER = "OTHER"

    Urgency = Urgency

    client = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        db_index=False,  # A wider index below begins with it.
        help_text="Who asks; nobody for one of a visitor.",
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
    area = models.ForeignKey(
        "catalog.ServiceArea",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        help_text="The area that it lies in.",
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
    duplicate_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="duplicates",
        help_text="The first lead that asks for the same.",
    )
    price = models.PositiveIntegerField(
        null=True, blank=True, help_text="What it costs a provider, in credits, once it is matched."
    )
    price_details = models.JSONField(
        default=dict, blank=True, help_text="How the price came about."
    )
    seats_taken = models.PositiveSmallIntegerField(
        default=0, help_text="How many providers it was handed to."
    )
    matched_at = models.DateTimeField(
        null=True, blank=True, help_text="When providers were looked for."
    )
    match_details = models.JSONField(
        default=dict, blank=True, help_text="How it was matched: version, weights, how many fit."
    )
    order = models.OneToOneField(
        "orders.Order",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lead",
        help_text="The order that it was turned into.",
    )
    cancelled_at = models.DateTimeField(null=True, blank=True, help_text="When it was called off.")
    rejected_at = models.DateTimeField(null=True, blank=True, help_text="When it was turned down.")
    rejection_reason = models.CharField(
        max_length=11, choices=RejectionReason, blank=True, help_text="Why it was turned down."
    )
    rejection_note = models.TextField(blank=True, help_text="What staff noted about that.")

    objects: ClassVar[Any] = CascadingSoftDeleteManager.from_queryset(LeadQuerySet)()

    class Meta:
        constraints = [
            *budget_range("lead_budget"),
            models.CheckConstraint(
                condition=Q(verification_score__lte=100), name="lead_verification_score"
            ),
            models.CheckConstraint(
                condition=Q(max_providers__range=(1, 10)),
                name="lead_max_providers",
                violation_error_code="invalid_max_providers",
                violation_error_message="A lead is handed to 1 to 10 providers.",
            ),
            models.CheckConstraint(
                condition=Q(seats_taken__lte=F("max_providers")), name="lead_seats"
            ),
            models.CheckConstraint(condition=Q(price=None) | Q(price__gt=0), name="lead_price"),
            place_on_earth("lead_place"),
            models.CheckConstraint(
                condition=Q(client__isnull=False) | ~Q(contact_phone=""),
                name="lead_reachable",
                violation_error_code="phone_required",
                violation_error_message="A mobile phone's number is needed.",
            ),
        ]
        indexes = [
            models.Index(fields=["client", "status"], name="lead_client_status"),
            models.Index(fields=["status", "-created_at"], name="lead_status_newest"),
            models.Index(fields=["-created_at", "id"], name="lead_newest"),
            models.Index(fields=["-verification_score", "id"], name="lead_score"),
            models.Index(fields=["city"], name="lead_city"),
            models.Index(
                fields=["contact_phone_index"],
                condition=~Q(contact_phone_index=""),
                name="lead_phone",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(status__in=["PENDING", "VERIFIED"]),
                name="lead_expiring",
            ),
        ]
        triggers = [
            audited(
                personal=(
                    *("contact_name", "contact_phone", "contact_email", "address", "suburb"),
                    *("postal_code", "latitude", "longitude"),
                ),
                ignored=("contact_phone_index",),
            ),
            pgtrigger.FSM(
                name="lead_transitions", field="status", transitions=list(LEAD_TRANSITIONS)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_lapsed(self) -> bool:
        """Whether its time was over before it was handed to anybody."""
        is_over = self.expires_at is not None and self.expires_at <= clock.now()
        return self.status == self.Status.EXPIRED or (self.status in EXPIRING and is_over)

    @property
    def is_open(self) -> bool:
        """Whether providers can still have it, as long as there are seats."""
        is_over = self.expires_at is not None and self.expires_at <= clock.now()
        return self.status in TAKING and self.price is not None and not is_over

    @property
    def seats_left(self) -> int:
        """How many more providers can have it."""
        return self.max_providers - self.seats_taken

    def get_cascade_fields(self) -> list[str]:
        """Who it is assigned to."""
        return ["assignments"]


#: While a lead stands so, it is handed to providers.
TAKING = (Lead.Status.VERIFIED, Lead.Status.ASSIGNED)
#: While a lead stands so, it waits: for its client's code, or for providers.
EXPIRING = (Lead.Status.PENDING, Lead.Status.VERIFIED)
