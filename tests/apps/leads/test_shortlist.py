"""Which providers may have a lead, in which order, and why others may not."""

from datetime import timedelta
from typing import Any

import pytest

from apps.leads.configuration import MATCHING
from apps.leads.models import LeadPreference
from apps.leads.shortlist import MOST_REJECTED, Terms, shortlisted
from apps.providers.models import ServiceProviderProfile
from kernel import clock
from tests.factories.catalog import AreaFactory, CategoryFactory, SubcategoryFactory
from tests.factories.leads import LeadAssignmentFactory, LeadFactory
from tests.factories.providers import (
    DocumentFactory,
    OfferedServiceFactory,
    ProviderFactory,
    TimeOffFactory,
)

pytestmark = pytest.mark.django_db

#: In Cape Town, some kilometres from where the factories' providers are.
HERE = {"latitude": -33.92, "longitude": 18.42}


def terms(**changes: Any) -> Terms:
    """The usual terms."""
    return Terms(**({"now": clock.now(), "weights": MATCHING, "most": 30, "busy": 20} | changes))


class Trade:
    """A branch of work and a lead in it."""

    def __init__(self, **fields: Any) -> None:
        self.service = SubcategoryFactory(**fields)
        self.lead = LeadFactory(category=self.service.category, **HERE)

    def provider(self, **fields: Any) -> ServiceProviderProfile:
        """A provider who does such work."""
        provider = ProviderFactory(**fields)
        OfferedServiceFactory(provider=provider, subcategory=self.service)
        return provider

    def found(self, **changes: Any) -> dict[ServiceProviderProfile, str]:
        """Who was found, in order, with the reasons why not."""
        return {row: row.reason for row in shortlisted(self.lead, terms(**changes))}


@pytest.fixture
def trade() -> Trade:
    """Plumbing, say."""
    return Trade()


def test_those_who_do_such_work_there_are_found(trade: Trade):
    near = trade.provider()
    trade.provider(latitude=-26.2, longitude=28.0)
    ProviderFactory()
    OfferedServiceFactory(subcategory=SubcategoryFactory())

    assert trade.found() == {near: ""}


def test_a_service_below_the_branch_counts(trade: Trade):
    below = SubcategoryFactory(category=CategoryFactory(parent=trade.service.category))
    provider = OfferedServiceFactory(subcategory=below).provider

    assert trade.found() == {provider: ""}


def test_where_a_service_is_named_others_of_the_branch_do_not_count(trade: Trade):
    provider = trade.provider()
    OfferedServiceFactory(subcategory=SubcategoryFactory(category=trade.service.category))
    trade.lead.subcategory = trade.service

    assert trade.found() == {provider: ""}


def test_what_is_not_on_offer_does_not_count(trade: Trade):
    OfferedServiceFactory(subcategory=trade.service, is_available=False)
    OfferedServiceFactory(subcategory=trade.service).soft_delete()

    assert trade.found() == {}


@pytest.mark.parametrize(("radius", "is_found"), [(3, False), (5, True)])
def test_a_provider_goes_as_far_as_it_says(trade: Trade, radius: int, is_found: bool):
    provider = trade.provider(travel_radius=radius)

    assert (provider in trade.found()) is is_found


def test_who_works_in_the_area_is_found_wherever_its_base_is(trade: Trade):
    area = AreaFactory(city="Cape Town")
    far, nowhere = (
        trade.provider(latitude=-26.2, longitude=28.0),
        trade.provider(latitude=None, longitude=None),
    )
    for provider in (far, nowhere):
        provider.service_areas.add(area)
    trade.lead.area = area

    assert set(trade.found()) == {far, nowhere}


def test_a_lead_that_names_but_its_city_is_in_the_areas_of_that(trade: Trade):
    area = AreaFactory(city="Cape Town", country="ZA")
    inside = trade.provider(latitude=None, longitude=None)
    inside.service_areas.add(area)
    trade.lead.latitude = trade.lead.longitude = None
    trade.lead.city = "cape town"

    assert inside in trade.found()


def test_a_lead_in_a_city_of_no_area_is_for_nobody(trade: Trade):
    trade.provider()
    trade.lead.latitude = trade.lead.longitude = None
    trade.lead.city = "Nowhere"

    assert trade.found() == {}


