"""The providers of the demo data, their documents and figures, as services would leave them."""

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain
from typing import Any

import pytest
from django.db import transaction

from apps.orders.models import Bid, OrderAssignment
from apps.providers.hours import check_hours, check_schedule
from apps.providers.models import (
    ProviderAddonPrice,
    ProviderDocument,
    ProviderHoursException,
    ProviderTimeOff,
    ServiceProviderProfile,
)
from kernel import clock
from kernel.zones import check_zone
from server.management.commands.load_demo import plan

pytestmark = pytest.mark.django_db

Planned = dict[type, list[Any]]


@pytest.fixture(scope="module")
def planned(django_db_setup: None, django_db_blocker: Any) -> Planned:
    """The rows of the demo data by their models, hardly any of them stored."""
    found = defaultdict(list)
    with django_db_blocker.unblock(), transaction.atomic():
        for row in chain.from_iterable(plan(2026)):
            found[type(row)].append(row)
        transaction.set_rollback(True)
    return found


def test_documents_wait_hold_and_are_about_to_end(planned: Planned):
    documents = planned[ProviderDocument]
    today = clock.today()

    statuses = Counter(document.status for document in documents)
    ending = [
        document
        for document in documents
        if document.status == "APPROVED"
        and document.expires_date
        and document.expires_date <= today + timedelta(days=30)
    ]

    assert statuses.keys() >= {"PENDING", "APPROVED", "REJECTED"}
    assert ending and all(document.expires_date > today for document in ending)
    waiting = [(d.provider.pk, d.document_type) for d in documents if d.status == "PENDING"]
    assert len(waiting) == len({*waiting})


def test_who_is_verified_showed_who_it_is(planned: Planned):
    shown = {
        document.provider.pk
        for document in planned[ProviderDocument]
        if document.status == "APPROVED" and document.document_type in ("IDENTITY", "REGISTRATION")
    }

    verified = {p.pk for p in planned[ServiceProviderProfile] if p.is_verified_provider}

    assert verified and verified == shown


def test_calendars_can_be_kept_where_their_providers_are(planned: Planned):
    providers = planned[ServiceProviderProfile]

    for provider in providers:
        check_zone(provider.time_zone)
        check_schedule(provider.availability_schedule)
    for exception in planned[ProviderHoursException]:
        check_hours(exception.hours)
        assert exception.date >= clock.today(exception.provider.time_zone)
    for off in planned[ProviderTimeOff]:
        assert clock.now() < off.starts_at < off.ends_at

    assert len({provider.time_zone for provider in providers}) > 1
    assert planned[ProviderHoursException] and planned[ProviderTimeOff]


def test_addons_have_prices_in_their_services_currency(planned: Planned):
    prices = planned[ProviderAddonPrice]

    assert prices
    for price in prices:
        assert price.currency == price.service.currency
        assert price.addon.subcategory == price.service.subcategory


def test_figures_are_those_of_the_work_that_was_done(planned: Planned):
    bids = Counter(bid.provider.pk for bid in planned[Bid])
    taken = Counter(work.provider.pk for work in planned[OrderAssignment])

    for provider in planned[ServiceProviderProfile]:
        assert provider.average_rating == _share(provider.rating_sum, provider.total_reviews)
        assert provider.completion_rate == _share(
            100 * provider.jobs_completed, provider.jobs_taken
        )
        assert (provider.responses, provider.jobs_taken) == (bids[provider.pk], taken[provider.pk])
        assert provider.total_reviews <= provider.jobs_completed <= provider.jobs_taken
        assert (provider.response_time_minutes is None) == (provider.responses == 0)


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(part) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP) if whole else Decimal(0)
