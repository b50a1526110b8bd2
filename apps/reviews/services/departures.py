"""What becomes of the words of those who are gone for good."""

from uuid import UUID

from django.db import transaction

from apps.reviews.models import Review, about


@transaction.atomic
def erase_reviews_of(*, user_id: UUID) -> None:
    """Remove for good what a user wrote and answered, and what staff noted about that: the stars
    stay, for they are others' figures.
    """
    reviews = Review.objects.all_with_deleted()
    reviews.filter(author=user_id).update(title="", comment="", moderation_note="")
    reviews.filter(about(user_id)).exclude(provider_response="").update(provider_response="")
