"""The event log, its deliveries, messages, the audit trail, settings and versions in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from apps.core.models import (
    AppVersion,
    AuditEntry,
    DailyCount,
    Delivery,
    EventHorizon,
    EventRecord,
    IdempotencyRecord,
    OutboundMessage,
    SystemSetting,
)
from apps.core.services.event_log import replay
from kernel.admin import ReadOnlyAdmin, RowAdmin, shown


@admin.register(EventRecord)
class EventRecordAdmin(ReadOnlyAdmin):
    """Facts, the newest first."""

    list_display = ("id", "type", "occurred_at", "actor_id", "topics", "request_id")
    list_filter = ("type",)
    search_fields = ("type", "request_id", "actor_id")
    date_hierarchy = "occurred_at"


@admin.register(EventHorizon)
class EventHorizonAdmin(ReadOnlyAdmin):
    """Where the log begins."""

    list_display = ("transaction_id", "event_id")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """What handlers did about facts; parked ones can be replayed."""

    list_display = ("id", shown("event", "event.type"), "handler", "state", "attempts", "due_at")
    list_filter = ("state", "handler")
    list_select_related = ("event",)
    search_fields = ("handler", "event__type", "error")
    date_hierarchy = "due_at"
    actions = ("replay_deliveries",)

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Those who may change deliveries, were they not read-only."""
        return bool(request.user.has_perm("core.change_delivery"))

    @admin.action(description="Replay the chosen parked deliveries", permissions=["replay"])
    def replay_deliveries(self, request: HttpRequest, queryset: Any) -> None:
        """Have parked deliveries tried again."""
        parked = list(queryset.filter(state=Delivery.State.PARKED))
        for delivery in parked:
            replay(delivery=delivery)
        self.message_user(request, f"Waiting again: {len(parked)}.", messages.SUCCESS)


@admin.register(IdempotencyRecord)
class IdempotencyRecordAdmin(ReadOnlyAdmin):
    """What keyed mutations answered."""

    list_display = ("operation", "key", "scope", "result_model", "result_id", "created_at")
    list_filter = ("operation",)
    search_fields = ("key", "scope", "result_id")
    date_hierarchy = "created_at"


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """What was done, the newest first."""

    list_display = ("created_at", "action", "object_type", "object_id", "actor_id", "request_id")
    list_filter = ("action",)
    search_fields = ("object_type", "object_id", "actor__email", "request_id")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    fields = (
        *("created_at", "action", "object_type", "object_id", "changes"),
        *("actor_id", "organization_id", "request_id", "ip_address"),
    )


def masked(recipient: str) -> str:
    """Enough of an address or a number to know it again: +2771•••001, a•••@example.org."""
    name, at, domain = recipient.rpartition("@")
    return f"{name[:1]}•••@{domain}" if at else f"{recipient[:5]}•••{recipient[-3:]}"


@admin.register(OutboundMessage)
class OutboundMessageAdmin(ReadOnlyAdmin):
    """Messages that went out or are to: to whom in outline, and never what they say."""

    list_display = ("created_at", "template", "channel", "masked_recipient", "state", "error")
    list_filter = ("state", "channel", "template")
    search_fields = ("template", "provider_id", "error", "id")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    fields = (
        *("id", "template", "channel", "language", "masked_recipient", "user_id", "state"),
        *("attempts", "due_at", "error", "provider_id", "created_at", "sent_at", "delivered_at"),
    )

    @admin.display(description="recipient")
    def masked_recipient(self, message: OutboundMessage) -> str:
        """The recipient in outline."""
        return masked(message.recipient)


@admin.register(DailyCount)
class DailyCountAdmin(ReadOnlyAdmin):
    """How much of the days' limits is used."""

    list_display = ("name", "day", "count")
    search_fields = ("name",)
    date_hierarchy = "day"


@admin.register(SystemSetting)
class SystemSettingAdmin(RowAdmin):
    """Settings."""

    list_display = ("key", "value", "setting_type", "category", "is_public", "requires_admin")
    list_filter = ("category", "setting_type", "is_public")
    search_fields = ("key", "description")
    ordering = ("key",)


@admin.register(AppVersion)
class AppVersionAdmin(RowAdmin):
    """Released versions."""

    list_display = ("platform", "version", "build_number", "release_date", "is_forced_update")
    list_filter = ("platform", "is_active", "is_forced_update")
    search_fields = ("version", "release_notes")
    date_hierarchy = "release_date"
    ordering = ("platform", "-build_number")
