"""Points for deeds."""

from uuid import UUID

from django.db import transaction
from django.db.models import F

from apps.accounts.deeds import PROFILE_COMPLETED, Deed
from apps.accounts.models import PointsAward, User, UserProfile


@transaction.atomic
def award(*, user_id: UUID, deed: Deed, reference: UUID) -> bool:
    """Give a user the points of a deed; once for each thing that ``reference`` names, however often
    it is asked for. Returns whether it was the first time; deleted users earn nothing.
    """
    users = User.objects.filter(pk=user_id)
    if not users.exists():
        return False
    _, is_new = PointsAward.objects.get_or_create(
        user_id=user_id,
        deed=deed.code,
        reference=reference,
        defaults={"points": deed.points},
    )
    if is_new:
        # The version stays: who edits the account is in no conflict with what it earns.
        users.update(
            points=F("points") + deed.points, version=F("version"), updated_at=F("updated_at")
        )
    return is_new


def award_complete_profile(*, user_id: UUID) -> None:
    """Give the points for a profile that tells all, once it does."""
    told = UserProfile.objects.filter(user=user_id, user__is_deleted=False)
    for name in ("bio", "city", "country", "user__first_name", "user__last_name", "user__photo"):
        told = told.exclude(**{name: ""})
    if told.exists():
        award(user_id=user_id, deed=PROFILE_COMPLETED, reference=user_id)
