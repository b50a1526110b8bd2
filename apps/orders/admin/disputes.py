"""Disputes in the admin: decided by services alone."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest

from apps.accounts.models import User
from apps.orders.models import DisputeEvidence, OrderDispute
from apps.orders.services.disputes import resolve_dispute, review_dispute
from kernel.admin import PartInline, ReadOnlyAdmin, RowAdmin, act, shown


class EvidenceInline(PartInline):
    """What both sides show, each file behind an address that expires."""

    model = DisputeEvidence
    fields = readonly_fields = ("party", "author", "text", "name", "file", "created_at")
    related = ("author",)


@admin.register(OrderDispute)
class OrderDisputeAdmin(RowAdmin):
    """Disagreements, the undecided first, of those the oldest: staff notes here, and decides by
    services; with a refund, or for the work to be done anew, by the API.
    """

    list_display = (
        *("order", "dispute_type", "status", shown("opened by", "opened_by.name"), "provider"),
        *("outcome", "created_at"),
    )
    list_filter = ("status", "dispute_type", "outcome")
    list_select_related = ("order", "provider", "opened_by", "resolved_by")
    search_fields = ("order__title", "opened_by__email", "description")
    date_hierarchy = "created_at"
    ordering = (F("resolved_at").desc(nulls_first=True), "created_at", "pk")
    inlines = (EvidenceInline,)
    sections = {
        "What it is about": (
            *("order", "provider", "opened_by", "dispute_type", "description", "from_status"),
        ),
        "What was decided": (
            *("status", "outcome", "refund_share", "currency", "refund_amount"),
            *("resolution", "resolved_by", "resolved_at"),
        ),
        "For staff alone": ("admin_notes",),
    }
    actions = ("take", "dismiss")
    readonly_fields = (
        *("order", "provider", "opened_by", "dispute_type", "description", "from_status"),
        *("status", "outcome", "refund_share", "currency", "refund_amount"),
        *("resolved_by", "resolved_at", "resolution"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: its parties open a dispute."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    @admin.action(description="Look at the chosen disputes", permissions=["change"])
    def take(self, request: HttpRequest, queryset: Any) -> None:
        """Have both sides know that staff look at it."""
        act(
            self,
            request,
            queryset,
            lambda row: review_dispute(dispute=row, by=cast(User, request.user)),
        )

    @admin.action(description="Dismiss the chosen disputes", permissions=["change"])
    def dismiss(self, request: HttpRequest, queryset: Any) -> None:
        """Leave the orders where they stood."""
        act(self, request, queryset, lambda row: dismiss_dispute(row, by=request.user))


def dismiss_dispute(dispute: OrderDispute, *, by: Any) -> OrderDispute:
    """Dismiss a dispute in the words that staff of the admin have for it."""
    return resolve_dispute(
        dispute=dispute,
        by=by,
        outcome=OrderDispute.Outcome.DISMISSED,
        resolution="Dismissed by the platform.",
    )


@admin.register(DisputeEvidence)
class DisputeEvidenceAdmin(ReadOnlyAdmin):
    """What both sides of disputes show."""

    list_display = ("dispute", "party", "author", "name", "text", "created_at")
    list_filter = ("party", "dispute__status")
    list_select_related = ("dispute__order", "author")
    search_fields = ("dispute__order__title", "author__email", "text", "name")
    date_hierarchy = "created_at"
