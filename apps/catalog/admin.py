"""The catalog in the admin."""

from django.contrib import admin

from apps.catalog.models import (
    Language,
    ServiceAddon,
    ServiceArea,
    ServiceCategory,
    ServicePackage,
    ServiceSubcategory,
)
from kernel.admin import PartInline, SoftDeleteAdmin


@admin.register(Language)
class LanguageAdmin(SoftDeleteAdmin):
    """Languages."""

    list_display = ("name", "native_name", "code", "is_active", "is_default", "rtl_support")
    list_filter = ("is_active", "rtl_support")
    search_fields = ("name", "native_name", "code")
    ordering = ("name", "pk")


@admin.register(ServiceCategory)
class ServiceCategoryAdmin(SoftDeleteAdmin):
    """The tree of services, branch by branch."""

    list_display = ("name", "parent", "sort_order", "commission_rate", "min_price", "max_price")
    list_filter = (
        "featured",
        "requires_license",
        "requires_insurance",
        ("parent", admin.EmptyFieldListFilter),
    )
    list_select_related = ("parent",)
    search_fields = ("name", "slug", "keywords", "parent__name")
    prepopulated_fields = {"slug": ("name",)}
    ordering = ("sort_order", "pk")


class AddonInline(PartInline):
    """The addons."""

    model = ServiceAddon
    fields = readonly_fields = ("name", "price", "price_type", "min_quantity", "max_quantity")


@admin.register(ServiceSubcategory)
class ServiceSubcategoryAdmin(SoftDeleteAdmin):
    """Services that can be booked."""

    list_display = ("name", "category", "base_price", "estimated_duration", "complexity_level")
    list_filter = ("complexity_level", "featured", "category")
    list_select_related = ("category",)
    search_fields = ("name", "slug", "category__name")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (AddonInline,)
    ordering = ("name", "pk")


@admin.register(ServiceAddon)
class ServiceAddonAdmin(SoftDeleteAdmin):
    """What can be added to services."""

    list_display = ("name", "subcategory", "price", "price_type", "min_quantity", "max_quantity")
    list_filter = ("price_type", "requires_approval", "featured")
    list_select_related = ("subcategory",)
    search_fields = ("name", "subcategory__name")
    ordering = ("name", "pk")


@admin.register(ServicePackage)
class ServicePackageAdmin(SoftDeleteAdmin):
    """What is sold together."""

    list_display = ("name", "subcategory", "package_price", "discount_percentage", "valid_until")
    list_filter = ("is_popular", "is_best_value")
    list_select_related = ("subcategory",)
    search_fields = ("name", "subcategory__name")
    ordering = ("name", "pk")


@admin.register(ServiceArea)
class ServiceAreaAdmin(SoftDeleteAdmin):
    """Where services are offered."""

    list_display = (
        "name",
        "city",
        "country",
        "currency",
        "base_price_multiplier",
        "travel_fee",
        "is_active",
    )
    list_filter = ("city", "country", "is_active")
    search_fields = ("name", "city", "postal_codes")
    ordering = ("country", "city", "name", "pk")
