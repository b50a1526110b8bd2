"""Organizations, roles and memberships in the admin."""

from django.contrib import admin

from apps.organizations.models import Membership, Organization, Role
from kernel.admin import SoftDeleteAdmin


@admin.register(Organization)
class OrganizationAdmin(SoftDeleteAdmin):
    """Tenants."""

    list_display = ("name", "slug", "email", "currency", "timezone", "created_at")
    list_filter = ("currency", "timezone")
    search_fields = ("name", "slug", "email")
    date_hierarchy = "created_at"
    ordering = ("name", "pk")


@admin.register(Role)
class RoleAdmin(SoftDeleteAdmin):
    """Roles; those of the system are defined in code."""

    list_display = ("name", "organization", "is_system", "description")
    list_filter = ("is_system",)
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
