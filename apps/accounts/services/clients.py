"""What clients come to: the counts on their profiles."""

from typing import Literal
from uuid import UUID

from django.db.models import F

from apps.accounts.models import ClientProfile

Count = Literal["total_orders", "completed_orders", "cancelled_orders"]


def count_for_client(*, client_id: UUID, count: Count) -> None:
    """Add one to a count that a client's profile keeps."""
    ClientProfile.objects.filter(pk=client_id).update(**{count: F(count) + 1})
