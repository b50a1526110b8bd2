"""The event log, its deliveries, messages, the audit trail, settings and versions in the admin."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import camel_case_to_spaces

from apps.core.configuration import DECLARED
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
    TrustedDocument,
)
from apps.core.services import app_versions, system_settings
from apps.core.services.event_log import replay
from kernel.admin import ModelForm, ReadOnlyAdmin, RowAdmin, shown
from kernel.errors import DomainError, NotAllowed
from kernel.viewer import current_viewer


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


@admin.register(TrustedDocument)
class TrustedDocumentAdmin(ReadOnlyAdmin):
    """The documents that clients were built with."""

    list_display = ("key", "name", "registered_at")
    search_fields = ("key", "name", "text")
    date_hierarchy = "registered_at"


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


class ServedForm(ModelForm):
    """A form that shows why a service refuses what was typed, each reason at its field."""

    page: "ServedAdmin"

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            with transaction.atomic():
                self.page.serve(self)
                # Done for good once the whole page is known to be right.
                transaction.set_rollback(True)
        except NotAllowed as refusal:
            self.add_error(None, refusal.message)
        except DomainError as refusal:
            self._show(camel_case_to_spaces(refusal.field or "").replace(" ", "_"), refusal)
        except ValidationError as refusal:
            for name, problems in refusal.error_dict.items():
                self._show(name, problems)

    def _show(self, field: str, problem: Any) -> None:
        self.add_error(field if field in self.fields else None, problem)


class ServedAdmin(RowAdmin):
    """Rows that services write, and whose changes the audit trail tells."""

    form = ServedForm

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The form, which asks this page's services."""
        made = super().get_form(request, *args, **kwargs)
        made.page = self  # type: ignore[attr-defined]
        return made

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """The audit trail of the row, for those who may read it; else what was done here."""
        if not request.user.has_perm("core.view_auditentry"):
            return super().history_view(request, object_id, extra_context)
        trail = reverse("admin:core_auditentry_changelist")
        return HttpResponseRedirect(f"{trail}?{urlencode({'object_id': object_id})}")

    def serve(self, form: Any) -> Any:
        """Have the service do what was typed; raises what it does."""
        row, typed = form.instance, form.cleaned_data
        if row._state.adding:
            return self.add_row(typed)
        return self.change_row(row, {name: typed[name] for name in form.changed_data})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Have the service do what was typed."""
        obj.pk = self.serve(form).pk

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Have the service delete it."""
        self.remove_row(obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Have the service delete each."""
        for row in queryset:
            self.remove_row(row)

    def add_row(self, details: dict[str, Any]) -> Any:
        """Make a row."""
        raise NotImplementedError

    def change_row(self, row: Any, changes: dict[str, Any]) -> Any:
        """Change a row."""
        raise NotImplementedError

    def remove_row(self, row: Any) -> None:
        """Delete a row."""
        raise NotImplementedError


@admin.register(SystemSetting)
class SystemSettingAdmin(ServedAdmin):
    """Settings; those that require an administrator are changed by superusers alone."""

    list_display = ("key", "value", "setting_type", "category", "is_public", "requires_admin")
    list_filter = ("category", "setting_type", "is_public")
    search_fields = ("key", "description")
    ordering = ("key",)
    sections = {
        "What it may be": ("setting_type", "validation_regex", "min_value", "max_value"),
        "Whose it is": ("category", "is_public", "requires_admin"),
    }

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The stamps; of settings that the product reads, also what it knows them by."""
        found = super().get_readonly_fields(request, obj)
        return [*found, "key", "setting_type"] if obj and obj.key in DECLARED else found

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether one may change settings, and this one."""
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether one may delete settings, and this one."""
        is_declared = obj is not None and obj.key in DECLARED
        allowed = super().has_delete_permission(request, obj) and _may_touch(request, obj)
        return allowed and not is_declared

    def add_row(self, details: dict[str, Any]) -> Any:
        """Make a setting."""
        return system_settings.create_system_setting(by=current_viewer(), details=details)

    def change_row(self, row: Any, changes: dict[str, Any]) -> Any:
        """Change a setting."""
        return system_settings.update_system_setting(
            setting=row, by=current_viewer(), changes=changes
        )

    def remove_row(self, row: Any) -> None:
        """Delete a setting."""
        system_settings.delete_system_setting(setting=row, by=current_viewer())


def _may_touch(request: HttpRequest, setting: SystemSetting | None) -> bool:
    asks_for_admin = setting is not None and setting.requires_admin
    return not asks_for_admin or bool(getattr(request.user, "is_superuser", False))


@admin.register(AppVersion)
class AppVersionAdmin(ServedAdmin):
    """Released versions; what they are does not change."""

    list_display = ("platform", "version", "build_number", "release_date", "is_forced_update")
    list_filter = ("platform", "is_active", "is_forced_update")
    search_fields = ("version", "release_notes")
    date_hierarchy = "release_date"
    ordering = ("platform", "-build_number")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The stamps; of releases that were announced, also what they are."""
        found = super().get_readonly_fields(request, obj)
        return [*found, "platform", "version", "build_number"] if obj else found

    def add_row(self, details: dict[str, Any]) -> Any:
        """Announce a release."""
        return app_versions.create_app_version(details=details)

    def change_row(self, row: Any, changes: dict[str, Any]) -> Any:
        """Change a release."""
        return app_versions.update_app_version(release=row, changes=changes)

    def remove_row(self, row: Any) -> None:
        """Forget a release."""
        app_versions.delete_app_version(release=row)
