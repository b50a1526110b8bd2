"""Providers, what they offer and what they showed in the admin. Services decide."""

from contextlib import suppress
from typing import Any

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from apps.core.admin import ServedAdmin, ServedForm
from apps.providers.hours import WEEKDAYS
from apps.providers.models import (
    ProviderAddonPrice,
    ProviderDocument,
    ProviderHoursException,
    ProviderTimeOff,
    ServiceProviderProfile,
    ServiceProviderService,
)
from apps.providers.services import offers, profiles
from apps.providers.services.documents import review_provider_document
from apps.providers.services.verification import verify_provider
from kernel.admin import (
    MoneyForm,
    PartInline,
    ReadOnlyAdmin,
    RowAdmin,
    SoftDeleteAdmin,
    act,
    folded,
    shown,
)
from kernel.errors import NotFound


class OwnRowsAdmin(ServedAdmin, SoftDeleteAdmin):
    """Rows that their providers make, and that staff may correct by the same services."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: providers open their businesses and say what they offer."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether one may change such rows, and this one is not deleted."""
        return super().has_change_permission(request, obj) and not (obj and obj.is_deleted)

    @admin.action(description="Restore the chosen rows", permissions=["change"])
    def restore_rows(self, request: HttpRequest, queryset: Any) -> None:
        """Bring back deleted rows with all that their deletion took."""
        act(self, request, queryset.filter(is_deleted=True).order_by("pk"), self.restore_row)

    def restore_row(self, row: Any) -> None:
        """Bring back a row."""
        raise NotImplementedError


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


def _told(hours: Any) -> str:
    """Spans of a day: 08:00 to 12:00, 13:00 to 17:00."""
    return ", ".join(" to ".join(span) for span in hours) or "closed"


FIGURES = (
    ("average_rating", "total_reviews", "rating_sum"),
    ("response_time_minutes", "responses", "response_seconds"),
    ("completion_rate", "jobs_taken", "jobs_completed"),
    ("conversion_rate", "leads_received", "leads_won"),
)


@admin.register(ServiceProviderProfile)
class ServiceProviderProfileAdmin(OwnRowsAdmin):
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
        ("When", {"fields": ("time_zone", "weekly_hours")}),
        ("Figures", {"fields": FIGURES}),
        folded("created_at", "updated_at", "version", "is_deleted", "deleted_at", "restored_at"),
    )
    list_display = (
        *("business_name", shown("owner", "user_profile.user.name"), "city"),
        *("is_verified_provider", "is_available", "average_rating", "total_reviews"),
    )
    list_filter = ("is_verified_provider", "is_available", "currency", "city")
    list_select_related = ("user_profile__user", "organization")
    search_fields = ("business_name", "user_profile__user__email", "user_profile__user__name")
    date_hierarchy = "created_at"
    readonly_fields = (
        *("user_profile", "organization", "currency"),
        *("is_verified_provider", "weekly_hours"),
        *(name for line in FIGURES for name in line),
    )
    inlines = (DocumentInline, HoursExceptionInline, TimeOffInline)
    actions = ("restore_rows", "verify", "unverify")

    def change_row(self, row: Any, changes: dict[str, Any]) -> Any:
        """Change what a business tells of itself."""
        return profiles.update_provider_profile(provider=row, changes=changes)

    def remove_row(self, row: Any) -> None:
        """Hide a business; one that was chosen twice is gone already."""
        with suppress(NotFound):
            profiles.delete_provider_profile(provider=row)

    def restore_row(self, row: Any) -> None:
        """Bring back a business."""
        profiles.restore_provider_profile(provider=row)

    @admin.display(description="weekly hours")
    def weekly_hours(self, row: ServiceProviderProfile) -> str:
        """When it is at work, day by day."""
        week = ((day, row.availability_schedule.get(day, ())) for day in WEEKDAYS)
        days = ((day.capitalize(), _told(hours)) for day, hours in week)
        return format_html_join(mark_safe("<br>"), "{}: {}", days)

    @admin.action(description="Verify the chosen providers", permissions=["change"])
    def verify(self, request: HttpRequest, queryset: Any) -> None:
        """Let providers bid who showed who they are."""
        self._decide(request, queryset, is_verified=True)

    @admin.action(description="Verify the chosen providers no longer", permissions=["change"])
    def unverify(self, request: HttpRequest, queryset: Any) -> None:
        """Let providers bid no more."""
        self._decide(request, queryset, is_verified=False)

    def _decide(self, request: HttpRequest, queryset: Any, *, is_verified: bool) -> None:
        act(
            self,
            request,
            queryset.filter(is_deleted=False),
            lambda provider: verify_provider(
                provider=provider, by=request.user, is_verified=is_verified
            ),
        )


