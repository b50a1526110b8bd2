"""Reviews in the admin: decided about by services alone."""

from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest

from apps.accounts.models import User
from apps.reviews.models import Review
from apps.reviews.services.moderation import moderate_review
from apps.reviews.services.reviews import delete_review, restore_review
from kernel.admin import ReadOnlyAdmin, SoftDeleteAdmin, act, shown

#: What authors are told of reviews that were taken down here.
REASON = "It breaks the rules of the platform."

Status = Review.Status


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin, SoftDeleteAdmin):
    """What both sides of finished work said, the newest first. Staff decide by what can be done
    with the chosen ones; with a note of their own, by the API.
    """

    list_display = (
        *("rating", "title", "side", shown("author", "author.name"), "provider"),
        *("moderation_status", "is_public", "revealed_at", "created_at"),
    )
    list_filter = ("moderation_status", "side", "rating", "is_public", "is_counted")
    list_select_related = ("provider", "author", "client", "moderated_by")
    search_fields = ("title", "comment", "author__email", "provider__business_name")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "pk")
    sections = {
        "What it is about": ("order_assignment", "lead_assignment", "provider", "client"),
        "What it says": (
            *("author", "side", "rating", "quality_rating", "communication_rating"),
            *("punctuality_rating", "value_rating", "title", "comment", "is_public"),
        ),
        "What was answered": ("provider_response", "responded_at"),
        "What staff decided": (
            *("moderation_status", "moderation_note", "moderated_by", "moderated_at"),
        ),
    }
    actions: Any = ("approve", "reject", "delete_chosen", "restore_chosen")

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        """Those who may decide about reviews, though nobody types what they say."""
        return request.user.has_perm("reviews.change_review")

    def has_remove_permission(self, request: HttpRequest) -> bool:
        """Those who may delete reviews."""
        return request.user.has_perm("reviews.delete_review")

    @admin.action(description="Approve the chosen reviews", permissions=["moderate"])
    def approve(self, request: HttpRequest, queryset: Any) -> None:
        """Have them be read."""
        act(self, request, queryset, lambda row: _decide(request, row, Status.APPROVED))

    @admin.action(description="Take the chosen reviews down", permissions=["moderate"])
    def reject(self, request: HttpRequest, queryset: Any) -> None:
        """Have them be read by their authors alone."""
        act(self, request, queryset, lambda row: _decide(request, row, Status.REJECTED, REASON))

    @admin.action(description="Delete the chosen reviews", permissions=["remove"])
    def delete_chosen(self, request: HttpRequest, queryset: Any) -> None:
        """Take them away."""
        by = cast(User, request.user)
        act(self, request, queryset, lambda row: delete_review(review=row, by=by))

    @admin.action(description="Restore the chosen reviews", permissions=["remove"])
    def restore_chosen(self, request: HttpRequest, queryset: Any) -> None:
        """Bring them back."""
        act(self, request, queryset, lambda row: restore_review(review=row))


def _decide(request: HttpRequest, review: Review, status: Any, note: str = "") -> Review:
    by = cast(User, request.user)
    return moderate_review(review=review, by=by, status=status, note=note)
