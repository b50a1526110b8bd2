"""Reviews of finished work."""

from datetime import timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from apps.leads.models import LeadAssignment
from apps.orders.models import OrderAssignment
from apps.providers.services.figures import count_review
from apps.reviews.models import Review, Side
from kernel import clock
from tests.factories.leads import LeadAssignmentFactory
from tests.factories.orders import AssignmentFactory

DAY = timedelta(days=1)


def finished_order(**traits: Any) -> OrderAssignment:
    """The assignment of an order that its client confirmed yesterday."""
    done = {"bid__order__status": "CONFIRMED", "bid__order__confirmed_at": clock.now() - DAY}
    made: OrderAssignment = AssignmentFactory(**done | traits)
    return made


def won_lead(**traits: Any) -> LeadAssignment:
    """A lead that its provider won yesterday."""
    made: LeadAssignment = LeadAssignmentFactory(
        **{"status": "WON", "won_at": clock.now() - DAY} | traits
    )
    return made


class ReviewFactory(DjangoModelFactory[Review]):
    """What the client of a confirmed order says of the provider, four stars; published and counted
    unless ``hidden``, ``pending`` or ``rejected``. ``by_provider=True`` is the other direction.
    """

    class Meta:
        model = Review
        skip_postgeneration_save = True

    class Params:
        hidden = factory.Trait(revealed_at=None)
        pending = factory.Trait(moderation_status=Review.Status.PENDING)
        rejected = factory.Trait(moderation_status=Review.Status.REJECTED)
        by_provider = factory.Trait(side=Side.PROVIDER)

    lead_assignment: Any = None
    order_assignment: Any = factory.LazyAttribute(
        lambda made: None if made.lead_assignment else finished_order()
    )
    side = Side.CLIENT
    provider: Any = factory.LazyAttribute(lambda made: _work(made).provider)
    client: Any = factory.LazyAttribute(lambda made: _client(made))
    author: Any = factory.LazyAttribute(
        lambda made: made.client if made.side == Side.CLIENT else made.provider.user_profile.user
    )
    rating = 4
    title = "Good work"
    comment = "The tap is quiet now."
    is_public: Any = factory.LazyAttribute(lambda made: made.side == Side.CLIENT)
    revealed_at: Any = factory.LazyFunction(clock.now)

    @factory.post_generation
    def counted(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        """The provider's figures hold it while it is published."""
        if self.is_published:  # type: ignore[attr-defined]
            count_review(provider_id=self.provider_id, stars=self.rating)  # type: ignore[attr-defined]
            Review._base_manager.filter(pk=self.pk).update(is_counted=True)  # type: ignore[attr-defined]
            self.is_counted = True


def _work(made: Any) -> Any:
    return made.order_assignment or made.lead_assignment


def _client(made: Any) -> Any:
    if made.order_assignment:
        return made.order_assignment.order.client_profile.user_profile.user
    return made.lead_assignment.lead.client
