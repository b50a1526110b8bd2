"""Orders and bids, in any state."""

from datetime import timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from apps.orders.models import (
    Bid,
    DisputeEvidence,
    Order,
    OrderAssignment,
    OrderDispute,
    OrderVisit,
    Party,
    ProgressNote,
)
from apps.providers.models import ServiceProviderProfile
from apps.providers.services.figures import count_job
from kernel import clock
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
        skip_postgeneration_save = True

    bid: Any = factory.SubFactory(BidFactory, accepted=True)
    order: Any = factory.SelfAttribute("bid.order")
    provider: Any = factory.SelfAttribute("bid.provider")

    @factory.post_generation
    def counted(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        """It counts as a job of the provider."""
        count_job(provider_id=self.provider_id)  # type: ignore[attr-defined]


class DisputeFactory(DjangoModelFactory[OrderDispute]):
    """An open dispute, by the order's client."""

    class Meta:
        model = OrderDispute

    order: Any = factory.SubFactory(OrderFactory, disputed=True)
    provider: Any = factory.LazyAttribute(lambda made: carried_out_by(made.order))
    opened_by: Any = factory.SelfAttribute("order.client_profile.user_profile.user")
    dispute_type = OrderDispute.Type.QUALITY
    description = "The tap still drips."
    from_status = Order.Status.IN_PROGRESS
    currency = factory.SelfAttribute("order.currency")


class EvidenceFactory(DjangoModelFactory[DisputeEvidence]):
    """Words of the client."""

    class Meta:
        model = DisputeEvidence

    dispute: Any = factory.SubFactory(DisputeFactory)
    party = Party.CLIENT
    author: Any = factory.SelfAttribute("dispute.opened_by")
    text = "See for yourselves."


class VisitFactory(DjangoModelFactory[OrderVisit]):
    """A visit of an hour that the client proposed for tomorrow."""

    class Meta:
        model = OrderVisit

    class Params:
        confirmed = factory.Trait(status=OrderVisit.Status.CONFIRMED)

    order: Any = factory.SubFactory(OrderFactory, assigned=True)
    provider: Any = factory.LazyAttribute(
        lambda made: carried_out_by(made.order) or ProviderFactory()
    )
    starts_at: Any = factory.LazyFunction(lambda: clock.now() + timedelta(days=1))
    ends_at: Any = factory.LazyAttribute(lambda made: made.starts_at + timedelta(hours=1))
    proposed_by = Party.CLIENT


class ProgressNoteFactory(DjangoModelFactory[ProgressNote]):
    """A report of the provider's."""

    class Meta:
        model = ProgressNote

    assignment: Any = factory.SubFactory(AssignmentFactory)
    text = "First half is done."


def carried_out_by(order: Order) -> ServiceProviderProfile | None:
    """The provider who carries an order out, where there is one."""
    assignment = OrderAssignment.objects.filter(order=order).first()
    return assignment.provider if assignment else None
