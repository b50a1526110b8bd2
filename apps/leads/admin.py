"""Leads and who has them, in the admin: to be read."""

from django.contrib import admin

from apps.leads.models import Lead, LeadAssignment
from kernel.admin import PartInline, ReadOnlyAdmin, SoftDeleteAdmin, shown


class AssignmentInline(PartInline):
    """Who has it."""

    model = LeadAssignment
    fields = readonly_fields = ("provider", "status", "match_score", "credit_cost", "assigned_at")
    related = ("provider",)


@admin.register(Lead)
class LeadAdmin(ReadOnlyAdmin, SoftDeleteAdmin):
    """Requests for work, the newest first."""

    list_display = (
        *("title", "status", "city", shown("client", "client.name"), "verification_score"),
        "created_at",
    )
    list_filter = ("status", "urgency", "source", "is_sms_verified", "city")
    list_select_related = ("client", "category", "subcategory")
    search_fields = ("title", "client__email", "client__name")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "pk")
    inlines = (AssignmentInline,)
    actions = ()


@admin.register(LeadAssignment)
class LeadAssignmentAdmin(ReadOnlyAdmin, SoftDeleteAdmin):
    """Leads in the hands of providers."""

    list_display = ("lead", "provider", "status", "match_score", "credit_cost", "assigned_at")
    list_filter = ("status", "refund_status")
    list_select_related = ("lead", "provider")
    search_fields = ("lead__title", "provider__business_name")
    date_hierarchy = "assigned_at"
    actions = ()
