"""How a bid compares to the others on its order, in values of the same statement."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import strawberry
import strawberry_django
from django.db.models import Case, F, Q, When
from django.db.models.expressions import Combinable

from apps.orders.selectors import distance_to_bidder, price_rank
from kernel.viewer import Viewer

#: What each part is, from the bid's row; made anew for each reading, for prices are ranked among
#: the bids that are open then.
PARTS: dict[str, Callable[[], Combinable]] = {
    "provider_name": lambda: F("provider__business_name"),
    "average_rating": lambda: F("provider__average_rating"),
    "total_reviews": lambda: F("provider__total_reviews"),
    "response_time_minutes": lambda: F("provider__response_time_minutes"),
    "completion_rate": lambda: F("provider__completion_rate"),
    "distance_km": distance_to_bidder,
    "price_rank": price_rank,
}


@strawberry.type(description="What a client weighs up when choosing among the bids on an order.")
class BidComparison:
    """A bid beside the others on its order."""

    provider_name: str = strawberry.field(description="What the provider is called.")
    average_rating: Decimal = strawberry.field(description="Mean of the provider's reviews.")
    total_reviews: int = strawberry.field(description="How many reviews the provider has.")
    response_time_minutes: int | None = strawberry.field(
        description="How fast the provider answers, in minutes; null before the first answer."
    )
    completion_rate: Decimal = strawberry.field(description="Jobs completed, in percent.")
    distance_km: float | None = strawberry.field(
        description="Kilometres from the order to the provider's base; null where one is unknown."
    )
    price_rank: int = strawberry.field(
        description="1 for the cheapest of the order's open bids; equal prices share a rank."
    )


def is_client(viewer: Viewer) -> Q:
    """The client of the bid's order."""
    return Q(order__client_profile__user_profile__user=viewer.user_id)


def comparison() -> Any:
    """A field that compares a bid with the others on its order, for the order's client."""

    def resolve(root: Any) -> BidComparison | None:
        values = {name: getattr(root, f"_compared_{name}") for name in PARTS}
        return BidComparison(**values) if values["price_rank"] is not None else None

    return strawberry_django.field(
        resolve,
        annotate={f"_compared_{name}": _for_client(part) for name, part in PARTS.items()},
        description="How it compares to the others; for the client of the order, null for others.",
    )


def _for_client(part: Callable[[], Combinable]) -> Any:
    # Others must not learn how far the order is from a base that they may move, or rivals' prices.
    return lambda info: Case(When(is_client(info.context.viewer), then=part()), default=None)
