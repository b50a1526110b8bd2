"""What both sides are written about reviews."""

from typing import Any
from uuid import UUID

from apps.accounts.models import User
from apps.accounts.selectors import takes_mail
from apps.accounts.services.letters import write_to
from apps.reviews.configuration import BLIND_DAYS
from apps.reviews.models import Review, Side
from apps.reviews.services.publishing import subject_id


def invite_other_side(*, review_id: UUID) -> None:
    """Tell the other side of a hidden review that somebody wrote, and nothing of what."""
    for review in _reviews(review_id).filter(revealed_at=None):
        other = review.author.first_name
        if review.side == Side.PROVIDER:
            other = review.provider.business_name
        days = BLIND_DAYS.value()
        _write(subject_id(review), "review_requested", other=other, days=days)


def tell_shown(*, review_id: UUID) -> None:
    """Tell the author of a review that the other side, or everybody, can read it now."""
    for review in _reviews(review_id).shown():
        other = _subject_name(review)
        _write(review.author_id, "review_shown", other=other, answered=False)


def tell_answered(*, review_id: UUID) -> None:
    """Tell the author of a review that it was answered."""
    for review in _reviews(review_id).shown():
        other = _subject_name(review)
        _write(review.author_id, "review_shown", other=other, answered=True)


def tell_rejected(*, review_id: UUID) -> None:
    """Tell the author of a review that staff took it down, and why."""
    for review in _reviews(review_id).filter(moderation_status=Review.Status.REJECTED):
        told = {"other": _subject_name(review), "notes": review.moderation_note}
        _write(review.author_id, "review_rejected", needed=True, **told)


def _reviews(review_id: UUID) -> Any:
    """A review with what letters say of it, unless it was deleted meanwhile."""
    return Review.objects.filter(pk=review_id).select_related("author", "client", "provider")


def _subject_name(review: Review) -> str:
    """What who a review is about is called: businesses by their names, people by their first."""
    if review.side == Side.CLIENT:
        return review.provider.business_name
    return str(review.client.first_name)


def _write(user_id: UUID, template: str, *, needed: bool = False, **told: Any) -> None:
    """Write to a user who is still there, and wants mails or needs this one."""
    user = User.objects.filter(pk=user_id).first()
    if user is not None and (needed or takes_mail(user)):
        write_to(user, template, **told)
