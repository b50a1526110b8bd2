"""Leads, and the providers who have them."""

from datetime import timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from apps.leads.models import Lead, LeadAssignment, LeadMatch
from apps.leads.services.handing import claim_lead
from kernel import clock
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory
from tests.factories.credits import give_credits
from tests.factories.providers import ProviderFactory


class LeadFactory(DjangoModelFactory[Lead]):
    """A verified lead; ``pending=True`` is one that waits for its code."""

    class Meta:
        model = Lead

    class Params:
        pending = factory.Trait(
            status=Lead.Status.PENDING,
            expires_at=factory.LazyFunction(lambda: clock.now() + timedelta(hours=24)),
        )

    client: Any = factory.SubFactory(UserFactory)
    category: Any = factory.SubFactory(CategoryFactory)
    title = "A new roof"
    contact_name = "Sam"
    contact_phone = "+27821234567"
    contact_email = "sam@example.org"
    address = "12 Lower Main Road"
    city = "Cape Town"
    country = "ZA"
    currency = "ZAR"
    status = Lead.Status.VERIFIED


class LeadAssignmentFactory(DjangoModelFactory[LeadAssignment]):
    """A lead that a provider has, and paid for; ``refunded=True`` is one that was given back."""

    class Meta:
        model = LeadAssignment

    class Params:
        refunded = factory.Trait(
            status=LeadAssignment.Status.REFUNDED,
            refund_status=LeadAssignment.RefundStatus.APPROVED,
        )

    lead: Any = factory.SubFactory(LeadFactory)
    provider: Any = factory.SubFactory(ProviderFactory)
    currency = factory.SelfAttribute("lead.currency")
    match_score = 80
    credit_cost = 2


def open_lead(**fields: Any) -> Lead:
    """A lead that providers may have for four credits, with three seats."""
    usual = {"price": 4, "matched_at": clock.now(), "expires_at": clock.now() + timedelta(days=7)}
    return LeadFactory(**(usual | fields))


def offer(lead: Lead, provider: Any, **fields: Any) -> LeadMatch:
    """A provider who was told that it may have a lead."""
    usual = {"rank": lead.matches.count() + 1, "score": 70, "parts": {}, "scoring_version": 1}
    told = {"state": LeadMatch.State.OFFERED, "offered_at": clock.now()}
    match: LeadMatch = LeadMatch.objects.create(
        lead=lead, provider=provider, **(usual | told | fields)
    )
    return match


def bought_lead(provider: Any, *, credits: int = 4, **fields: Any) -> LeadAssignment:
    """A lead that a provider claimed and paid for, with all that belongs to it."""
    return bought(open_lead(**({"price": credits} | fields)), provider)


def bought(lead: Lead, provider: Any) -> LeadAssignment:
    """A seat of an open lead, which a provider claims, paying with credits that it is given."""
    offer(lead, provider)
    give_credits(provider, lead.price or 0)
    return claim_lead(lead=lead, provider=provider)
