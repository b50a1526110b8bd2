"""Orders in the admin. Where they stand changes by services alone."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from apps.orders import errors
from apps.orders.access import side_of_order
from apps.orders.models import (
    Bid,
    Order,
    OrderAddon,
    OrderAttachment,
    OrderPhoto,
    OrderTransition,
    Party,
)
from apps.orders.services.cancelling import cancel_order
from apps.orders.services.orders import feature_order
from kernel.admin import PartInline, ReadOnlyAdmin, SoftDeleteAdmin, act, folded, shown
from kernel.money import Money
from kernel.viewer import current_viewer

CLIENT = "client_profile__user_profile__user"


class BidInline(PartInline):
    """The bids."""

    model = Bid
    fields = readonly_fields = ("provider", "amount", "status", "description", "created_at")
    related = ("provider",)


class AddonInline(PartInline):
    """The addons."""

    model = OrderAddon
    fields = readonly_fields = ("addon", "quantity", "price")
    related = ("addon",)


class PhotoInline(PartInline):
    """The pictures."""

    model = OrderPhoto
    fields = readonly_fields = ("photo_url", "caption", "is_primary", "created_at")


class AttachmentInline(PartInline):
    """The files, each behind an address that expires."""

    model = OrderAttachment
    fields = readonly_fields = ("name", "caption", "file", "size", "created_at")


class TransitionInline(PartInline):
    """The steps."""

    model = OrderTransition
    fields = readonly_fields = ("name", "from_status", "to_status", "actor", "note", "created_at")
    related = ("actor",)


@admin.register(Order)
class OrderAdmin(SoftDeleteAdmin):
    """Orders: how they are worded may be mended; what bids and prices depend on, and where they
    stand, may not.
    """

    list_display = (
        "title",
        "status",
        "city",
        shown("client", "client_profile.user_profile.user.name"),
        shown("bids", "bid_count"),
        shown("price", "final_price"),
        "created_at",
    )
    list_filter = ("status", "city", "urgency", "currency", "is_featured")
    list_select_related = ("service_subcategory", "area", "package", CLIENT)
    search_fields = ("title", "description", f"{CLIENT}__email", f"{CLIENT}__name")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "pk")
    inlines = (BidInline, AddonInline, PhotoInline, AttachmentInline, TransitionInline)
    actions: Any = ("restore_rows", "cancel", "feature", "unfeature")
    steps = ("published_at", "assigned_at", "started_at", "completed_at", "confirmed_at")
    ended = ("cancelled_at", "cancelled_by", "cancellation_reason")
    place = ("area", "city", "state", "country", "postal_code", "latitude", "longitude")
    price = ("currency", "estimated_price", "priced_by", "estimated_duration", "final_price")
    readonly_fields = (
        *("status", "client_profile", "service_subcategory", "package", "is_featured", "bid_count"),
        *("service_date", "service_time", "urgency", "expires_at"),
        *place,
        *price,
        *steps,
        *ended,
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "title",
                    ("status", "bid_count"),
                    "client_profile",
                    ("service_subcategory", "package"),
                )
            },
        ),
        ("What", {"fields": ("description", "special_requirements", "is_featured")}),
        (
            "Where",
            {
                "fields": (
                    "area",
                    "location",
                    ("city", "state"),
                    ("country", "postal_code"),
                    ("latitude", "longitude"),
                )
            },
        ),
        ("When", {"fields": (("service_date", "service_time"), ("urgency", "expires_at"))}),
        ("For how much", {"fields": (*price, ("budget_min", "budget_max"))}),
        ("Steps", {"fields": (*steps, *ended)}),
        folded(
            "id",
            "version",
            ("created_at", "updated_at"),
            ("is_deleted", "deleted_at", "restored_at"),
            "deletion_batch",
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: clients place orders."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody here: whether an order may go depends on where it stands."""
        return False

    @admin.display(description="price lines")
    def priced_by(self, order: Order) -> str:
        """How the price by the catalog came about."""
        lines = (
            (line["quantity"], line["name"], Money(line["amount"], order.currency).formatted)
            for line in order.price_lines
        )
        return format_html_join(mark_safe("<br>"), "{} x {}: {}", lines)

    @admin.action(description="Cancel the chosen orders", permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: Any) -> None:
        """Call orders off for the platform, short of those that are confirmed."""
        act(self, request, queryset.filter(is_deleted=False), cancel_for_platform)

    @admin.action(description="Show the chosen orders first", permissions=["change"])
    def feature(self, request: HttpRequest, queryset: Any) -> None:
        """Have orders be shown before others."""
        rows = queryset.filter(is_deleted=False)
        act(self, request, rows, lambda order: feature_order(order=order, is_featured=True))

    @admin.action(description="Show the chosen orders first no longer", permissions=["change"])
    def unfeature(self, request: HttpRequest, queryset: Any) -> None:
        """Have orders be shown as all others are."""
        rows = queryset.filter(is_deleted=False)
        act(self, request, rows, lambda order: feature_order(order=order, is_featured=False))


def cancel_for_platform(order: Order) -> Order:
    """Cancel an order in the words that staff of the admin have for it.

    Raises NotOrdersClient for its provider, and what ``cancel_order`` raises.
    """
    side = side_of_order(current_viewer(), order.pk)
    if side == Party.PROVIDER:
        raise errors.NotOrdersClient
    return cancel_order(order=order, reason="Cancelled by the platform.", by=side)


@admin.register(OrderTransition)
class OrderTransitionAdmin(ReadOnlyAdmin):
    """Steps that orders took."""

    list_display = ("order", "name", "from_status", "to_status", "actor", "created_at")
    list_filter = ("name", "to_status")
    list_select_related = ("order", "actor")
    search_fields = ("order__title", "actor__email", "note")
    date_hierarchy = "created_at"
