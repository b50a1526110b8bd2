"""Wallets, the ledger and purchases in the admin: to be read, and adjusted by services alone."""

from django.contrib import admin

from apps.credits.models import CreditLot, CreditPurchase, CreditTransaction, CreditWallet
from kernel.admin import ReadOnlyAdmin


@admin.register(CreditWallet)
class CreditWalletAdmin(ReadOnlyAdmin):
    """What providers have to spend."""

    list_display = ("provider", "balance", "entries", "moved_at")
    list_select_related = ("provider",)
    search_fields = ("provider__business_name",)
    date_hierarchy = "moved_at"


@admin.register(CreditTransaction)
class CreditTransactionAdmin(ReadOnlyAdmin):
    """The ledger, the newest first."""

    list_display = (
        *("provider", "number", "transaction_type", "amount", "balance_after", "created_at"),
        "description",
    )
    list_filter = ("transaction_type",)
    list_select_related = ("provider", "created_by", "lead_assignment__lead")
    search_fields = ("provider__business_name", "reference", "description")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "pk")


@admin.register(CreditLot)
class CreditLotAdmin(ReadOnlyAdmin):
    """Credits that expire."""

    list_display = ("provider", "remaining", "expires_at", "created_at")
    list_select_related = ("provider", "transaction")
    search_fields = ("provider__business_name",)
    date_hierarchy = "expires_at"


@admin.register(CreditPurchase)
class CreditPurchaseAdmin(ReadOnlyAdmin):
    """Credits that were asked for, and whether they were paid."""

    list_display = ("provider", "credits", "price", "status", "created_by", "created_at")
    list_filter = ("status", "currency")
    list_select_related = ("provider", "created_by", "transaction")
    search_fields = ("provider__business_name",)
    date_hierarchy = "created_at"
    ordering = ("-created_at", "pk")
