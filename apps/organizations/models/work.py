"""How an organization divides its work: teams, and the projects that they work on."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from guardian.models import UserObjectPermissionBase
from guardian.shortcuts import get_objects_for_user

from kernel import clock
from kernel.audit import audited
from kernel.models import BaseQuerySet, SoftDeleteManager, SoftDeleteQuerySet, unique_active
from kernel.money import CurrencyField, MoneyField
from kernel.tenancy import AbstractTenantModel, AbstractTenantPart, SameTenant, walled
from kernel.viewer import Reach, Viewer


def teams_of(viewer: Viewer) -> models.QuerySet[Any]:
    """The keys of the teams that the viewer leads or belongs to."""
    places = TeamMember.objects.filter(user=viewer.user_id, organization=viewer.organization_id)
    return places.values("team")


class TeamQuerySet(SoftDeleteQuerySet["Team"]):
    """Teams by who may see them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of the active organization; one's own where the role reaches no further."""
        if viewer.oversees(self.model):
            return self
        if viewer.organization_id is None:
            return self.none()
        inside = self.filter(organization=viewer.organization_id)
        if viewer.reach == Reach.ORGANIZATION:
            return inside
        return inside.filter(pk__in=teams_of(viewer))


class Team(AbstractTenantModel):
    """Members of an organization who work together."""

    name = models.CharField(max_length=100, help_text="What it is called.")
    description = models.TextField(blank=True, help_text="What it does.")
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who leads it.",
    )
    currency = CurrencyField(help_text="The organization's currency when it was made.")
    sales_target = MoneyField(
        currency="currency", null=True, blank=True, help_text="What it wants to sell in a month."
    )

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(TeamQuerySet)()

    class Meta:
        constraints = walled(
            "team",
            unique_active(
                "organization",
                "name",
                name="team_name",
                code="name_taken",
                message="There is a team of that name.",
            ),
        )
        triggers = [audited()]

    def __str__(self) -> str:
        return self.name


class TeamMemberQuerySet(BaseQuerySet["TeamMember"]):
    """Places in teams by who may see them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those in visible teams."""
        if viewer.oversees(self.model):
            return self
        return self.filter(team__in=Team.objects.visible_to(viewer).values("pk"))


class TeamMember(AbstractTenantPart):
    """A member's place in a team."""

    class Role(models.TextChoices):
        LEAD = "LEAD"
        MEMBER = "MEMBER"

    team = models.ForeignKey(Team, models.CASCADE, related_name="members", help_text="Where.")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="team_places", help_text="Who."
    )
    role = models.CharField(max_length=6, choices=Role, default=Role.MEMBER, help_text="As what.")
    joined_at = models.DateTimeField(default=clock.now, help_text="Since when.")

    objects: ClassVar[Any] = TeamMemberQuerySet.as_manager()

    class Meta:
        constraints = walled(
            "team_member",
            SameTenant(field="team", name="team_member_same_tenant"),
            models.UniqueConstraint(
                fields=["team", "user"],
                name="team_member_once",
                violation_error_code="already_in_team",
                violation_error_message="The user is in the team already.",
            ),
        )
        triggers = [audited()]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id}"


class ProjectQuerySet(SoftDeleteQuerySet["Project"]):
    """Projects by who may see them."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of the active organization, as far as the role reaches: all, or those of one's
        teams; and those that one was let into.
        """
        if viewer.oversees(self.model):
            return self
        if viewer.organization_id is None:
            return self.none()
        inside = self.filter(organization=viewer.organization_id)
        if viewer.reach == Reach.ORGANIZATION:
            return inside
        return inside.filter(Q(team__in=teams_of(viewer)) | self.granted(viewer, "view_project"))

    @staticmethod
    def granted(viewer: Viewer, permission: str) -> Q:
        """The condition that a project was opened to the viewer by itself."""
        opened = get_objects_for_user(
            viewer.user,
            f"organizations.{permission}",
            Project,
            use_groups=False,
            with_superuser=False,
            accept_global_perms=False,
        )
        return Q(pk__in=opened.values("pk"))


class Project(AbstractTenantModel):
    """Work with a beginning and an end."""

    class Status(models.TextChoices):
        PLANNED = "PLANNED"
        ACTIVE = "ACTIVE"
        ON_HOLD = "ON_HOLD"
        COMPLETED = "COMPLETED"
        CANCELLED = "CANCELLED"

    team = models.ForeignKey(
        Team,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="projects",
        help_text="Who works on it.",
    )
    name = models.CharField(max_length=120, help_text="What it is called.")
    description = models.TextField(blank=True, help_text="What it is about.")
    status = models.CharField(
        max_length=9, choices=Status, default=Status.PLANNED, help_text="How it stands."
    )
    start_date = models.DateField(null=True, blank=True, help_text="Its first day.")
    end_date = models.DateField(null=True, blank=True, help_text="Its last day.")

    objects: ClassVar[Any] = SoftDeleteManager.from_queryset(ProjectQuerySet)()

    class Meta:
        constraints = walled(
            "project",
            SameTenant(field="team", name="project_same_tenant"),
            unique_active(
                "organization",
                "name",
                name="project_name",
                code="name_taken",
                message="There is a project of that name.",
            ),
            models.CheckConstraint(
                condition=Q(start_date=None) | Q(end_date=None) | Q(start_date__lte=F("end_date")),
                name="project_days",
                violation_error_code="ends_before_start",
                violation_error_message="It would end before it begins.",
            ),
        )
        triggers = [audited()]

    def __str__(self) -> str:
        return self.name


class ProjectUserObjectPermission(UserObjectPermissionBase):
    """What one user may do with one project, beside what roles say (django-guardian)."""

    content_object = models.ForeignKey(Project, models.CASCADE)
