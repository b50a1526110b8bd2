"""What an operation costs its caller: paid before it runs, and what it did not need paid back.

Who is signed in pays from a bucket of their own and from that of the active organization; visitors
from that of their network.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil, floor
from typing import Any

from django.conf import settings

from kernel import clock
from kernel.buckets import Bucket, RateLimited, network_of, take
from schema.base.context import Context
from schema.base.cost import Price


@dataclass(slots=True)
class Charge:
    """The payment for one operation."""

    context: Context
    price: Price
    #: What is left in each bucket; nothing where the operation did not have to run.
    left: list[tuple[Bucket, float]] = field(default_factory=list)
    is_paid: bool = False

    def pay(self) -> None:
        """Pay the price, once, however often it is begun. Raises RateLimited."""
        if not self.is_paid:
            self._take(self.price.cost)
            self.is_paid = True

    def settle(self) -> None:
        """Take back what was not needed."""
        if self.is_paid and self.actual < self.price.cost:
            self._take(self.actual - self.price.cost)

    @property
    def actual(self) -> int:
        """What was needed."""
        return min(self.context.cost, self.price.cost)

    def _take(self, points: int) -> None:
        buckets = self._buckets()
        try:
            left = take(*buckets, tokens=points)
        except RateLimited as error:
            self.left = list(zip(buckets, error.left, strict=True))
            raise
        self.left = list(zip(buckets, left, strict=True))

    def _buckets(self) -> list[Bucket]:
        rates, claims = settings.COST_RATES, self.context.claims
        if claims is None:
            return [Bucket("cost.address", network_of(self.context.ip_address), rates["ADDRESS"])]
        found = [Bucket("cost.user", str(claims.user_id), rates["USER"])]
        if claims.organization_id:
            owner = str(claims.organization_id)
            found.append(Bucket("cost.organization", owner, rates["ORGANIZATION"]))
        return found

    def told(self) -> dict[str, Any]:
        """The cost as clients are told it, with the bucket of which the smallest share is left."""
        known: dict[str, Any] = {"requested": self.price.cost, "actual": self.actual}
        if not self.left:
            return known
        bucket, left = min(self.left, key=lambda each: each[1] / each[0].rate.capacity)
        rate = bucket.rate
        restored = ceil((rate.capacity - left) * rate.seconds / rate.capacity)
        return known | {
            "remaining": floor(left),
            "limit": rate.capacity,
            "restoreRate": rate.capacity / rate.seconds,
            "resetAt": clock.now() + timedelta(seconds=restored),
        }
