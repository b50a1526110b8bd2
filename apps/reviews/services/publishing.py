"""When reviews are shown, and counted into the figures of providers."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from apps.providers.models import ServiceProviderProfile
from apps.providers.services.figures import count_review
from apps.reviews.configuration import BLIND_DAYS
from apps.reviews.events import ReviewRevealed
from apps.reviews.models import Review, Side
from kernel import clock, events
from kernel.constraints import save_checked
from kernel.lookup import one_of
from kernel.viewer import SYSTEM, acting_as

BATCH = 50


def locked_review(review: Review) -> Review:
    """A review as it stands now, locked; raises NotFound where it was deleted meanwhile."""
    found: Review = one_of(Review.objects.select_for_update(of=("self",)), pk=review.pk)
    return found


def settle(review: Review, *changed: str) -> None:
    """Save what changed of a locked review, and count it exactly while it is published: the
    provider's figures come after the review's lock, and move once each time it comes or goes.
    """
    if review.is_published != review.is_counted:
        removed = review.is_counted
        count_review(provider_id=review.provider_id, stars=review.rating, removed=removed)
        review.is_counted, changed = not removed, (*changed, "is_counted")
    if changed:
        save_checked(review, update_fields=changed)


def reveal_with_other(review: Review) -> None:
    """Show a hidden review where the other side wrote too, and theirs, the work being locked."""
    others = Review.objects.exclude(side=review.side).select_for_update(of=("self",))
    other: Review | None = others.filter(**work_of(review)).first()
    for each in (review, other) if other else ():
        if each.revealed_at is None:
            reveal(each)


def reveal(review: Review) -> None:
    """Show a locked review to who it is about, and to all if it is public and approved."""
    review.revealed_at = clock.now()
    settle(review, "revealed_at")
    events.publish(ReviewRevealed(**shared_facts(review)))


def reveal_due(*, batch: int = BATCH) -> int:
    """Show some of the reviews that were hidden long enough; returns how many.

    Two workers at once take different ones: what another has locked is left to it.
    """
    with acting_as(SYSTEM):
        due = Review.objects.hidden().filter(
            created_at__lte=clock.now() - timedelta(days=BLIND_DAYS.value())
        )
        rows = due.order_by("created_at", "pk").select_for_update(of=("self",), skip_locked=True)
        # In the order of their providers, whose figures are locked one after the other.
        reviews = sorted(rows[:batch], key=lambda review: (review.provider_id, review.pk))
        for review in reviews:
            reveal(review)
    return len(reviews)


def work_of(review: Review) -> dict[str, Any]:
    """The condition on reviews that they are about the same work."""
    return {
        "order_assignment": review.order_assignment_id,
        "lead_assignment": review.lead_assignment_id,
    }


def facts(review: Review) -> dict[str, UUID]:
    """What facts say of a review."""
    return {"review_id": review.pk, "author_id": review.author_id}


def shared_facts(review: Review) -> dict[str, UUID]:
    """What facts say of a review that both sides may know of."""
    return {**facts(review), "subject_id": subject_id(review)}


def subject_id(review: Review) -> UUID:
    """The user whom a review is about."""
    if review.side == Side.PROVIDER:
        return review.client_id
    providers = ServiceProviderProfile.objects.all_with_deleted().filter(pk=review.provider_id)
    found: UUID = providers.values_list("user_profile__user", flat=True).get()
    return found
