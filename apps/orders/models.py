"""Orders for work, the bids on them, and what comes of them."""

from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Exists, F, Q

from apps.providers.models import ServiceProviderProfile
from kernel import clock
from kernel.audit import audited
from kernel.models import (
    AbstractCascadingSoftDeleteModel,
    AbstractSoftDeleteModel,
    AbstractTimestampedModel,
    BaseQuerySet,
    CascadingSoftDeleteManager,
    SoftDeleteManager,
    SoftDeleteQuerySet,
    place_on_earth,
    unique_active,
)
from kernel.money import CurrencyField, MoneyField
from kernel.viewer import Viewer

#: The steps that an order may take; the database refuses every other one.
ORDER_TRANSITIONS = (
    ("DRAFT", "PUBLISHED"),
    ("DRAFT", "CANCELLED"),
    ("PUBLISHED", "ASSIGNED"),
    ("PUBLISHED", "CANCELLED"),
    ("ASSIGNED", "IN_PROGRESS"),
    ("ASSIGNED", "CANCELLED"),
    ("ASSIGNED", "DISPUTED"),
    ("IN_PROGRESS", "COMPLETED"),
    ("IN_PROGRESS", "DISPUTED"),
    ("COMPLETED", "CONFIRMED"),
    ("COMPLETED", "DISPUTED"),
    ("DISPUTED", "IN_PROGRESS"),
    ("DISPUTED", "COMPLETED"),
    ("DISPUTED", "CONFIRMED"),
    ("DISPUTED", "CANCELLED"),
)

#: The steps that a bid may take.
BID_TRANSITIONS = (
    ("PENDING", "ACCEPTED"),
    ("PENDING", "REJECTED"),
    ("PENDING", "WITHDRAWN"),
)


def _amount_positive(field: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{field}__gt": 0}),
        name=name,
        violation_error_code="amount_not_positive",
        violation_error_message="The amount must be above zero.",
    )


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
            | Q(pk__in=Bid.objects.filter(provider__in=business).values("order"))
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

    class Urgency(models.TextChoices):
        LOW = "LOW"
        MEDIUM = "MEDIUM"
        HIGH = "HIGH"
        URGENT = "URGENT"

    client_profile = models.ForeignKey(
        "accounts.ClientProfile", models.PROTECT, related_name="orders", help_text="Who asks."
    )
    service_subcategory = models.ForeignKey(
        "catalog.ServiceSubcategory",
        models.PROTECT,
        related_name="orders",
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
    currency = CurrencyField(help_text="The currency of all its amounts, fixed at the start.")
    budget_min = MoneyField(
        currency="currency", null=True, blank=True, help_text="The least the client would spend."
    )
    budget_max = MoneyField(
        currency="currency", null=True, blank=True, help_text="The most the client would spend."
    )
    final_price = MoneyField(
        currency="currency", null=True, blank=True, help_text="What was agreed."
    )
    status = models.CharField(
        max_length=12, choices=Status, default=Status.DRAFT, help_text="Where it stands."
    )
    published_at = models.DateTimeField(null=True, blank=True, help_text="When it was published.")
    assigned_at = models.DateTimeField(null=True, blank=True, help_text="When a bid was accepted.")
    started_at = models.DateTimeField(null=True, blank=True, help_text="When work began.")
    completed_at = models.DateTimeField(null=True, blank=True, help_text="When work was done.")
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the client agreed that it was."
    )
    cancelled_at = models.DateTimeField(null=True, blank=True, help_text="When it was cancelled.")
    cancellation_reason = models.TextField(blank=True, help_text="Why it was cancelled.")
    attachments = models.JSONField(default=list, blank=True, help_text="Files that go with it.")
    special_requirements = models.TextField(blank=True, help_text="What to heed.")
    is_featured = models.BooleanField(default=False, help_text="Whether it is shown first.")
    bid_count = models.PositiveIntegerField(default=0, help_text="Bids that stand.")

    objects: ClassVar[Any] = CascadingSoftDeleteManager.from_queryset(OrderQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(budget_min=None)
                | Q(budget_max=None)
                | Q(budget_min__lte=F("budget_max")),
                name="order_budget",
                violation_error_code="invalid_budget",
                violation_error_message="The least budget is above the greatest.",
            ),
            models.CheckConstraint(
                condition=(Q(budget_min=None) | Q(budget_min__gte=0))
                & (Q(budget_max=None) | Q(budget_max__gt=0)),
                name="order_budget_positive",
                violation_error_code="amount_not_positive",
                violation_error_message="The amount must be above zero.",
            ),
            place_on_earth("order_place"),
        ]
        indexes = [
            models.Index(fields=["client_profile", "status"], name="order_client_status"),
            models.Index(fields=["service_subcategory", "status"], name="order_service_status"),
            models.Index(fields=["status", "-created_at"], name="order_status_newest"),
            models.Index(fields=["-created_at", "id"], name="order_newest"),
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
        return self.status == self.Status.PUBLISHED

    def get_cascade_fields(self) -> list[str]:
        """Its addons, photos and bids."""
        return ["addons", "photos", "bids"]


class PartOfOrderQuerySet(SoftDeleteQuerySet[Any]):
    """Rows that whoever sees the order sees."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of visible orders."""
        if viewer.oversees(self.model):
            return self
        return self.filter(order__in=Order.objects.visible_to(viewer).values("pk"))


class OrderAddon(AbstractSoftDeleteModel):
    """An addon chosen for an order, at the price of that day."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="addons", help_text="The order.")
    addon = models.ForeignKey(
        "catalog.ServiceAddon", models.PROTECT, related_name="+", help_text="What was added."
    )
    quantity = models.PositiveIntegerField(default=1, help_text="How many.")
    currency = CurrencyField(help_text="The order's currency.")
    price = MoneyField(currency="currency", help_text="What one costs.")

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(PartOfOrderQuerySet)()

    class Meta:
        constraints = [
            unique_active(
                "order",
                "addon",
                name="order_addon_once",
                code="duplicate_addon",
                message="The addon is on the order already.",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0),
                name="order_addon_quantity",
                violation_error_code="invalid_quantity",
                violation_error_message="The quantity must be above zero.",
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="order_addon_price"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.addon}"


class OrderPhoto(AbstractSoftDeleteModel):
    """A picture of what is to be done."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="photos", help_text="The order.")
    photo_url = models.ImageField(upload_to="orders/", help_text="The picture.")
    caption = models.CharField(max_length=200, blank=True, help_text="What it shows.")
    is_primary = models.BooleanField(default=False, help_text="Whether it stands for the order.")

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(PartOfOrderQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(is_primary=True, is_deleted=False),
                name="order_photo_primary",
                violation_error_code="primary_taken",
                violation_error_message="The order has a primary photo.",
            )
        ]

    def __str__(self) -> str:
        return self.caption or str(self.photo_url)


