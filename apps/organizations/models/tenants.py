"""Tenants, their roles, and who belongs to them."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from apps.organizations.permissions import MEMBERS_MANAGE, OWNER
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
    unique_active,
)
from kernel.money import CurrencyField, MoneyField
from kernel.viewer import Reach, Viewer


class OrganizationQuerySet(SoftDeleteQuerySet["Organization"]):
    """Organizations by who belongs to them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those that the viewer is a member of; all of them for staff who oversee them."""
        if viewer.oversees(self.model):
            return self
        if not viewer.is_signed_in:
            return self.none()
        own = Membership.objects.active().filter(user=viewer.user_id)
        return self.filter(pk__in=own.values("organization"))


class Organization(AbstractCascadingSoftDeleteModel):
    """A business on the platform: what its members own together."""

    name = models.CharField(max_length=200, help_text="What it is called.")
    email = models.EmailField(blank=True, help_text="Where it is reached.")
    slug = models.SlugField(max_length=80, help_text="Its name in addresses.")
    currency = CurrencyField(default="USD", help_text="The currency that it works in.")
    sales_goal = MoneyField(
        currency="currency", null=True, blank=True, help_text="What it wants to sell in a month."
    )
    timezone = models.CharField(max_length=60, default="UTC", help_text="Its IANA time zone.")
    settings = models.JSONField(default=dict, blank=True, help_text="Its preferences.")
    requires_second_factor = models.BooleanField(
        default=False, help_text="Whether its members must sign in with a second factor."
    )

    objects: ClassVar[Any] = CascadingSoftDeleteManager.from_queryset(OrganizationQuerySet)()

    class Meta:
        constraints = [
            unique_active(
                "slug", name="organization_slug", code="slug_taken", message="The slug is taken."
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "id"], name="organization_newest"),
            models.Index(fields=["name"], name="organization_by_name"),
        ]
        # One of a single member bears that person's name and address.
        triggers = [audited(personal=("name", "email", "slug"), tenant="id")]

    def __str__(self) -> str:
        return self.name

    def get_cascade_fields(self) -> list[str]:
        """Its memberships and own roles."""
        return ["memberships", "roles"]


class RoleQuerySet(SoftDeleteQuerySet["Role"]):
    """Roles by organization."""

    def visible_to(self, viewer: Viewer) -> Self:
        """The system's roles, and those of the active organization."""
        if viewer.oversees(self.model):
            return self
        own = models.Q(organization=viewer.organization_id) if viewer.organization_id else None
        system = models.Q(organization=None)
        return self.filter(system | own if own else system)


class Role(AbstractSoftDeleteModel):
    """A set of permissions that members of an organization hold."""

    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="roles",
        help_text="Whose role it is; none for the system's.",
    )
    name = models.CharField(max_length=60, help_text="What it is called.")
    description = models.TextField(blank=True, help_text="What its holders do.")
    reach = models.CharField(
        max_length=12,
        choices=[(reach.value, reach.value) for reach in Reach],
        default=Reach.ORGANIZATION,
        help_text="How far into the organization its permissions go.",
    )
    is_system = models.BooleanField(default=False, help_text="Whether the platform defines it.")
    permissions = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        help_text="The codes that it grants.",
    )

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(RoleQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=models.Q(is_deleted=False),
                nulls_distinct=False,
                name="role_name",
                violation_error_code="name_taken",
                violation_error_message="There is a role of that name.",
            )
        ]
        triggers = [audited()]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(SoftDeleteQuerySet["Membership"]):
    """Memberships by organization."""

    def active(self) -> Self:
        """Those in force."""
        return self.filter(status=Membership.Status.ACTIVE)

    def owners(self) -> Self:
        """Those of owners."""
        return self.filter(role__is_system=True, role__name=OWNER)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, and those of the active organization; all of them for staff who oversee
        them.
        """
        if viewer.oversees(self.model):
            return self
        if not viewer.is_signed_in:
            return self.none()
        own = models.Q(user=viewer.user_id)
        shared = models.Q(organization=viewer.organization_id)
        return self.filter(own | shared if viewer.organization_id else own)


class Membership(AbstractSoftDeleteModel):
    """A user's place in an organization."""

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE"
        SUSPENDED = "SUSPENDED"

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="memberships", help_text="Where."
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships", help_text="Who."
    )
    role = models.ForeignKey(
        Role, models.PROTECT, related_name="memberships", help_text="With which rights."
    )
    status = models.CharField(
        max_length=10, choices=Status, default=Status.ACTIVE, help_text="Whether it is in force."
    )
    joined_at = models.DateTimeField(default=clock.now, help_text="Since when.")

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(MembershipQuerySet)()

    class Meta:
        constraints = [
            unique_active(
                "organization",
                "user",
                name="membership_once",
                code="already_member",
                message="The user is a member already.",
            ),
        ]
        triggers = [audited()]

    def __str__(self) -> str:
        return f"{self.user} in {self.organization}"


class InvitationQuerySet(BaseQuerySet["Invitation"]):
    """Invitations by who may see them."""

    def open_at(self, now: Any) -> Self:
        """Those that can be accepted at an instant."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of the active organization, for members who manage members; all of them for staff
        who oversee them.
        """
        if viewer.oversees(self.model):
            return self
        if viewer.organization_id is None or not viewer.can(MEMBERS_MANAGE):
            return self.none()
        return self.filter(organization=viewer.organization_id)


class Invitation(AbstractTimestampedModel):
    """An offer, by mail, to join an organization with a role."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="invitations", help_text="Where to."
    )
    role = models.ForeignKey(Role, models.PROTECT, related_name="+", help_text="With which rights.")
    email = models.EmailField(help_text="Whom it was sent to.")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        help_text="Who invites.",
    )
    expires_at = models.DateTimeField(help_text="Until when it can be accepted.")
    accepted_at = models.DateTimeField(null=True, help_text="When it was accepted.")
    revoked_at = models.DateTimeField(null=True, help_text="When it was taken back.")

    objects: ClassVar[Any] = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "organization",
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_once",
                violation_error_code="already_invited",
                violation_error_message="This address has an invitation already.",
            )
        ]
        triggers = [audited(personal=("email", "token_hash"))]

    def __str__(self) -> str:
        return f"{self.email} to {self.organization_id}"
