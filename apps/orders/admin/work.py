"""Work in the admin: who carries it out, when they come, and how it goes."""

from django.contrib import admin

from apps.orders.models import OrderAssignment, OrderVisit, ProgressNote, ProgressPhoto
from kernel.admin import PartInline, ReadOnlyAdmin, shown


@admin.register(OrderAssignment)
class OrderAssignmentAdmin(ReadOnlyAdmin):
    """Who carries out what."""

    list_display = (
        "order",
        "provider",
        shown("status", "order.status"),
        "assigned_at",
        "start_date",
    )
    list_filter = ("order__status", "provider__city")
    list_select_related = ("order", "provider", "bid__provider")
    search_fields = ("order__title", "provider__business_name")
    date_hierarchy = "assigned_at"


@admin.register(OrderVisit)
class OrderVisitAdmin(ReadOnlyAdmin):
    """When providers come."""

    list_display = ("order", "provider", "starts_at", "ends_at", "status", "proposed_by")
    list_filter = ("status", "proposed_by")
    list_select_related = ("order", "provider")
    search_fields = ("order__title", "provider__business_name")
    date_hierarchy = "starts_at"
    ordering = ("-starts_at", "pk")


class ProgressPhotoInline(PartInline):
    """Pictures, each behind an address that expires."""

    model = ProgressPhoto
    fields = readonly_fields = ("file", "created_at")


@admin.register(ProgressNote)
class ProgressNoteAdmin(ReadOnlyAdmin):
    """What providers report while they work."""

    list_display = ("assignment", "text", "created_at")
    list_select_related = ("assignment__order", "assignment__provider")
    search_fields = ("assignment__order__title", "assignment__provider__business_name", "text")
    date_hierarchy = "created_at"
    inlines = (ProgressPhotoInline,)


@admin.register(ProgressPhoto)
class ProgressPhotoAdmin(ReadOnlyAdmin):
    """Pictures of work."""

    list_display = ("note", "file", "created_at")
    list_select_related = ("note",)
    search_fields = ("note__text",)
    date_hierarchy = "created_at"
