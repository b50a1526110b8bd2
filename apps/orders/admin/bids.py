"""Bids and the bargaining over them in the admin: decided by services alone."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.orders.admin.common import PartAdmin
from apps.orders.models import Bid, CounterOffer
from apps.orders.services.bids import reject_bid, withdraw_bid
from kernel.admin import PartInline, ReadOnlyAdmin, act


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
    actions = ("reject_bids", "withdraw_bids")
    readonly_fields = (
        *("order", "provider", "currency", "amount", "estimated_duration", "expires_at"),
        *("is_negotiable", "terms_conditions", "turn", "status"),
        *("accepted_at", "rejected_at", "withdrawn_at"),
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
