"""What a provider has, had, and moved."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Min, QuerySet, Sum

from apps.credits.models import CreditLot, CreditTransaction
from kernel import clock


@dataclass(frozen=True, slots=True)
class Balance:
    """Credits at an instant, and those of them that are going to expire from now on."""

    at: datetime
    credits: int
    expiring: int
    next_expiry_at: datetime | None


def balance_of(provider_id: UUID, *, at: datetime | None = None) -> Balance:
    """What a provider has to spend, or had at an instant: what its last move until then left."""
    at = min(at or clock.now(), clock.now())
    moved = CreditTransaction.objects.filter(provider=provider_id, created_at__lte=at)
    left = moved.order_by("-created_at", "-number").values_list("balance_after", flat=True).first()
    lots = CreditLot.objects.filter(provider=provider_id, remaining__gt=0)
    expiring = lots.aggregate(credits=Sum("remaining"), next=Min("expires_at"))
    return Balance(at, left or 0, expiring["credits"] or 0, expiring["next"])


def moved_between(
    provider_id: UUID, since: datetime, until: datetime
) -> QuerySet[CreditTransaction]:
    """The rows of a provider's ledger from an instant on to before another, in its order."""
    rows: QuerySet[CreditTransaction] = CreditTransaction.objects.filter(
        provider=provider_id, created_at__gte=since, created_at__lt=until
    )
    return rows.order_by("number")


def volumes(*, since: datetime, until: datetime, provider_id: UUID | None = None) -> dict[str, int]:
    """How many credits moved for each reason from an instant on to before another: of a provider,
    or of all of them.
    """
    rows = CreditTransaction.objects.filter(created_at__gte=since, created_at__lt=until)
    if provider_id is not None:
        rows = rows.filter(provider=provider_id)
    return dict(
        rows.order_by()
        .values_list("transaction_type")
        .annotate(sum=Sum("amount"))
        .values_list("transaction_type", "sum")
    )
