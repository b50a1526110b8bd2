"""Organizations, who belongs to them, and how they divide their work, in the admin."""

from django.contrib import admin
from django.http import HttpRequest

from apps.organizations.models import (
    Invitation,
    Membership,
    Organization,
    Project,
    ProjectUserObjectPermission,
    Role,
    Team,
    TeamMember,
)
from kernel.admin import PartInline, ReadOnlyAdmin, SoftDeleteAdmin


@admin.register(Organization)
class OrganizationAdmin(SoftDeleteAdmin):
    """Tenants."""

    list_display = ("name", "slug", "email", "currency", "timezone", "created_at")
    list_filter = ("currency", "timezone", "requires_second_factor")
    search_fields = ("name", "slug", "email")
    date_hierarchy = "created_at"
    ordering = ("name", "pk")


@admin.register(Role)
class RoleAdmin(SoftDeleteAdmin):
    """Roles; those of the system are defined in code."""

    list_display = ("name", "organization", "reach", "is_system", "description")
    list_filter = ("is_system", "reach")
    list_select_related = ("organization",)
    search_fields = ("name", "organization__name")
    readonly_fields = ("is_system",)
    ordering = ("name", "pk")


@admin.register(Membership)
class MembershipAdmin(SoftDeleteAdmin):
    """Who belongs where, with which role."""

    list_display = ("user", "organization", "role", "status", "joined_at")
    list_filter = ("status", "role__name")
    list_select_related = ("user", "organization", "role")
    search_fields = ("user__email", "user__name", "organization__name")
    date_hierarchy = "joined_at"
    readonly_fields = ("status",)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Who was invited where, and what came of it; what the link carries is nobody's to see."""

    list_display = ("email", "organization", "role", "expires_at", "accepted_at", "revoked_at")
    list_filter = ("role__name",)
    list_select_related = ("organization", "role", "invited_by")
    search_fields = ("email", "organization__name")
    date_hierarchy = "created_at"
    exclude = ("token_hash",)


class TeamMemberInline(PartInline):
    """Who is in the team."""

    model = TeamMember
    fields = readonly_fields = ("user", "role", "joined_at")
    related = ("user",)


class WorkAdmin(SoftDeleteAdmin):
    """Rows that come about by services, which see that they stay within their organization."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False


@admin.register(Team)
class TeamAdmin(WorkAdmin):
    """Teams: what they are called may be mended; who is in them, and who leads, may not."""

    list_display = ("name", "organization", "lead", "sales_target", "created_at")
    list_select_related = ("organization", "lead")
    search_fields = ("name", "organization__name")
    readonly_fields = ("organization", "lead", "currency")
    inlines = (TeamMemberInline,)


@admin.register(TeamMember)
class TeamMemberAdmin(ReadOnlyAdmin):
    """Who is in which team."""

    list_display = ("user", "team", "organization", "role", "joined_at")
    list_filter = ("role",)
    list_select_related = ("user", "team", "organization")
    search_fields = ("user__name", "team__name", "organization__name")


@admin.register(Project)
class ProjectAdmin(WorkAdmin):
    """Projects; whose they are does not change."""

    list_display = ("name", "organization", "team", "status", "start_date", "end_date")
    list_filter = ("status",)
    list_select_related = ("organization", "team")
    search_fields = ("name", "organization__name")
    readonly_fields = ("organization", "team")


@admin.register(ProjectUserObjectPermission)
class ProjectGrantAdmin(ReadOnlyAdmin):
    """Who was let into which project, and for what."""

    list_display = ("user", "permission", "content_object")
    list_select_related = ("user", "permission__content_type", "content_object")
    search_fields = ("user__name", "content_object__name")
