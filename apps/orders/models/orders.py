"""Orders for work: what is wanted, where, when, and where it stands."""

from typing import Any, ClassVar, Self

import pgtrigger
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.db import models
from django.db.models import Exists, Q, Value
from django.db.models.functions import Concat, Upper

from apps.catalog.urgency import Urgency
from apps.providers.models import ServiceProviderProfile
from kernel import clock
from kernel.audit import audited
from kernel.models import (
    AbstractCascadingSoftDeleteModel,
    CascadingSoftDeleteManager,
    SoftDeleteQuerySet,
    budget_range,
    place_on_earth,
)
from kernel.money import CurrencyField, MoneyField
from kernel.places import whereabouts
from kernel.viewer import Viewer


def wording() -> Upper:
    """What an order says, in capitals: an index finds parts of its words by their trigrams."""
    parts = ("title", Value(" "), "description", Value(" "), "city")
    return Upper(Concat(*parts, output_field=models.TextField()))


#: The steps that an order may take; the database refuses every other one.
ORDER_TRANSITIONS = (
    ("DRAFT", "PUBLISHED"),
    ("DRAFT", "CANCELLED"),
    ("PUBLISHED", "ASSIGNED"),
    ("PUBLISHED", "CANCELLED"),
    ("PUBLISHED", "EXPIRED"),
    ("EXPIRED", "PUBLISHED"),
    ("EXPIRED", "CANCELLED"),
    ("ASSIGNED", "IN_PROGRESS"),
    ("ASSIGNED", "PUBLISHED"),
    ("ASSIGNED", "CANCELLED"),
    ("ASSIGNED", "DISPUTED"),
    ("IN_PROGRESS", "COMPLETED"),
    ("IN_PROGRESS", "CANCELLED"),
    ("IN_PROGRESS", "DISPUTED"),
    ("COMPLETED", "CONFIRMED"),
    ("COMPLETED", "CANCELLED"),
    ("COMPLETED", "DISPUTED"),
    ("DISPUTED", "ASSIGNED"),
    ("DISPUTED", "IN_PROGRESS"),
    ("DISPUTED", "COMPLETED"),
    ("DISPUTED", "CONFIRMED"),
    ("DISPUTED", "CANCELLED"),
)


class Party(models.TextChoices):
    """Who acts on an order."""

    CLIENT = "CLIENT"
    PROVIDER = "PROVIDER"
    STAFF = "STAFF"
    SYSTEM = "SYSTEM"


