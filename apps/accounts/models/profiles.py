"""What users tell of themselves, their side as clients, and what staff verified of them."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel.audit import audited
from kernel.encryption import BlindIndexField, EncryptedTextField
from kernel.models import (
    AbstractCascadingSoftDeleteModel,
    AbstractSoftDeleteModel,
    AbstractTimestampedModel,
    BaseQuerySet,
    CascadingSoftDeleteManager,
    SoftDeleteManager,
    SoftDeleteQuerySet,
    place_on_earth,
)
from kernel.storage import private_storage
from kernel.viewer import Viewer


class UserProfileQuerySet(SoftDeleteQuerySet["UserProfile"]):
    """Profiles by who may see them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; all of them for staff who oversee them."""
        return self if viewer.oversees(self.model) else self.filter(user=viewer.user_id)


class UserProfile(AbstractCascadingSoftDeleteModel):
    """What a user tells of themselves: address, language, verification."""

    class Gender(models.TextChoices):
        FEMALE = "FEMALE"
        MALE = "MALE"
        OTHER = "OTHER"
        UNDISCLOSED = "UNDISCLOSED"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="profile",
        help_text="Whose profile it is.",
    )
    bio = models.TextField(blank=True, help_text="A few words about the user.")
    date_of_birth = models.DateField(null=True, blank=True, help_text="The day of birth.")
    gender = models.CharField(
        max_length=12,
        choices=Gender,
        default=Gender.UNDISCLOSED,
        help_text="As the user states it.",
    )
    phone_number = EncryptedTextField(blank=True, default="", help_text="In E.164 form.")
    phone_number_index = BlindIndexField(source="phone_number")
    is_phone_verified = models.BooleanField(
        default=False, help_text="Whether the number was shown to be the user's."
    )
    address = models.CharField(max_length=300, blank=True, help_text="Street and number.")
    city = models.CharField(max_length=100, blank=True, help_text="City or town.")
    state = models.CharField(max_length=100, blank=True, help_text="Province or region.")
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2 code.")
    postal_code = models.CharField(max_length=20, blank=True, help_text="Postal code.")
    latitude = models.FloatField(null=True, blank=True, help_text="Degrees north.")
    longitude = models.FloatField(null=True, blank=True, help_text="Degrees east.")
    preferred_language = models.ForeignKey(
        "catalog.Language",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The language that the user reads best.",
    )
    notification_settings = models.JSONField(
        default=dict, blank=True, help_text="Which messages the user turned off: {email: false}."
    )
    is_verified = models.BooleanField(default=False, help_text="Whether staff checked who it is.")
    verification_date = models.DateField(null=True, blank=True, help_text="When they did.")

    objects: ClassVar[Any] = CascadingSoftDeleteManager.from_queryset(UserProfileQuerySet)()

    class Meta:
        constraints = [
            place_on_earth("profile_place"),
        ]
        indexes = [
            models.Index(
                fields=["phone_number_index"],
                condition=~Q(phone_number_index=""),
                name="profile_phone",
            )
        ]
        triggers = [
            audited(
                tenant="",
                personal=(
                    *("bio", "date_of_birth", "gender", "phone_number", "address", "city"),
                    *("state", "country", "postal_code", "latitude", "longitude"),
                ),
                ignored=("phone_number_index",),
            )
        ]

    def __str__(self) -> str:
        return str(self.user)

    def get_cascade_fields(self) -> list[str]:
        """The client's and the provider's side of the profile."""
        return ["client_profile", "provider_profile"]


class ClientProfileQuerySet(SoftDeleteQuerySet["ClientProfile"]):
    """Clients by who may see them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; all of them for staff who oversee them."""
        if viewer.oversees(self.model):
            return self
        return self.filter(user_profile__user=viewer.user_id)


class ClientProfile(AbstractSoftDeleteModel):
    """A user as one who asks for work."""

    user_profile = models.OneToOneField(
        UserProfile, models.PROTECT, related_name="client_profile", help_text="Whose it is."
    )
    preferred_service_areas = models.ManyToManyField(
        "catalog.ServiceArea", blank=True, related_name="+", help_text="Where work is wanted."
    )
    favorite_providers = models.ManyToManyField(
        "providers.ServiceProviderProfile",
        blank=True,
        related_name="favored_by",
        help_text="The providers that the client keeps in mind.",
    )
    budget_preferences = models.JSONField(
        default=dict, blank=True, help_text="What the client likes to spend."
    )
    total_orders = models.PositiveIntegerField(default=0, help_text="Orders published.")
    completed_orders = models.PositiveIntegerField(default=0, help_text="Orders confirmed as done.")
    cancelled_orders = models.PositiveIntegerField(default=0, help_text="Orders cancelled.")

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(ClientProfileQuerySet)()

    class Meta:
        triggers = [
            audited(
                tenant="",
                personal=("budget_preferences",),
                ignored=("total_orders", "completed_orders", "cancelled_orders"),
            )
        ]

    def __str__(self) -> str:
        return str(self.user_profile)


class UserVerificationQuerySet(BaseQuerySet["UserVerification"]):
    """Verifications by who may see them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; all of them for staff who oversee them."""
        if viewer.oversees(self.model):
            return self
        return self.filter(user_profile__user=viewer.user_id)


class UserVerification(AbstractTimestampedModel):
    """A user's claim about themselves, with evidence that staff look at."""

    class Type(models.TextChoices):
        IDENTITY = "IDENTITY"
        ADDRESS = "ADDRESS"
        BUSINESS = "BUSINESS"
        QUALIFICATION = "QUALIFICATION"

    class Status(models.TextChoices):
        PENDING = "PENDING"
        APPROVED = "APPROVED"
        REJECTED = "REJECTED"

    user_profile = models.ForeignKey(
        UserProfile, models.CASCADE, related_name="verifications", help_text="Whose claim it is."
    )
    verification_type = models.CharField(
        max_length=13, choices=Type, help_text="What is to be verified."
    )
    status = models.CharField(
        max_length=8, choices=Status, default=Status.PENDING, help_text="What came of it."
    )
    admin_notes = models.TextField(blank=True, help_text="What staff say to the user about it.")
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who of the staff decided.",
    )
    reviewed_at = models.DateTimeField(null=True, blank=True, help_text="When they did.")

    objects: ClassVar[Any] = UserVerificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user_profile", "verification_type"],
                condition=Q(status="PENDING"),
                name="verification_pending_once",
                violation_error_code="verification_pending",
                violation_error_message="This is being verified already.",
            )
        ]
        indexes = [
            models.Index(fields=["status", "created_at"], name="verification_queue"),
            models.Index(fields=["-created_at", "id"], name="verification_newest"),
        ]
        triggers = [audited(tenant="", personal=("admin_notes",))]

    def __str__(self) -> str:
        return f"{self.verification_type} of {self.user_profile_id}"


class VerificationEvidenceQuerySet(BaseQuerySet["VerificationEvidence"]):
    """Evidence by who may see it."""

    def visible_to(self, viewer: Viewer) -> Self:
        """That of visible verifications."""
        seen = UserVerification.objects.visible_to(viewer)
        return self.filter(verification__in=seen.values("pk"))


class VerificationEvidence(AbstractTimestampedModel):
    """A file that shows what a user claims."""

    verification = models.ForeignKey(
        UserVerification, models.CASCADE, related_name="evidence", help_text="What it shows."
    )
    file = models.FileField(
        upload_to="evidence/", storage=private_storage, help_text="The file itself."
    )
    name = models.CharField(max_length=200, help_text="What its owner calls it.")
    content_type = models.CharField(max_length=60, help_text="What kind of file it is.")

    objects: ClassVar[Any] = VerificationEvidenceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "verification evidence"
        triggers = [audited(tenant="", personal=("file", "name"))]

    def __str__(self) -> str:
        return self.name
