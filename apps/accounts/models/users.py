"""Those with an account."""

from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from kernel.audit import audited
from kernel.models import (
    AbstractCascadingSoftDeleteModel,
    CascadingSoftDeleteManager,
    SoftDeleteQuerySet,
)
from kernel.viewer import Viewer
from kernel.zones import check_zone


class UserQuerySet(SoftDeleteQuerySet["User"]):
    """Users by who may know of them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Oneself, and those who share an organization, a friendship, a request for one, or an
        order that one carries out for the other, and those who are or were in a room that one
        takes part in; everyone for staff who oversee them.
        """
        if viewer.oversees(self.model):
            return self
        if not viewer.is_signed_in:
            return self.none()
        me, everyone = viewer.user_id, User._base_manager
        client_of = "profile__provider_profile__assignments__order__client_profile__user_profile"
        worker_for = "profile__client_profile__orders__assignment__provider__user_profile"
        known = [
            everyone.filter(friends=me),
            everyone.filter(
                friend_requests_sent__receiver=me, friend_requests_sent__status="PENDING"
            ),
            everyone.filter(
                friend_requests_received__sender=me, friend_requests_received__status="PENDING"
            ),
            everyone.filter(**{f"{client_of}__user": me}),
            everyone.filter(**{f"{worker_for}__user": me}),
            everyone.filter(
                chat_participations__room__is_deleted=False,
                chat_participations__room__participations__user=me,
                chat_participations__room__participations__left_at=None,
            ),
        ]
        if viewer.organization_id:
            known.append(
                everyone.filter(
                    memberships__organization=viewer.organization_id, memberships__is_deleted=False
                )
            )
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
    timezone = models.CharField(
        max_length=60,
        default="UTC",
        validators=[check_zone],
        help_text="The IANA time zone in which the user's days begin.",
    )
    points = models.PositiveIntegerField(default=0, help_text="Points earned.")
    day_streak = models.PositiveIntegerField(default=0, help_text="Days active in a row.")
    max_day_streak = models.PositiveIntegerField(default=0, help_text="The longest such row.")
    last_active_date = models.DateField(
        null=True, editable=False, help_text="The last day that counted, in the user's zone."
    )
    erased_at = models.DateTimeField(
        null=True, editable=False, help_text="When personal data was removed for good."
    )

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
        indexes = [
            # What sign-ins look for, which the unique ones do not serve: they hold small letters of
            # the address, and open accounts alone.
            models.Index(fields=["email"], name="user_by_email"),
            models.Index(
                fields=["firebase_user_id"],
                condition=~Q(firebase_user_id=""),
                name="user_by_firebase",
            ),
        ]
        triggers = [
            audited(
                tenant="",
                personal=(
                    *("email", "first_name", "last_name", "name", "description", "photo"),
                    *("password", "firebase_user_id"),
                ),
                ignored=(
                    "points",
                    "day_streak",
                    "max_day_streak",
                    "last_active_date",
                    "last_login",
                ),
            )
        ]

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether the user may sign in: neither blocked nor deleted."""
        return not self.blocked and not self.is_deleted

    def get_cascade_fields(self) -> list[str]:
        """The profile, and what hangs on it."""
        return ["profile", "memberships"]
