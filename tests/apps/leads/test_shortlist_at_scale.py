"""Among 10,000 providers, indexes find those who may have a lead."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Avg
from django.test.utils import CaptureQueriesContext

from apps.leads.configuration import MATCHING
from apps.leads.models import Lead
from apps.leads.shortlist import MOST_REJECTED, Terms, shortlist
from apps.providers.models import ServiceProviderProfile
from kernel import clock
from tests.factories.catalog import AreaFactory
from tests.factories.leads import LeadFactory
from tests.support.crowd import gather
from tests.support.plans import plans
from tests.support.settled import settle

pytestmark = [pytest.mark.soak, pytest.mark.django_db, pytest.mark.timeout(600)]

TABLE = ServiceProviderProfile._meta.db_table


@pytest.fixture(scope="module")
def lead(django_db_setup: None, django_db_blocker: Any) -> Iterator[Lead]:
    """A lead for a cleaner in the largest of 200 cities, until the module is done."""
    with django_db_blocker.unblock(), transaction.atomic():
        cleaning = gather(10_000)[0]
        centre = ServiceProviderProfile.objects.filter(city="City 1").aggregate(
            latitude=Avg("latitude"), longitude=Avg("longitude")
        )
        area = AreaFactory(city="City 1", country="", **centre)
        some = ServiceProviderProfile.objects.filter(city="City 2").order_by("pk")[:20]
        area.providers.set(some)
        settle()
        yield LeadFactory(category=cleaning, country="", city="City 1", **centre)
        transaction.set_rollback(True)


@pytest.mark.parametrize("by", ["place", "area"])
def test_providers_are_found_by_indexes(lead: Lead, by: str) -> None:
    lead.area = lead.area if by == "place" else AreaFactory._meta.model.objects.get(city="City 1")
    with CaptureQueriesContext(connection) as captured:
        found = list(shortlist(lead, Terms(clock.now(), MATCHING, 30, 20)))

    *_, plan = plans(captured, TABLE)
    assert len(found) == 30 + MOST_REJECTED
    assert "provider_location" in plan
    assert f"Seq Scan on {TABLE} " not in plan
