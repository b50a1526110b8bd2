"""Who hears of a publication does not depend on when a process first asked."""

from datetime import timedelta

import pytest

from apps.core.models import EventRecord
from apps.orders.models import Order
from apps.providers.models import ServiceProviderProfile
from kernel import clock
from schema.orders.audiences import FRESH, told_of_record
from tests.factories.catalog import SubcategoryFactory
from tests.factories.orders import OrderFactory
from tests.factories.providers import OfferedServiceFactory


def _publication(order: Order, ago: timedelta) -> EventRecord:
    record: EventRecord = EventRecord.objects.create(
        type="OrderPublished",
        payload={"order_id": str(order.pk)},
        topics=[],
        occurred_at=clock.now() - ago,
    )
    return record


@pytest.mark.parametrize(
    ("ago", "told"),
    [(timedelta(), [True, True]), (FRESH + timedelta(seconds=1), [True, False])],
    ids=["just now", "long ago"],
)
def test_one_of_long_ago_is_for_those_whom_it_concerns_now(
    db: None, ago: timedelta, told: list[bool]
) -> None:
    service = SubcategoryFactory()
    provider = OfferedServiceFactory(subcategory=service).provider
    order = OrderFactory(service_subcategory=service, status=Order.Status.PUBLISHED)
    record = _publication(order, ago)

    first = provider.pk in told_of_record(record)
    ServiceProviderProfile.objects.filter(pk=provider.pk).update(is_verified_provider=False)

    assert [first, provider.pk in told_of_record(record)] == told
