"""Who hears of a publication does not depend on when a process first asked."""

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from apps.core.models import EventRecord
from apps.orders.models import Order
from apps.providers.models import ServiceProviderProfile
from kernel import clock
from schema.orders.audiences import FRESH, is_told
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
    transactional_db: None, ago: timedelta, told: list[bool]
) -> None:
    service = SubcategoryFactory()
    provider = OfferedServiceFactory(subcategory=service).provider
    order = OrderFactory(service_subcategory=service, status=Order.Status.PUBLISHED)
    record = _publication(order, ago)

    async def ask() -> list[bool]:
        first = await is_told(provider.pk, record)
        await sync_to_async(_unverify)(provider)
        return [first, await is_told(provider.pk, record)]

    assert asyncio.run(ask()) == told


def _unverify(provider: ServiceProviderProfile) -> None:
    ServiceProviderProfile.objects.filter(pk=provider.pk).update(is_verified_provider=False)
    connections.close_all()
