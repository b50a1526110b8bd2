"""Users, their profiles, and the sessions they are signed in by."""

from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

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
from kernel.viewer import Viewer


class UserQuerySet(SoftDeleteQuerySet["User"]):
    """Users by who may know of them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Oneself, and those who share an organization, a friendship, or an order that one carries
        out for the other; everyone for staff.
        """
        if viewer.is_staff:
            return self
        if not viewer.is_signed_in:
            return self.none()
        me, everyone = viewer.user_id, User._base_manager
        client_of = "profile__provider_profile__assignments__order__client_profile__user_profile"
        worker_for = "profile__client_profile__orders__assignment__provider__user_profile"
        known = [
            everyone.filter(friends=me),
            everyone.filter(**{f"{client_of}__user": me}),
            everyone.filter(**{f"{worker_for}__user": me}),
        ]
        if viewer.organization_id:
            colleagues = Q(memberships__organization=viewer.organization_id)
            known.append(everyone.filter(colleagues, memberships__is_deleted=False))
        condition = Q(pk=me)
        for users in known:
            condition |= Q(pk__in=users.values("pk"))
        return self.filter(condition)


class UserManager(
    CascadingSoftDeleteManager.from_queryset(UserQuerySet),  # type: ignore[misc]
    BaseUserManager["User"],
):
    """Makes users, and finds them by email whatever its case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a user; without a password, one who cannot sign in with any."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a user who may do everything in the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user of an email address."""
        return self.get(email=(username or "").lower())


class User(AbstractCascadingSoftDeleteModel, AbstractBaseUser, PermissionsMixin):
    """A person with an account."""

    class Type(models.TextChoices):
        CLIENT = "CLIENT"
        PROVIDER = "PROVIDER"
        ENTREPRENEUR = "ENTREPRENEUR"
        RESELLER = "RESELLER"

    email = models.EmailField(help_text="The address that the user signs in with.")
    first_name = models.CharField(max_length=80, blank=True, help_text="The given name.")
    last_name = models.CharField(max_length=80, blank=True, help_text="The family name.")
    name = models.CharField(max_length=160, blank=True, help_text="The name shown to others.")
    user_type = models.CharField(
        max_length=12, choices=Type, default=Type.CLIENT, help_text="The hat chosen at sign-up."
    )
    description = models.TextField(blank=True, help_text="What the user says of themselves.")
    photo = models.ImageField(upload_to="users/", blank=True, help_text="The user's picture.")
    blocked = models.BooleanField(default=False, help_text="Whether staff shut the account.")
    firebase_user_id = models.CharField(
        max_length=128, blank=True, help_text="The key at Firebase."
    )
    is_email_verified = models.BooleanField(
        default=False, help_text="Whether the address was shown to be the user's."
    )
    is_staff = models.BooleanField(default=False, help_text="Whether they run the platform.")
    friends = models.ManyToManyField("self", blank=True, help_text="The user's friends.")
    points = models.PositiveIntegerField(default=0, help_text="Points earned.")
    day_streak = models.PositiveIntegerField(default=0, help_text="Days active in a row.")
    max_day_streak = models.PositiveIntegerField(default=0, help_text="The longest such row.")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[Any] = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(is_deleted=False),
                name="user_email",
                violation_error_code="email_taken",
                violation_error_message="There is an account with this email address.",
            ),
            models.UniqueConstraint(
                fields=["firebase_user_id"],
                condition=Q(is_deleted=False) & ~Q(firebase_user_id=""),
                name="user_firebase",
                violation_error_code="firebase_user_taken",
                violation_error_message="There is an account for this Firebase user.",
            ),
        ]

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether the user may sign in: neither blocked nor deleted."""
        return not self.blocked and not self.is_deleted

    def get_cascade_fields(self) -> list[str]:
        """The profile, and what hangs on it."""
        return ["profile", "memberships"]


class UserProfileQuerySet(SoftDeleteQuerySet["UserProfile"]):
    """Profiles by who may see them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; all of them for staff."""
        return self if viewer.is_staff else self.filter(user=viewer.user_id)


class UserProfile(AbstractCascadingSoftDeleteModel):
    """What a user tells of themselves: address, language, verification."""

    class Gender(models.TextChoices):
        FEMALE = "FEMALE"
        MALE = "MALE"
        OTHER = "OTHER"
        UNDISCLOSED = "UNDISCLOSED"

    user = models.OneToOneField(
        User, models.PROTECT, related_name="profile", help_text="Whose profile it is."
    )
    bio = models.TextField(blank=True, help_text="A few words about the user.")
    date_of_birth = models.DateField(null=True, blank=True, help_text="The day of birth.")
    gender = models.CharField(
        max_length=12,
        choices=Gender,
        default=Gender.UNDISCLOSED,
        help_text="As the user states it.",
    )
    phone_number = models.CharField(max_length=16, blank=True, help_text="In E.164 form.")
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
    is_verified = models.BooleanField(default=False, help_text="Whether staff checked who it is.")
    verification_date = models.DateField(null=True, blank=True, help_text="When they did.")

    objects: ClassVar[Any] = CascadingSoftDeleteManager.from_queryset(UserProfileQuerySet)()

    class Meta:
        constraints = [
            place_on_earth("profile_place"),
        ]

    def __str__(self) -> str:
        return str(self.user)

    def get_cascade_fields(self) -> list[str]:
        """The client's and the provider's side of the profile."""
        return ["client_profile", "provider_profile"]


class ClientProfileQuerySet(SoftDeleteQuerySet["ClientProfile"]):
    """Clients by who may see them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; all of them for staff."""
        return self if viewer.is_staff else self.filter(user_profile__user=viewer.user_id)


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

    def __str__(self) -> str:
        return str(self.user_profile)


class SessionQuerySet(BaseQuerySet["Session"]):
    """Sessions by who may see them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own."""
        return self if viewer.is_system else self.filter(user=viewer.user_id)


class Session(AbstractTimestampedModel):
    """A device that a user is signed in on. Its refresh tokens are one family."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="sessions", help_text="Who is signed in."
    )
    organization = models.ForeignKey(
        "organizations.Organization",
        models.SET_NULL,
        null=True,
        related_name="+",
        help_text="The organization that the session acts for.",
    )
    token_hash = models.CharField(max_length=64, help_text="SHA-256 of the live refresh token.")
    user_agent = models.CharField(max_length=300, blank=True, help_text="The client's own name.")
    ip_address = models.GenericIPAddressField(null=True, help_text="Where it was last used from.")
    last_used_at = models.DateTimeField(help_text="When it was last used.")
    expires_at = models.DateTimeField(help_text="When it ends unless it is refreshed.")
    revoked_at = models.DateTimeField(null=True, help_text="When it was ended.")

    objects: ClassVar[Any] = SessionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "-last_used_at"], name="session_user")]

    def __str__(self) -> str:
        return f"{self.user_agent or self.pk}"