class BidQuerySet(SoftDeleteQuerySet["Bid"]):
    """Bids by state and by who may see them."""

    def standing(self) -> Self:
        """Those that can still win, or won."""
        return self.filter(status__in=[Bid.Status.PENDING, Bid.Status.ACCEPTED])

    def visible_to(self, viewer: Viewer) -> Self:
        """Those on one's own orders, and one's own; all of them for staff."""
        if viewer.oversees(self.model):
            return self
        if not viewer.is_signed_in:
            return self.none()
        return self.filter(
            Q(order__client_profile__user_profile__user=viewer.user_id)
            | Q(provider__user_profile__user=viewer.user_id)
        )


class Bid(AbstractSoftDeleteModel):
    """A provider's offer to carry out an order."""

    class Status(models.TextChoices):
        PENDING = "PENDING"
        ACCEPTED = "ACCEPTED"
        REJECTED = "REJECTED"
        WITHDRAWN = "WITHDRAWN"

    order = models.ForeignKey(Order, models.CASCADE, related_name="bids", help_text="On what.")
    provider = models.ForeignKey(
        "providers.ServiceProviderProfile",
        models.PROTECT,
        related_name="bids",
        help_text="Who offers.",
    )
    currency = CurrencyField(help_text="The order's currency.")
    amount = MoneyField(currency="currency", help_text="What it would cost.")
    description = models.TextField(blank=True, help_text="How it would be done.")
    estimated_duration = models.PositiveIntegerField(
        null=True, blank=True, help_text="Minutes it would take."
    )
    terms_conditions = models.TextField(blank=True, help_text="What the offer depends on.")
    is_negotiable = models.BooleanField(default=False, help_text="Whether the price can move.")
    status = models.CharField(
        max_length=10, choices=Status, default=Status.PENDING, help_text="Where it stands."
    )
    accepted_at = models.DateTimeField(null=True, blank=True, help_text="When it was accepted.")
    rejected_at = models.DateTimeField(null=True, blank=True, help_text="When it was rejected.")
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="When it was withdrawn.")

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(BidQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "provider"],
                condition=Q(is_deleted=False, status__in=["PENDING", "ACCEPTED"]),
                name="bid_once",
                violation_error_code="already_bid",
                violation_error_message="You have a bid on this order.",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status="ACCEPTED", is_deleted=False),
                name="bid_accepted_once",
                violation_error_code="already_accepted",
                violation_error_message="The order has an accepted bid.",
            ),
            _amount_positive("amount", "bid_amount"),
        ]
        indexes = [
            models.Index(fields=["order", "-created_at"], name="bid_order_newest"),
            models.Index(fields=["provider", "status"], name="bid_provider_status"),
        ]
        triggers = [
            audited(),
            pgtrigger.FSM(
                name="bid_transitions",
                field="status",
                transitions=list(BID_TRANSITIONS),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} by {self.provider}"


class PartyQuerySet(BaseQuerySet[Any]):
    """Rows of an order that its two parties see."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of one's own orders, and those that one carries out; all of them for staff."""
        if viewer.oversees(self.model):
            return self
        if not viewer.is_signed_in:
            return self.none()
        return self.filter(
            Q(order__client_profile__user_profile__user=viewer.user_id)
            | Q(order__assignment__provider__user_profile__user=viewer.user_id)
        )


class OrderAssignment(AbstractTimestampedModel):
    """The provider who carries out an order, by the bid that won."""

    order = models.OneToOneField(
        Order, models.PROTECT, related_name="assignment", help_text="What is carried out."
    )
    provider = models.ForeignKey(
        "providers.ServiceProviderProfile",
        models.PROTECT,
        related_name="assignments",
        help_text="Who carries it out.",
    )
    bid = models.OneToOneField(
        Bid, models.PROTECT, related_name="assignment", help_text="The offer that won."
    )
    assigned_at = models.DateTimeField(default=clock.now, help_text="When it was assigned.")
    start_date = models.DateField(null=True, blank=True, help_text="The day that work begins.")
    start_time = models.TimeField(null=True, blank=True, help_text="The hour that work begins.")
    progress_notes = models.TextField(blank=True, help_text="What the provider reports.")
    completion_notes = models.TextField(blank=True, help_text="What was done in the end.")

    objects: ClassVar[Any] = PartyQuerySet.as_manager()

    class Meta:
        triggers = [audited()]

    def __str__(self) -> str:
        return f"{self.order}, by {self.provider}"


class OrderTransition(AbstractTimestampedModel):
    """A step that an order took: from where to where, by whom and when."""

    order = models.ForeignKey(
        Order, models.CASCADE, related_name="transitions", help_text="The order."
    )
    name = models.CharField(max_length=20, help_text="What was done, such as publish.")
    from_status = models.CharField(
        max_length=12, choices=Order.Status, help_text="Where the order stood."
    )
    to_status = models.CharField(
        max_length=12, choices=Order.Status, help_text="Where it stood afterwards."
    )
    actor = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", help_text="Who did it."
    )
    note = models.TextField(blank=True, help_text="What was said with it.")

    objects: ClassVar[Any] = PartyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["order", "created_at"], name="transition_order")]

    def __str__(self) -> str:
        return f"{self.name}: {self.from_status} to {self.to_status}"


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

    order = models.ForeignKey(
        Order, models.PROTECT, related_name="disputes", help_text="What it is about."
    )
    opened_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", help_text="Who opened it."
    )
    dispute_type = models.CharField(max_length=8, choices=Type, help_text="What went wrong.")
    description = models.TextField(help_text="What happened.")
    evidence = models.JSONField(default=list, blank=True, help_text="What shows it.")
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
    resolution = models.TextField(blank=True, help_text="What was decided.")

    objects: ClassVar[Any] = PartyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status__in=["OPEN", "IN_REVIEW"]),
                name="dispute_one_open",
                violation_error_code="dispute_open",
                violation_error_message="A dispute about this order is open.",
            )
        ]
        triggers = [audited()]

    def __str__(self) -> str:
        return f"{self.dispute_type} on {self.order}"
