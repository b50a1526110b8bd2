"""Leads, their codes and who has them, in the admin: to be read, and to be turned down as spam."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.leads.models import Lead, LeadAssignment, LeadVerificationCode
from apps.leads.services.leads import reject_lead
from kernel.admin import PartInline, ReadOnlyAdmin, SoftDeleteAdmin, act, shown


class AssignmentInline(PartInline):
    """Who has it."""

    model = LeadAssignment
    fields = readonly_fields = ("provider", "status", "match_score", "credit_cost", "assigned_at")
    related = ("provider",)


class CodeInline(PartInline):
    """The codes that were texted for it, and what became of the messages."""

    model = LeadVerificationCode
    fields = readonly_fields = (
        *("created_at", "expires_at", "attempts", "confirmed_at"),
        "delivery",
    )
    related = ("message",)

    @admin.display(description="delivery")
    def delivery(self, code: LeadVerificationCode) -> str | None:
        """What became of the message, while that is known."""
        return code.message.state if code.message else None


@admin.register(Lead)
class LeadAdmin(ReadOnlyAdmin, SoftDeleteAdmin):
    """Requests for work, the newest first."""

    list_display = (
        *("title", "status", "city", shown("client", "client.name"), "verification_score"),
        *("is_sms_verified", "duplicate_of", "created_at"),
    )
    list_filter = ("status", "urgency", "source", "is_sms_verified", "rejection_reason", "city")
    list_select_related = ("client", "category", "subcategory", "area", "duplicate_of")
    search_fields = ("title", "client__email", "client__name")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "pk")
    inlines = (AssignmentInline, CodeInline)
    actions = ("reject_as_spam",)

    def has_reject_permission(self, request: HttpRequest) -> bool:
        """Those of the staff who may change leads, which nobody does by hand."""
        return request.user.has_perm("leads.change_lead")

    @admin.action(description="Turn the chosen leads down as spam", permissions=["reject"])
    def reject_as_spam(self, request: HttpRequest, queryset: Any) -> None:
        """Turn leads down that were never meant."""
        spam = Lead.RejectionReason.SPAM
        act(self, request, queryset, lambda row: reject_lead(lead=row, reason=spam))


@admin.register(LeadAssignment)
class LeadAssignmentAdmin(ReadOnlyAdmin, SoftDeleteAdmin):
    """Leads in the hands of providers."""

    list_display = ("lead", "provider", "status", "match_score", "credit_cost", "assigned_at")
    list_filter = ("status", "refund_status")
    list_select_related = ("lead", "provider")
    search_fields = ("lead__title", "provider__business_name")
    date_hierarchy = "assigned_at"
    actions = ()


@admin.register(LeadVerificationCode)
class LeadVerificationCodeAdmin(ReadOnlyAdmin):
    """Codes that were texted for leads."""

    list_display = (
        *("lead", "attempts", "expires_at", "confirmed_at"),
        *(shown("delivery", "message.state"), "created_at"),
    )
    list_select_related = ("lead", "message")
    search_fields = ("lead__title",)
    date_hierarchy = "created_at"
    exclude = ("code_hash",)
