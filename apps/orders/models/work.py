"""Carrying orders out: who does it, when, how it goes, and each step that was taken."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from apps.orders.models.bids import Bid
from apps.orders.models.orders import Order, Party
from kernel import clock
from kernel.audit import audited
from kernel.models import (
    AbstractTimestampedModel,
    BaseQuerySet,
)
from kernel.storage import private_storage
from kernel.viewer import Viewer


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


class ProgressNoteQuerySet(BaseQuerySet[Any]):
    """Reports on work, for both parties of the order."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of visible assignments."""
        if viewer.oversees(self.model):
            return self
        seen = OrderAssignment.objects.visible_to(viewer)
        return self.filter(assignment__in=seen.values("pk"))


class ProgressNote(AbstractTimestampedModel):
    """What the provider reports while working."""

    assignment = models.ForeignKey(
        OrderAssignment, models.CASCADE, related_name="progress_notes", help_text="The work."
    )
    text = models.TextField(help_text="How it goes.")

    objects: ClassVar[Any] = ProgressNoteQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["assignment", "created_at"], name="progress_note_age")]

    def __str__(self) -> str:
        return self.text[:50]


class ProgressPhotoQuerySet(BaseQuerySet[Any]):
    """Pictures of work, for both parties of the order."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of visible reports."""
        if viewer.oversees(self.model):
            return self
        return self.filter(note__in=ProgressNote.objects.visible_to(viewer).values("pk"))


class ProgressPhoto(AbstractTimestampedModel):
    """A picture of the work, with a report on it."""

    note = models.ForeignKey(
        ProgressNote, models.CASCADE, related_name="photos", help_text="The report."
    )
    file = models.FileField(
        upload_to="progress/", storage=private_storage, help_text="The picture itself."
    )

    objects: ClassVar[Any] = ProgressPhotoQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.file)


class VisitQuerySet(BaseQuerySet[Any]):
    """Visits by who may see them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those on one's own orders, and those of one's own business; all of them for staff."""
        if viewer.oversees(self.model):
            return self
        if not viewer.is_signed_in:
            return self.none()
        return self.filter(
            Q(order__client_profile__user_profile__user=viewer.user_id)
            | Q(provider__user_profile__user=viewer.user_id)
        )


class OrderVisit(AbstractTimestampedModel):
    """A time at which the provider comes. Confirmed ones of one provider never overlap."""

    class Status(models.TextChoices):
        PROPOSED = "PROPOSED"
        CONFIRMED = "CONFIRMED"
        CANCELLED = "CANCELLED"

    order = models.ForeignKey(Order, models.CASCADE, related_name="visits", help_text="The order.")
    provider = models.ForeignKey(
        "providers.ServiceProviderProfile",
        models.PROTECT,
        related_name="visits",
        help_text="Who comes.",
    )
    starts_at = models.DateTimeField(help_text="When the provider comes.")
    ends_at = models.DateTimeField(help_text="When the provider goes.")
    status = models.CharField(
        max_length=9, choices=Status, default=Status.PROPOSED, help_text="Where it stands."
    )
    proposed_by = models.CharField(max_length=8, choices=Party, help_text="Who proposed it.")

    objects: ClassVar[Any] = VisitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="visit_order_of_times",
                violation_error_code="invalid_range",
                violation_error_message="A visit ends after it starts.",
            ),
            ExclusionConstraint(
                name="visit_no_overlap",
                expressions=[
                    ("provider", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_at"),
                            F("ends_at"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(status="CONFIRMED"),
                violation_error_code="provider_busy",
                violation_error_message="The provider has another job at that time.",
            ),
        ]
        indexes = [
            models.Index(fields=["order", "starts_at"], name="visit_order"),
            models.Index(fields=["starts_at"], name="visit_starts"),
        ]
        triggers = [audited()]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}, {self.status}"
