"""How leads fare: how many come to something, how fast providers answer, and what that cost."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import Least

from apps.credits.models import CreditTransaction
from apps.credits.selectors import volumes
from apps.leads import errors
from apps.leads.models import Lead, LeadAssignment

#: The longest time that figures are asked about: they are counted from the rows.
LONGEST = timedelta(days=366)

Type = CreditTransaction.Type


class _Median(Aggregate):
    """The middle of the values."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadMetrics:
    """What became of the leads of a time, and the credits that moved in it."""

    #: Leads that were made and verified; of the whole platform alone.
    created: int | None
    verified: int | None
    received: int
    viewed: int
    answered: int
    quoted: int
    won: int
    lost: int
    refunded: int
    response_minutes: int | None
    credits_purchased: int
    credits_spent: int
    credits_refunded: int
    credits_granted: int
    credits_expired: int

    def share(self, count: int) -> float | None:
        """So many of the leads that were received and not refunded, in percent to two places."""
        kept = self.received - self.refunded
        return round(100 * count / kept, 2) if kept else None


def lead_metrics(
    *, since: datetime, until: datetime, provider_id: UUID | None = None
) -> LeadMetrics:
    """The figures of a provider, or of the whole platform, from an instant on to before another.

    Raises InvalidPeriod for one that ends before it begins, or is longer than 366 days.
    """
    if not timedelta() < until - since <= LONGEST:
        raise errors.InvalidPeriod
    held = LeadAssignment.objects.filter(assigned_at__gte=since, assigned_at__lt=until)
    moved = volumes(since=since, until=until, provider_id=provider_id)
    made: dict[str, Any] = {"created": None, "verified": None}
    if provider_id is None:
        made = _made(since, until)
    else:
        held = held.filter(provider=provider_id)
    return LeadMetrics(
        **made,
        **_came_to(held),
        credits_purchased=moved.get(Type.PURCHASE, 0),
        credits_spent=-moved.get(Type.DEDUCTION, 0),
        credits_refunded=moved.get(Type.REFUND, 0),
        credits_granted=moved.get(Type.BONUS, 0) + moved.get(Type.ALLOCATION, 0),
        credits_expired=-moved.get(Type.EXPIRY, 0),
    )


def _made(since: datetime, until: datetime) -> dict[str, Any]:
    made = Lead.objects.filter(created_at__gte=since, created_at__lt=until)
    counted: dict[str, Any] = made.aggregate(
        created=Count("pk"), verified=Count("pk", filter=Q(verified_at__isnull=False))
    )
    return counted


def _came_to(held: Any) -> dict[str, Any]:
    """What assignments came to, counted by one statement."""
    kept = ~Q(status=LeadAssignment.Status.REFUNDED)
    answered = Q(contacted_at__isnull=False) | Q(quoted_at__isnull=False) | Q(won_at__isnull=False)
    waited = Least("contacted_at", "quoted_at", "won_at") - F("assigned_at")
    found: dict[str, Any] = held.aggregate(
        received=Count("pk"),
        viewed=Count("pk", filter=kept & Q(viewed_at__isnull=False)),
        answered=Count("pk", filter=kept & answered),
        quoted=Count("pk", filter=kept & Q(quoted_at__isnull=False)),
        won=Count("pk", filter=Q(status=LeadAssignment.Status.WON)),
        lost=Count("pk", filter=Q(status=LeadAssignment.Status.LOST)),
        refunded=Count("pk", filter=~kept),
        median=_Median(ExpressionWrapper(waited, output_field=DurationField())),
    )
    median: timedelta | None = found.pop("median")
    minutes = None if median is None else round(median.total_seconds() / 60)
    return found | {"response_minutes": minutes}