def test_a_lead_is_not_for_the_business_of_its_own_client(trade: Trade):
    trade.lead.client = trade.provider().user_profile.user

    assert trade.found() == {}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda p: _set(p, is_verified_provider=False), "NOT_VERIFIED"),
        (lambda p: _set(p, is_available=False), "NOT_AVAILABLE"),
        (lambda p: _away(p), "AWAY"),
        (lambda p: LeadPreference.objects.create(provider=p, mode="NONE"), "NOT_WANTED"),
        (lambda p: [LeadAssignmentFactory(provider=p) for _ in range(3)], "TOO_BUSY"),
    ],
)
def test_who_cannot_have_it_is_told_why_not(trade: Trade, change: Any, reason: str):
    provider = trade.provider()
    change(provider)

    assert trade.found(busy=3) == {provider: reason}


def test_a_time_away_that_is_over_or_to_come_is_no_reason(trade: Trade):
    provider, now = trade.provider(), clock.now()
    for start, end in ((-2, -1), (1, 2)):
        TimeOffFactory(
            provider=provider,
            starts_at=now + timedelta(days=start),
            ends_at=now + timedelta(days=end),
        )

    assert trade.found() == {provider: ""}


def test_who_lacks_a_document_that_a_branch_above_asks_for_cannot_have_it():
    root = CategoryFactory(requires_insurance=True)
    trade = Trade(category=CategoryFactory(parent=root))
    with_it, without, expired, of_another = (trade.provider() for _ in range(4))
    paper = {"document_type": "INSURANCE", "approved": True}
    DocumentFactory(provider=with_it, category=root, **paper)
    DocumentFactory(provider=expired, expires_date="2020-01-01", **paper)
    DocumentFactory(provider=of_another, category=CategoryFactory(), **paper)

    missing = "DOCUMENTS_MISSING"
    assert trade.found() == {with_it: "", without: missing, expired: missing, of_another: missing}


def test_the_better_comes_first_by_each_part(trade: Trade):
    now = clock.now()
    worst = {"rating_sum": 5, "total_reviews": 5, "response_time_minutes": 600}
    for part, better, worse in (
        ("distance", {}, {"latitude": -34.1}),
        ("rating", {"rating_sum": 50, "total_reviews": 10}, worst),
        ("response", {"response_time_minutes": 5}, {"response_time_minutes": 300}),
        ("record", {"leads_received": 8, "leads_won": 6}, {"leads_received": 8}),
    ):
        weights = dict.fromkeys(MATCHING, 0) | {part: 1}
        one, other = trade.provider(**better), trade.provider(**worse)

        found = [*trade.found(weights=weights)]

        assert found.index(one) < found.index(other), part
        assert shortlisted(trade.lead, terms(now=now))[0].parts.keys() == MATCHING.keys()


@pytest.mark.parametrize("part", ["load", "fairness"])
def test_who_has_fewer_leads_comes_first(trade: Trade, part: str):
    busy, free = trade.provider(), trade.provider()
    LeadAssignmentFactory(provider=busy)
    LeadAssignmentFactory(provider=free, refunded=True)

    assert [*trade.found(weights={part: 1})] == [free, busy]


def test_the_same_gives_the_same(trade: Trade):
    for _ in range(5):
        trade.provider()
    at = terms()

    first, second = ([(row.pk, row.total) for row in shortlisted(trade.lead, at)] for _ in "ab")

    assert first == second
    assert len(first) == 5


def test_the_best_are_kept_and_some_of_those_who_cannot_have_it(trade: Trade):
    for _ in range(4):
        trade.provider()
    for _ in range(MOST_REJECTED + 2):
        trade.provider(is_available=False)

    found = trade.found(most=3)

    assert [*found.values()] == [""] * 3 + ["NOT_AVAILABLE"] * MOST_REJECTED


def test_it_is_one_statement(trade: Trade, django_assert_num_queries: Any):
    trade.provider()
    trade.lead.area = AreaFactory()

    with django_assert_num_queries(3):  # Two are for the branch, and the documents it asks for.
        shortlisted(trade.lead, terms())


def _set(provider: ServiceProviderProfile, **fields: Any) -> None:
    ServiceProviderProfile.objects.filter(pk=provider.pk).update(**fields)


def _away(provider: ServiceProviderProfile) -> None:
    now = clock.now()
    TimeOffFactory(
        provider=provider, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1)
    )
