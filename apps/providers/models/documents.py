"""What providers show of themselves: licences, insurance, who they are."""

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import Combinable

from apps.providers.models.profiles import ServiceProviderProfile
from kernel import clock
from kernel.audit import audited
from kernel.models import AbstractSoftDeleteModel, SoftDeleteManager, SoftDeleteQuerySet
from kernel.storage import private_storage
from kernel.viewer import Viewer
from kernel.zones import day_in


class ProviderDocumentQuerySet(SoftDeleteQuerySet["ProviderDocument"]):
    """Documents by who may see them, and by whether they hold."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of one's own business; all of them for staff who oversee them."""
        if viewer.oversees(self.model):
            return self
        return self.filter(provider__user_profile__user=viewer.user_id)

    def holding(self, on: date | Combinable) -> Self:
        """Those that staff approved and that have not expired on a day."""
        lasting = Q(expires_date=None) | Q(expires_date__gte=on)
        return self.filter(lasting, status=ProviderDocument.Status.APPROVED)


class ProviderDocument(AbstractSoftDeleteModel):
    """A document that a provider shows, for staff to look at."""

    class Type(models.TextChoices):
        IDENTITY = "IDENTITY"
        REGISTRATION = "REGISTRATION"
        LICENSE = "LICENSE"
        INSURANCE = "INSURANCE"
        BACKGROUND_CHECK = "BACKGROUND_CHECK"
        OTHER = "OTHER"

    class Status(models.TextChoices):
        PENDING = "PENDING"
        APPROVED = "APPROVED"
        REJECTED = "REJECTED"
        EXPIRED = "EXPIRED"
        SUPERSEDED = "SUPERSEDED"

    #: What shows who a provider is.
    IDENTIFYING = (Type.IDENTITY, Type.REGISTRATION)

    provider = models.ForeignKey(
        ServiceProviderProfile,
        models.PROTECT,
        related_name="verification_documents",
        help_text="Whose it is.",
    )
    document_type = models.CharField(max_length=16, choices=Type, help_text="What it shows.")
    category = models.ForeignKey(
        "catalog.ServiceCategory",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The branch that it is for; null for all.",
    )
    number = models.CharField(max_length=100, blank=True, help_text="The number on it.")
    file = models.FileField(
        upload_to="documents/", storage=private_storage, help_text="The file itself."
    )
    name = models.CharField(max_length=200, help_text="What its owner calls the file.")
    content_type = models.CharField(max_length=60, help_text="What kind of file it is.")
    issued_date = models.DateField(null=True, blank=True, help_text="The day it was issued.")
    expires_date = models.DateField(null=True, blank=True, help_text="The last day it holds.")
    status = models.CharField(
        max_length=10, choices=Status, default=Status.PENDING, help_text="What came of it."
    )
    review_notes = models.TextField(blank=True, help_text="What staff say about it.")
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who of the staff decided.",
    )
    reviewed_at = models.DateTimeField(null=True, blank=True, help_text="When they did.")
    reminded_days = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text="The last notice of its expiry, in days ahead."
    )

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(ProviderDocumentQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "document_type", "category"],
                condition=Q(status="PENDING", is_deleted=False),
                nulls_distinct=False,
                name="document_pending_once",
                violation_error_code="document_pending",
                violation_error_message="Such a document is being looked at already.",
            ),
            models.CheckConstraint(
                condition=Q(issued_date=None)
                | Q(expires_date=None)
                | Q(issued_date__lte=F("expires_date")),
                name="document_dates",
                violation_error_code="invalid_range",
                violation_error_message="It expires before it was issued.",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "created_at"], name="document_queue"),
            models.Index(fields=["-created_at", "id"], name="document_newest"),
            models.Index(
                fields=["expires_date"], condition=Q(status="APPROVED"), name="document_expiring"
            ),
        ]
        triggers = [audited(personal=("number", "file", "name", "review_notes"))]

    def __str__(self) -> str:
        return f"{self.document_type} of {self.provider}"


def shows(*document_types: ProviderDocument.Type) -> Exists:
    """A condition on providers: that they have shown such a document, and that it holds on
    the day that it is where they are.
    """
    documents = ProviderDocument.objects.filter(
        provider=OuterRef("pk"), document_type__in=document_types
    )
    return Exists(documents.holding(day_in(OuterRef("time_zone"), clock.now())))
