"""Providers and what they offer in the admin."""

from typing import Any

from django.contrib import admin

from apps.providers.models import ServiceProviderProfile, ServiceProviderService
from kernel.admin import SoftDeleteAdmin


@admin.register(ServiceProviderProfile)
class ServiceProviderProfileAdmin(SoftDeleteAdmin):
    """Businesses; their figures are counted by services."""

    figures: Any = (
        "average_rating",
        "total_reviews",
        "leads_received",
        "leads_won",
        "conversion_rate",
    )
    list_display = (
        "business_name",
        "city",
        "is_verified_provider",
        "is_available",
        "average_rating",
        "total_reviews",
        "user_profile",
    )
    list_filter = ("city", "is_verified_provider", "is_available", "currency")
    list_select_related = ("user_profile__user", "organization")
    search_fields = ("business_name", "user_profile__user__email", "user_profile__user__name")
    date_hierarchy = "created_at"
    readonly_fields = figures


@admin.register(ServiceProviderService)
class ServiceProviderServiceAdmin(SoftDeleteAdmin):
    """Offered services."""

    list_display = ("subcategory", "provider", "base_price", "price_type", "is_available")
    list_filter = ("price_type", "is_available", "currency", "provider__city")
    list_select_related = ("subcategory", "provider")
    search_fields = ("subcategory__name", "provider__business_name")
