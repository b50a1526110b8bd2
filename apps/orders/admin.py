"""Orders, bids and what comes of them in the admin. States change by services alone."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest

from apps.accounts.models import User
from apps.orders import errors
from apps.orders.access import side_of_order
from apps.orders.models import (
    Bid,
    CounterOffer,
    DisputeEvidence,
    Order,
    OrderAddon,
    OrderAssignment,
    OrderDispute,
    OrderPhoto,
    OrderTransition,
    OrderVisit,
    Party,
    ProgressNote,
    ProgressPhoto,
)
from apps.orders.services.bids import reject_bid, withdraw_bid
from apps.orders.services.cancelling import cancel_order
from apps.orders.services.disputes import resolve_dispute, review_dispute
from kernel.admin import PartInline, ReadOnlyAdmin, RowAdmin, SoftDeleteAdmin, folded, shown
from kernel.errors import DomainError, NotAllowed
from kernel.viewer import current_viewer

CLIENT = "client_profile__user_profile__user"


def act(page: Any, request: HttpRequest, rows: Any, service: Callable[[Any], object]) -> None:
    """Call a service for each of the chosen rows, and tell of those that it refused."""
    done = 0
    for row in rows:
        try:
            with transaction.atomic():
                service(row)
            done += 1
        except (DomainError, NotAllowed) as refusal:
            # By its text, for some messages have blanks that are filled in.
            told = refusal.messages[0] if isinstance(refusal, DomainError) else refusal.message
            page.message_user(request, f"{row}: {told}", messages.ERROR)
    page.message_user(request, f"Done: {done}.", messages.SUCCESS)


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
    actions: Any = ("restore_rows", "cancel")
    steps = ("published_at", "assigned_at", "started_at", "completed_at", "confirmed_at")
    ended = ("cancelled_at", "cancelled_by", "cancellation_reason")
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

    @admin.action(description="Cancel the chosen orders", permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: Any) -> None:
        """Call orders off for the platform, short of those that are confirmed."""
        act(self, request, queryset.filter(is_deleted=False), cancel_for_platform)


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
        act(self, request, _in_order(queryset), lambda bid: reject_bid(bid=bid))

    @admin.action(description="Withdraw the chosen bids for their bidders", permissions=["change"])
    def withdraw_bids(self, request: HttpRequest, queryset: Any) -> None:
        """Take offers back, as their providers asked for."""
        act(self, request, _in_order(queryset), lambda bid: withdraw_bid(bid=bid))


def _in_order(bids: Any) -> Any:
    return bids.filter(is_deleted=False).order_by("order", "pk")


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


class EvidenceInline(PartInline):
    """What both sides show, each file behind an address that expires."""

    model = DisputeEvidence
    fields = readonly_fields = ("party", "author", "text", "name", "file", "created_at")
    related = ("author",)


@admin.register(OrderDispute)
class OrderDisputeAdmin(RowAdmin):
    """Disagreements, the oldest first: staff notes here, and decides by services; with a refund, or
    for the work to be done anew, by the API.
    """

    list_display = (
        *("order", "dispute_type", "status", "opened_by", "provider"),
        *("outcome", "created_at", "resolved_at"),
    )
    list_filter = ("status", "dispute_type", "outcome")
    list_select_related = ("order", "provider", "opened_by", "resolved_by")
    search_fields = ("order__title", "opened_by__email", "description")
    date_hierarchy = "created_at"
    ordering = ("created_at", "pk")
    inlines = (EvidenceInline,)
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


def cancel_for_platform(order: Order) -> Order:
    """Cancel an order in the words that staff of the admin have for it.

    Raises NotOrdersClient for its provider, and what ``cancel_order`` raises.
    """
    side = side_of_order(current_viewer(), order.pk)
    if side == Party.PROVIDER:
        raise errors.NotOrdersClient
    return cancel_order(order=order, reason="Cancelled by the platform.", by=side)


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
