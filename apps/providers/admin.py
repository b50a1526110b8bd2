"""Providers, what they offer and what they showed in the admin. Services decide."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest

from apps.providers.models import (
    ProviderAddonPrice,
    ProviderDocument,
    ProviderHoursException,
    ProviderTimeOff,
    ServiceProviderProfile,
    ServiceProviderService,
)
from apps.providers.services.documents import review_provider_document
from apps.providers.services.verification import verify_provider
from kernel.admin import PartInline, ReadOnlyAdmin, RowAdmin, SoftDeleteAdmin, folded
from kernel.errors import DomainError, NotAllowed


def decide(page: Any, request: HttpRequest, rows: Any, service: Callable[[Any], object]) -> None:
    """Call a service for each of the chosen rows, and tell of those that it refused."""
    decided = 0
    for row in rows:
        try:
            with transaction.atomic():
                service(row)
            decided += 1
        except (DomainError, NotAllowed) as refusal:
            page.message_user(request, f"{row}: {refusal.message}", messages.ERROR)
    page.message_user(request, f"Decided: {decided}.", messages.SUCCESS)


class DocumentInline(PartInline):
    """What a provider showed, each file behind an address that expires."""

    model = ProviderDocument
    fields = readonly_fields = (
        *("document_type", "category", "status", "expires_date", "file", "created_at"),
    )
    related = ("category",)


class HoursExceptionInline(PartInline):
    """Days with other hours."""

    model = ProviderHoursException
    fields = readonly_fields = ("date", "hours")
    ordering = ("-date", "pk")


class TimeOffInline(PartInline):
    """When a provider is away."""

    model = ProviderTimeOff
    fields = readonly_fields = ("starts_at", "ends_at", "reason")
    ordering = ("-starts_at", "pk")


FIGURES = (
    ("average_rating", "total_reviews", "rating_sum"),
    ("response_time_minutes", "responses", "response_seconds"),
    ("completion_rate", "jobs_taken", "jobs_completed"),
    ("conversion_rate", "leads_received", "leads_won"),
)


@admin.register(ServiceProviderProfile)
class ServiceProviderProfileAdmin(SoftDeleteAdmin):
    """Businesses; their figures are counted by services, and their hours are theirs to say."""

    fieldsets = (
        (None, {"fields": ("business_name", "user_profile", "organization", "currency")}),
        ("State", {"fields": (("is_verified_provider", "is_available"),)}),
        (
            "What it tells",
            {"fields": ("business_description", "business_license", "years_of_experience")},
        ),
        (
            "Where",
            {
                "fields": (
                    *(("city", "country"), ("latitude", "longitude")),
                    *("travel_radius", "service_areas"),
                )
            },
        ),
        ("When", {"fields": ("time_zone", "availability_schedule")}),
        ("Figures", {"fields": FIGURES}),
        folded("created_at", "updated_at", "version", "is_deleted", "deleted_at", "restored_at"),
    )
    list_display = (
        *("business_name", "city", "is_verified_provider", "is_available"),
        *("average_rating", "total_reviews", "completion_rate", "user_profile"),
    )
    list_filter = ("is_verified_provider", "is_available", "currency", "city")
    list_select_related = ("user_profile__user", "organization")
    search_fields = ("business_name", "user_profile__user__email", "user_profile__user__name")
    date_hierarchy = "created_at"
    readonly_fields = (
        *("is_verified_provider", "time_zone", "availability_schedule"),
        *(name for line in FIGURES for name in line),
    )
    inlines = (DocumentInline, HoursExceptionInline, TimeOffInline)
    actions = ("restore_rows", "verify", "unverify")

    @admin.action(description="Verify the chosen providers", permissions=["change"])
    def verify(self, request: HttpRequest, queryset: Any) -> None:
        """Let providers bid who showed who they are."""
        self._decide(request, queryset, is_verified=True)

    @admin.action(description="Verify the chosen providers no longer", permissions=["change"])
    def unverify(self, request: HttpRequest, queryset: Any) -> None:
        """Let providers bid no more."""
        self._decide(request, queryset, is_verified=False)

    def _decide(self, request: HttpRequest, queryset: Any, *, is_verified: bool) -> None:
        decide(
            self,
            request,
            queryset.filter(is_deleted=False),
            lambda provider: verify_provider(
                provider=provider, by=request.user, is_verified=is_verified
            ),
        )


@admin.register(ProviderDocument)
class ProviderDocumentAdmin(RowAdmin):
    """What waits for staff, the oldest first: notes and the last day are typed on a document's
    page, and count once an action has decided it.
    """

    list_display = (
        *("provider", "document_type", "category", "status", "expires_date"),
        *("created_at", "reviewed_by", "reviewed_at"),
    )
    list_filter = ("status", "document_type", "category")
    list_select_related = ("provider", "category", "reviewed_by")
    search_fields = ("provider__business_name", "number", "provider__user_profile__user__email")
    date_hierarchy = "created_at"
    ordering = ("created_at", "pk")
    readonly_fields = (
        *("provider", "document_type", "category", "number", "file", "name", "content_type"),
        *("issued_date", "status", "reviewed_by", "reviewed_at"),
    )
    actions = ("approve", "reject")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: providers show their documents."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    @admin.action(description="Approve the chosen documents", permissions=["change"])
    def approve(self, request: HttpRequest, queryset: Any) -> None:
        """Find the documents good."""
        self._decide(request, queryset, approved=True)

    @admin.action(description="Reject the chosen documents", permissions=["change"])
    def reject(self, request: HttpRequest, queryset: Any) -> None:
        """Find that the documents cannot be accepted."""
        self._decide(request, queryset, approved=False)

    def _decide(self, request: HttpRequest, queryset: Any, *, approved: bool) -> None:
        decide(
            self,
            request,
            queryset,
            lambda document: review_provider_document(
                document=document,
                by=request.user,
                approved=approved,
                notes=document.review_notes,
            ),
        )


class AddonPriceInline(PartInline):
    """What addons cost with a provider."""

    model = ProviderAddonPrice
    fields = readonly_fields = ("addon", "price")
    related = ("addon",)
    show_change_link = False


@admin.register(ServiceProviderService)
class ServiceProviderServiceAdmin(SoftDeleteAdmin):
    """Offered services; which addons go with them, and for how much, their providers say."""

    list_display = ("subcategory", "provider", "base_price", "price_type", "is_available")
    list_filter = ("price_type", "is_available", "currency", "provider__city")
    list_select_related = ("subcategory", "provider")
    search_fields = ("subcategory__name", "provider__business_name")
    readonly_fields = ("available_addons",)
    inlines = (AddonPriceInline,)


@admin.register(ProviderHoursException)
class ProviderHoursExceptionAdmin(ReadOnlyAdmin):
    """Days on which providers keep other hours."""

    list_display = ("provider", "date", "hours")
    list_select_related = ("provider",)
    search_fields = ("provider__business_name",)
    date_hierarchy = "date"


@admin.register(ProviderTimeOff)
class ProviderTimeOffAdmin(ReadOnlyAdmin):
    """When providers are away."""

    list_display = ("provider", "starts_at", "ends_at", "reason")
    list_select_related = ("provider",)
    search_fields = ("provider__business_name",)
    date_hierarchy = "starts_at"
