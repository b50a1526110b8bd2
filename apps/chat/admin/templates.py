"""Templates in the admin, whose pages ask the same services as the API."""

from contextlib import suppress
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.chat.models import ChatTemplate
from apps.chat.services import templates
from apps.core.admin import ServedAdmin
from kernel.admin import SoftDeleteAdmin, act
from kernel.errors import NotFound


@admin.register(ChatTemplate)
class ChatTemplateAdmin(ServedAdmin, SoftDeleteAdmin):
    """Messages with blanks, by name."""

    list_display = ("name", "category", "subject", "is_active", "usage_count")
    list_filter = ("category", "is_active")
    search_fields = ("name", "subject", "content")
    ordering = ("name", "pk")
    readonly_fields = ("usage_count",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether one may change templates, and this one is not deleted."""
        return super().has_change_permission(request, obj) and not (obj and obj.is_deleted)

    def add_row(self, details: dict[str, Any]) -> Any:
        """Offer a template."""
        return templates.create_template(details=details)

    def change_row(self, row: Any, changes: dict[str, Any]) -> Any:
        """Change a template."""
        return templates.update_template(template=row, changes=changes)

    def remove_row(self, row: Any) -> None:
        """Offer a template no longer."""
        with suppress(NotFound):
            templates.delete_template(template=row)

    @admin.action(description="Restore the chosen templates", permissions=["change"])
    def restore_rows(self, request: HttpRequest, queryset: Any) -> None:
        """Bring back deleted templates."""
        rows = queryset.filter(is_deleted=True).order_by("pk")
        act(self, request, rows, lambda row: templates.restore_template(template=row))
