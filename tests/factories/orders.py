"""Orders and bids, in any state."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from apps.orders.models import Bid, Order, OrderAssignment, OrderDispute
from tests.factories.accounts import ClientFactory
from tests.factories.catalog import SubcategoryFactory
from tests.factories.providers import ProviderFactory


class OrderFactory(DjangoModelFactory[Order]):
    """A draft, or what its traits say."""

    class Meta:
        model = Order
        skip_postgeneration_save = True

    class Params:
        published = factory.Trait(status=Order.Status.PUBLISHED)
        assigned = factory.Trait(status=Order.Status.ASSIGNED)
        in_progress = factory.Trait(status=Order.Status.IN_PROGRESS)
        completed = factory.Trait(status=Order.Status.COMPLETED)
        confirmed = factory.Trait(status=Order.Status.CONFIRMED)
        cancelled = factory.Trait(status=Order.Status.CANCELLED)
        disputed = factory.Trait(status=Order.Status.DISPUTED)

    client_profile: Any = factory.SubFactory(ClientFactory)
    service_subcategory: Any = factory.SubFactory(SubcategoryFactory)
    title = "The kitchen tap drips"
    city = "Cape Town"
    country = "ZA"
    location = "12 Lower Main Road"
    currency = "ZAR"

    @factory.post_generation
    def won_by(self, create: bool, provider: Any, **kwargs: Any) -> None:
        """The provider whose bid won it, where there is one."""
        if provider:
            AssignmentFactory(bid__order=self, bid__provider=provider)


class BidFactory(DjangoModelFactory[Bid]):
    """A pending bid, or an accepted one."""

    class Meta:
        model = Bid

    class Params:
        accepted = factory.Trait(status=Bid.Status.ACCEPTED)

    order: Any = factory.SubFactory(OrderFactory, published=True)
    provider: Any = factory.SubFactory(ProviderFactory)
    currency = factory.SelfAttribute("order.currency")
    amount = 80000


class AssignmentFactory(DjangoModelFactory[OrderAssignment]):
    """An assignment by an accepted bid."""

    class Meta:
        model = OrderAssignment

    bid: Any = factory.SubFactory(BidFactory, accepted=True)
    order: Any = factory.SelfAttribute("bid.order")
    provider: Any = factory.SelfAttribute("bid.provider")


class DisputeFactory(DjangoModelFactory[OrderDispute]):
    """An open dispute, by the order's client."""

    class Meta:
        model = OrderDispute

    order: Any = factory.SubFactory(OrderFactory, disputed=True)
    opened_by: Any = factory.SelfAttribute("order.client_profile.user_profile.user")
    dispute_type = OrderDispute.Type.QUALITY
    description = "The tap still drips."
