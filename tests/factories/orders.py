"""Orders and bids, in any state."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from apps.orders.models import Bid, Order, OrderAssignment
from tests.factories.accounts import ClientFactory
from tests.factories.catalog import SubcategoryFactory
from tests.factories.providers import ProviderFactory


class OrderFactory(DjangoModelFactory[Order]):
    """A draft, or what its traits say."""

    class Meta:
        model = Order

    class Params:
        published = factory.Trait(status=Order.Status.PUBLISHED)
        assigned = factory.Trait(status=Order.Status.ASSIGNED)
        in_progress = factory.Trait(status=Order.Status.IN_PROGRESS)
        completed = factory.Trait(status=Order.Status.COMPLETED)
        confirmed = factory.Trait(status=Order.Status.CONFIRMED)

    client_profile: Any = factory.SubFactory(ClientFactory)
    service_subcategory: Any = factory.SubFactory(SubcategoryFactory)
    title = "The kitchen tap drips"
    city = "Cape Town"
    country = "ZA"
    location = "12 Lower Main Road"
    currency = "ZAR"


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
