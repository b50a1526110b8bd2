"""What clients come to: the counts on their profiles."""

from typing import Literal
from uuid import UUID

from django.db.models import F

from apps.accounts.models import ClientProfile

Count = Literal["total_orders", "completed_orders", "cancelled_orders"]


def count_for_client(*, client_id: UUID, count: Count) -> None:
    """Add one to a count that a client's profile keeps."""
    # The version stays: a client who edits the profile is in no conflict with its counts. And a
    # deleted one may come back.
    ClientProfile.objects.all_with_deleted().filter(pk=client_id).update(
        **{count: F(count) + 1}, version=F("version"), updated_at=F("updated_at")
    )