class OrderQuerySet(SoftDeleteQuerySet["Order"]):
    """Orders by state and by who may see them."""

    def own(self, viewer: Viewer) -> Self:
        """Those that the viewer placed."""
        return self.filter(client_profile__user_profile__user=viewer.user_id)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; those assigned to or bid on by the viewer's business; published ones for
        verified providers; all of them for staff.
        """
        if viewer.oversees(self.model):
            return self
        if not viewer.is_signed_in:
            return self.none()
        business = ServiceProviderProfile.objects.filter(user_profile__user=viewer.user_id)
        return self.filter(
            Q(client_profile__user_profile__user=viewer.user_id)
            | Q(pk__in=business.filter(bids__is_deleted=False).values("bids__order"))
            | Q(Exists(business.filter(is_verified_provider=True)), status=Order.Status.PUBLISHED)
        )


class Order(AbstractCascadingSoftDeleteModel):
    """A client's request for a service, open to bids once it is published."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT"
        PUBLISHED = "PUBLISHED"
        ASSIGNED = "ASSIGNED"
        IN_PROGRESS = "IN_PROGRESS"
        COMPLETED = "COMPLETED"
        CONFIRMED = "CONFIRMED"
        CANCELLED = "CANCELLED"
        DISPUTED = "DISPUTED"
        EXPIRED = "EXPIRED"

    Urgency = Urgency

    # For both, a wider index below begins with the column.
    client_profile = models.ForeignKey(
        "accounts.ClientProfile",
        models.PROTECT,
        related_name="orders",
        db_index=False,
        help_text="Who asks.",
    )
    service_subcategory = models.ForeignKey(
        "catalog.ServiceSubcategory",
        models.PROTECT,
        related_name="orders",
        db_index=False,
        help_text="What is asked for.",
    )
    area = models.ForeignKey(
        "catalog.ServiceArea",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        help_text="The area that it lies in.",
    )
    package = models.ForeignKey(
        "catalog.ServicePackage",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The package that was chosen.",
    )
    title = models.CharField(max_length=200, help_text="What it is about, in a line.")
    description = models.TextField(blank=True, help_text="What is to be done.")
    location = models.CharField(
        max_length=300, blank=True, help_text="Street and number; for the assigned provider."
    )
    city = models.CharField(max_length=100, help_text="City or town.")
    state = models.CharField(max_length=100, blank=True, help_text="Province or region.")
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2 code.")
    postal_code = models.CharField(max_length=20, blank=True, help_text="Postal code.")
    latitude = models.FloatField(null=True, blank=True, help_text="Degrees north.")
    longitude = models.FloatField(null=True, blank=True, help_text="Degrees east.")
    service_date = models.DateField(null=True, blank=True, help_text="The day it is wanted.")
    service_time = models.TimeField(null=True, blank=True, help_text="The hour it is wanted.")
    urgency = models.CharField(
        max_length=6, choices=Urgency, default=Urgency.MEDIUM, help_text="How soon it is needed."
    )
    urgency_is_named = models.BooleanField(
        default=False, help_text="Whether the client said so; else it follows from the day."
    )
    currency = CurrencyField(help_text="The currency of all its amounts, fixed at the start.")
    budget_min = MoneyField(
        currency="currency", null=True, blank=True, help_text="The least the client would spend."
    )
    budget_max = MoneyField(
        currency="currency", null=True, blank=True, help_text="The most the client would spend."
    )
    estimated_duration = models.PositiveIntegerField(
        default=60, help_text="Minutes that it takes, by the catalog."
    )
    estimated_price = MoneyField(
        currency="currency", null=True, blank=True, help_text="What it costs by the catalog."
    )
    price_lines = models.JSONField(
        default=list, blank=True, help_text="How that price came about, line by line."
    )
    final_price = MoneyField(
        currency="currency", null=True, blank=True, help_text="What was agreed."
    )
    status = models.CharField(
        max_length=12, choices=Status, default=Status.DRAFT, help_text="Where it stands."
    )
    published_at = models.DateTimeField(null=True, blank=True, help_text="When it was published.")
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text="When it stops taking bids, unless it is extended."
    )
    assigned_at = models.DateTimeField(null=True, blank=True, help_text="When a bid was accepted.")
    started_at = models.DateTimeField(null=True, blank=True, help_text="When work began.")
    completed_at = models.DateTimeField(null=True, blank=True, help_text="When work was done.")
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the client agreed that it was."
    )
    cancelled_at = models.DateTimeField(null=True, blank=True, help_text="When it was cancelled.")
    cancelled_by = models.CharField(
        max_length=8, choices=Party, blank=True, help_text="Who cancelled it."
    )
    cancellation_reason = models.TextField(blank=True, help_text="Why it was cancelled.")
    special_requirements = models.TextField(blank=True, help_text="What to heed.")
    is_featured = models.BooleanField(default=False, help_text="Whether it is shown first.")
    bid_count = models.PositiveIntegerField(default=0, help_text="Bids that stand.")

    objects: ClassVar[Any] = CascadingSoftDeleteManager.from_queryset(OrderQuerySet)()

    class Meta:
        constraints = [
            *budget_range("order_budget"),
            models.CheckConstraint(
                condition=Q(estimated_price=None) | Q(estimated_price__gte=0),
                name="order_estimated_price",
            ),
            place_on_earth("order_place"),
        ]
        indexes = [
            models.Index(fields=["client_profile", "status"], name="order_client_status"),
            models.Index(fields=["service_subcategory", "status"], name="order_service_status"),
            models.Index(fields=["status", "-created_at"], name="order_status_newest"),
            models.Index(fields=["-created_at", "id"], name="order_newest"),
            models.Index(fields=["-published_at", "id"], name="order_published"),
            models.Index(fields=["service_date"], name="order_service_date"),
            models.Index(fields=["city"], name="order_city"),
            models.Index(
                fields=["expires_at"], condition=Q(status="PUBLISHED"), name="order_expiring"
            ),
            GistIndex(whereabouts(), name="order_whereabouts"),
            GinIndex(OpClass(wording(), name="gin_trgm_ops"), name="order_wording"),
            models.Index(
                fields=["completed_at"], condition=Q(status="COMPLETED"), name="order_unconfirmed"
            ),
        ]
        triggers = [
            audited(
                personal=(
                    *("location", "postal_code", "latitude", "longitude"),
                    "special_requirements",
                ),
                ignored=("bid_count",),
            ),
            pgtrigger.FSM(
                name="order_transitions", field="status", transitions=list(ORDER_TRANSITIONS)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def takes_bids(self) -> bool:
        """Whether providers may bid on it now."""
        is_over = self.expires_at is not None and self.expires_at <= clock.now()
        return self.status == self.Status.PUBLISHED and not is_over

    def get_cascade_fields(self) -> list[str]:
        """Its addons, photos, files and bids, and what its parties said to each other."""
        return ["addons", "photos", "attachments", "bids", "chat_rooms"]
