"""Leads, who has them or may, and what these get back, in the admin: to be read, and decided by
services alone.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.leads.models import (
    Lead,
    LeadAssignment,
    LeadMatch,
    LeadPreference,
    LeadRefundReason,
    LeadVerificationCode,
)
from apps.leads.services.leads import reject_lead
from apps.leads.services.refunds import approve_refund, reject_refund
from kernel.admin import PartInline, ReadOnlyAdmin, RowAdmin, SoftDeleteAdmin, act, shown


class AssignmentInline(PartInline):
    """Who has it."""

    model = LeadAssignment
    fields = readonly_fields = ("provider", "status", "match_score", "credit_cost", "assigned_at")
    related = ("provider",)


class MatchInline(PartInline):
    """Who was looked at for it, and why others do not have it."""

    model = LeadMatch
    fields = readonly_fields = ("rank", "provider", "score", "state", "reason", "offered_at")
    related = ("provider",)
    ordering = ("rank",)


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
    inlines = (AssignmentInline, MatchInline, CodeInline)
    sections = {
        "How to reach the client": ("contact_name", "contact_phone", "contact_email"),
        "Where": (
            *("area", "address", "suburb", "city", "state", "country", "postal_code"),
            *("latitude", "longitude"),
        ),
        "Whether it is meant": (
            *("verification_score", "verification_details", "is_sms_verified", "verified_at"),
            *("duplicate_of", "rejection_reason", "rejection_note", "rejected_at"),
        ),
        "What providers pay": (
            *("price", "price_details", "max_providers", "seats_taken"),
            *("matched_at", "match_details"),
        ),
    }
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
    """Leads in the hands of providers, and what these ask back."""

    list_display = (
        *("lead", "provider", "status", "credit_cost", "assigned_at"),
        *("refund_status", "refund_kind", "refund_requested_at"),
    )
    list_filter = ("status", "refund_status", "refund_kind", "is_automatic")
    list_select_related = ("lead", "provider", "refund_kind", "refund_decided_by")
    search_fields = ("lead__title", "provider__business_name")
    date_hierarchy = "assigned_at"
    actions = ("approve_refunds", "reject_refunds")

    def has_refund_permission(self, request: HttpRequest) -> bool:
        """Those of the staff who decide about refunds."""
        return request.user.has_perm("leads.change_leadassignment")

    @admin.action(description="Give back what the chosen leads cost", permissions=["refund"])
    def approve_refunds(self, request: HttpRequest, queryset: Any) -> None:
        """Give back what is asked back."""
        by: Any = request.user
        act(self, request, queryset, lambda row: approve_refund(assignment=row, by=by))

    @admin.action(description="Refuse to give back what they cost", permissions=["refund"])
    def reject_refunds(self, request: HttpRequest, queryset: Any) -> None:
        """Refuse what is asked back."""
        by: Any = request.user
        act(self, request, queryset, lambda row: reject_refund(assignment=row, by=by))


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


@admin.register(LeadMatch)
class LeadMatchAdmin(ReadOnlyAdmin):
    """Providers who were looked at for leads."""

    list_display = (
        *("lead", "provider", "rank", "score", "is_automatic", "state", "reason"),
        "created_at",
    )
    list_filter = ("state", "reason", "is_automatic")
    list_select_related = ("lead", "provider")
    search_fields = ("lead__title", "provider__business_name")
    date_hierarchy = "created_at"


@admin.register(LeadPreference)
class LeadPreferenceAdmin(ReadOnlyAdmin):
    """How providers want to get leads."""

    list_display = ("provider", "mode", "daily_credits", "updated_at")
    list_filter = ("mode",)
    list_select_related = ("provider",)
    search_fields = ("provider__business_name",)


@admin.register(LeadRefundReason)
class LeadRefundReasonAdmin(RowAdmin):
    """For which reasons leads are refunded. Those that were given stay: they are switched off."""

    list_display = ("code", "name", "rule", "needs_evidence", "is_active", "sort_order")
    list_filter = ("rule", "is_active")
    search_fields = ("code", "name")
    ordering = ("sort_order", "pk")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The code of a reason that is there: clients rely on it."""
        found = super().get_readonly_fields(request, obj)
        return [*found, "code"] if obj else found

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False