@admin.register(ProviderDocument)
class ProviderDocumentAdmin(RowAdmin):
    """What waits for staff, the oldest first, then what they decided: notes and the last day are
    typed on a document's page, and count once an action has decided it.
    """

    list_display = (
        *("provider", "document_type", "status", "expires_date", "created_at"),
        shown("reviewed by", "reviewed_by.name"),
    )
    list_filter = ("status", "document_type", ("category", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("provider__user_profile", "category", "reviewed_by")
    search_fields = ("provider__business_name", "number", "provider__user_profile__user__email")
    date_hierarchy = "created_at"
    ordering = (F("reviewed_at").desc(nulls_first=True), "created_at", "pk")
    sections = {
        "What it shows": (
            *("provider", "document_type", "category", "number", "issued_date"),
            *("file", "name", "content_type"),
        ),
        "What staff decide": (
            *("status", "expires_date", "review_notes", "reviewed_by", "reviewed_at"),
        ),
    }
    readonly_fields = (
        *("provider", "document_type", "category", "number", "file", "name", "content_type"),
        *("issued_date", "status", "reviewed_by", "reviewed_at"),
    )
    actions = ("approve", "reject")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """All of what was decided, and of a document of one's own: nobody extends these here."""
        found = super().get_readonly_fields(request, obj)
        if obj is None:
            return found
        owner = obj.provider.user_profile.user_id
        if obj.status == ProviderDocument.Status.PENDING and owner != request.user.pk:
            return found
        return [*found, "expires_date", "review_notes"]

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
        act(
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


class OfferForm(ServedForm, MoneyForm):
    """A form of an offered service."""


class AddonPriceInline(PartInline):
    """What addons cost with a provider."""

    model = ProviderAddonPrice
    fields = readonly_fields = ("addon", "price")
    related = ("addon",)
    show_change_link = False


@admin.register(ServiceProviderService)
class ServiceProviderServiceAdmin(OwnRowsAdmin):
    """Offered services; which addons go with them, and for how much, their providers say."""

    list_display = ("subcategory", "provider", "base_price", "price_type", "is_available")
    list_filter = ("price_type", "is_available", "currency", "provider__city")
    list_select_related = ("subcategory", "provider")
    search_fields = ("subcategory__name", "provider__business_name")
    form = OfferForm
    readonly_fields = ("provider", "subcategory", "currency", "available_addons")
    inlines = (AddonPriceInline,)

    def change_row(self, row: Any, changes: dict[str, Any]) -> Any:
        """Change an offered service."""
        return offers.update_provider_service(service=row, changes=changes)

    def remove_row(self, row: Any) -> None:
        """Offer a service no longer; one that its provider's deletion took is gone already."""
        with suppress(NotFound):
            offers.remove_provider_service(service=row)

    def restore_row(self, row: Any) -> None:
        """Offer a service again."""
        offers.restore_provider_service(service=row)


@admin.register(ProviderHoursException)
class ProviderHoursExceptionAdmin(ReadOnlyAdmin):
    """Days on which providers keep other hours."""

    list_display = ("provider", "date", "hours")
    list_filter = ("provider__city",)
    list_select_related = ("provider",)
    search_fields = ("provider__business_name",)
    date_hierarchy = "date"


@admin.register(ProviderTimeOff)
class ProviderTimeOffAdmin(ReadOnlyAdmin):
    """When providers are away."""

    list_display = ("provider", "starts_at", "ends_at", "reason")
    list_filter = ("provider__city",)
    list_select_related = ("provider",)
    search_fields = ("provider__business_name",)
    date_hierarchy = "starts_at"
