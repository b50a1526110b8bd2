"""Orders, bids and what comes of them in the admin. States change by services alone."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from apps.orders.models import (
    Bid,
    CounterOffer,
    Order,
    OrderAddon,
    OrderAssignment,
    OrderDispute,
    OrderPhoto,
    OrderTransition,
)
from apps.orders.services.bids import reject_bid, withdraw_bid
from kernel.admin import PartInline, ReadOnlyAdmin, RowAdmin, SoftDeleteAdmin, folded, shown
from kernel.errors import DomainError

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


class TransitionInline(PartInline):
    """The steps."""

    model = OrderTransition
    fields = readonly_fields = ("name", "from_status", "to_status", "actor", "note", "created_at")
    related = ("actor",)


@admin.register(Order)
class OrderAdmin(SoftDeleteAdmin):
    """Orders: how they are worded may be mended; where they stand, and since when, may not."""

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
    list_select_related = ("service_subcategory", "area", CLIENT)
    search_fields = ("title", "description", f"{CLIENT}__email", f"{CLIENT}__name")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "pk")
    inlines = (BidInline, AddonInline, TransitionInline)
    steps = ("published_at", "assigned_at", "started_at", "completed_at", "confirmed_at")
    ended = ("cancelled_at", "cancellation_reason")
    readonly_fields = (
        "status",
        "client_profile",
        "currency",
        "final_price",
        "bid_count",
        *steps,
        *ended,
    )
    fieldsets = (
        (
            None,
            {"fields": ("title", ("status", "bid_count"), "client_profile", "service_subcategory")},
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
        ("When", {"fields": (("service_date", "service_time"), "urgency")}),
        ("For how much", {"fields": ("currency", ("budget_min", "budget_max"), "final_price")}),
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


class PartAdmin(SoftDeleteAdmin):
    """Parts of orders, which come about by services."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


@admin.register(OrderAddon)
class OrderAddonAdmin(PartAdmin):
    """Chosen addons."""

    list_display = ("order", "addon", "quantity", "price")
    list_filter = ("currency",)
    list_select_related = ("order", "addon")
    search_fields = ("order__title", "addon__name")
    readonly_fields = ("order", "addon", "quantity", "currency", "price")


@admin.register(OrderPhoto)
class OrderPhotoAdmin(PartAdmin):
    """Pictures."""

    list_display = ("order", "caption", "is_primary", "created_at")
    list_filter = ("is_primary",)
    list_select_related = ("order",)
    search_fields = ("order__title", "caption")
    readonly_fields = ("order", "photo_url", "is_primary")


class CounterOfferInline(PartInline):
    """The bargaining."""

    model = CounterOffer
    fields = readonly_fields = ("party", "amount", "message", "created_at")


@admin.register(Bid)
class BidAdmin(PartAdmin):
    """Offers: how they are worded may be mended; what they bind to, and where they stand, not."""

    list_display = ("order", "provider", "amount", "status", "turn", "expires_at", "created_at")
    list_filter = ("status", "is_negotiable", "turn", "currency", "order__city")
    list_select_related = ("order", "provider")
    search_fields = ("order__title", "provider__business_name", "description")
    date_hierarchy = "created_at"
    inlines = (CounterOfferInline,)
    actions = ("restore_rows", "reject_bids", "withdraw_bids")
    readonly_fields = (
        *("order", "provider", "currency", "amount", "estimated_duration", "expires_at"),
        *("is_negotiable", "turn", "status", "accepted_at", "rejected_at", "withdrawn_at"),
    )

    @admin.action(description="Reject the chosen bids for their clients", permissions=["change"])
    def reject_bids(self, request: HttpRequest, queryset: Any) -> None:
        """Decline offers, as their orders' clients asked for."""
        self._each(request, queryset, reject_bid)

    @admin.action(description="Withdraw the chosen bids for their bidders", permissions=["change"])
    def withdraw_bids(self, request: HttpRequest, queryset: Any) -> None:
        """Take offers back, as their providers asked for."""
        self._each(request, queryset, withdraw_bid)

    def _each(self, request: HttpRequest, queryset: Any, act: Callable[..., Bid]) -> None:
        done = 0
        for bid in queryset.filter(is_deleted=False).order_by("order", "pk"):
            try:
                act(bid=bid)
                done += 1
            except DomainError as refusal:
                self.message_user(request, f"{bid}: {refusal.message}", messages.ERROR)
        self.message_user(request, f"Done: {done}.", messages.SUCCESS)


@admin.register(CounterOffer)
class CounterOfferAdmin(ReadOnlyAdmin):
    """Prices that were proposed while bargaining."""

    list_display = ("bid", "party", "amount", "message", "created_at")
    list_filter = ("party", "currency")
    list_select_related = ("bid__provider",)
    search_fields = ("bid__order__title", "bid__provider__business_name", "message")
    date_hierarchy = "created_at"


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


@admin.register(OrderTransition)
class OrderTransitionAdmin(ReadOnlyAdmin):
    """Steps that orders took."""

    list_display = ("order", "name", "from_status", "to_status", "actor", "created_at")
    list_filter = ("name", "to_status")
    list_select_related = ("order", "actor")
    search_fields = ("order__title", "actor__email", "note")
    date_hierarchy = "created_at"


@admin.register(OrderDispute)
class OrderDisputeAdmin(RowAdmin):
    """Disagreements: staff notes here, and decides by a service."""

    list_display = ("order", "dispute_type", "status", "opened_by", "created_at", "resolved_at")
    list_filter = ("status", "dispute_type")
    list_select_related = ("order", "opened_by", "resolved_by")
    search_fields = ("order__title", "opened_by__email", "description")
    date_hierarchy = "created_at"
    readonly_fields = (
        "order",
        "opened_by",
        "dispute_type",
        "description",
        "evidence",
        "status",
        "resolved_by",
        "resolved_at",
        "resolution",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: its parties open a dispute."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False
