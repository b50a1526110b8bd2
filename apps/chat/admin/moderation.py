"""Reports: decided by services alone."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest

from apps.accounts.models import User
from apps.chat.models import ChatReport
from apps.chat.services.reports import resolve_report
from kernel.admin import RowAdmin, act, shown

Action, Status = ChatReport.Action, ChatReport.Status


@admin.register(ChatReport)
class ChatReportAdmin(RowAdmin):
    """What users reported, the open ones first, of those the oldest. Staff note here, and decide by
    what can be done with the chosen ones.
    """

    list_display = (
        *("reason", "status", shown("reported by", "reporter.name")),
        *(shown("sent by", "message.sender"), "told", "action_taken", "created_at"),
    )
    list_filter = ("status", "reason", "action_taken")
    list_select_related = ("reporter", "resolved_by", "message__sender")
    search_fields = ("reporter__email", "message__sender__email", "description")
    date_hierarchy = "created_at"
    ordering = (F("resolved_at").desc(nulls_first=True), "created_at", "pk")
    sections = {
        "What it is about": ("message", "reporter", "reason", "description", "evidence"),
        "What was decided": ("status", "action_taken", "resolved_by", "resolved_at"),
        "For staff alone": ("admin_notes",),
    }
    actions = ("dismiss", "uphold", "delete_messages", "block_in_room", "shut_accounts")
    readonly_fields = (
        *("message", "reporter", "reason", "description", "evidence"),
        *("status", "action_taken", "resolved_by", "resolved_at"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: users report."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    @admin.display(description="message")
    def told(self, report: ChatReport) -> str:
        """What the message said when it was reported."""
        return str(report.evidence.get("content", ""))[:120]

    @admin.action(description="Dismiss the chosen reports", permissions=["change"])
    def dismiss(self, request: HttpRequest, queryset: Any) -> None:
        """Find nothing wrong."""
        act(self, request, queryset, _deciding(request, Status.DISMISSED, Action.NONE))

    @admin.action(description="Uphold them, and do nothing", permissions=["change"])
    def uphold(self, request: HttpRequest, queryset: Any) -> None:
        """Agree, and leave it at that."""
        act(self, request, queryset, _deciding(request, Status.UPHELD, Action.NONE))

    @admin.action(description="Uphold them, and delete the messages", permissions=["change"])
    def delete_messages(self, request: HttpRequest, queryset: Any) -> None:
        """Have the messages tell nothing any more."""
        act(self, request, queryset, _deciding(request, Status.UPHELD, Action.MESSAGE_DELETED))

    @admin.action(description="Uphold them, and block the senders there", permissions=["change"])
    def block_in_room(self, request: HttpRequest, queryset: Any) -> None:
        """Have the senders write in the rooms no longer."""
        act(self, request, queryset, _deciding(request, Status.UPHELD, Action.PARTICIPANT_BLOCKED))

    @admin.action(description="Uphold them, and shut the accounts", permissions=["change"])
    def shut_accounts(self, request: HttpRequest, queryset: Any) -> None:
        """Have the senders sign in no longer."""
        act(self, request, queryset, _deciding(request, Status.UPHELD, Action.USER_BLOCKED))


def _deciding(
    request: HttpRequest, status: ChatReport.Status, action: ChatReport.Action
) -> Callable[[ChatReport], object]:
    """What decides a report so, by one of the staff."""
    by = cast(User, request.user)
    return lambda report: resolve_report(report=report, by=by, status=status, action=action)
