"""Making an order of a lead that was won."""

from typing import Any

import pytest

from apps.catalog.models import ServiceSubcategory
from apps.leads.events import LeadConverted
from apps.leads.models import Lead, LeadAssignment
from apps.leads.services.outcomes import quote_lead, win_lead
from apps.orders.models import Bid, Order
from apps.providers.models import ServiceProviderProfile
from kernel.invariants import invariants
from kernel.money import Money
from tests.factories.cast import Cast
from tests.factories.catalog import AreaFactory, CategoryFactory, SubcategoryFactory
from tests.factories.leads import LeadFactory, bought_lead
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

LEAD = """... on Lead { status version order {
  id status title description city location urgency currency
  serviceSubcategory { id } assignment { bid { status amount { amount currency } } provider { id } }
} }"""
QUOTE = Money(850_00, "ZAR")


def _won(cast: Cast, *, quote: Money | None = QUOTE, **fields: Any) -> LeadAssignment:
    """A lead of Ben's for a service that Ada won, at a price where one is named."""
    service = SubcategoryFactory()
    details = {"subcategory": service, "category": service.category, "urgency": "HIGH"}
    assert cast.ben_client
    held = bought_lead(cast.ada_business, **({"client": cast.ben} | details | fields))
    if quote is not None:
        quote_lead(assignment=held, amount=quote)
    return win_lead(assignment=held)


def _convert(graphql: GraphQL, lead: Lead, *, by: Any = None, **more: Any) -> Answer:
    return graphql.mutate("convertLeadToOrder", {"leadId": gid(lead), **more}, LEAD, by=by)


def _rand(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "ZAR"}


def test_it_becomes_an_order_of_who_won_it_at_the_quote(graphql: GraphQL, cast: Cast):
    held = _won(cast, description="The roof leaks.")
    version = Lead.objects.get().version

    with announced() as heard:
        shown = _convert(graphql, held.lead, by=cast.ben, version=version)

    converted, order = shown.data["convertLeadToOrder"], Order.objects.get()
    assert converted == {
        "__typename": "Lead",
        "status": "CONVERTED",
        "version": version + 1,
        "order": {
            "id": gid(order),
            "status": "ASSIGNED",
            "title": "A new roof",
            "description": "The roof leaks.",
            "city": "Cape Town",
            "location": "12 Lower Main Road",
            "urgency": "HIGH",
            "currency": "ZAR",
            "serviceSubcategory": {"id": gid(held.lead.subcategory)},
            "assignment": {
                "bid": {"status": "ACCEPTED", "amount": _rand("850.00")},
                "provider": {"id": gid(held.provider)},
            },
        },
    }
    assert (order.client_profile, order.area) == (cast.ben_client, None)
    assert heard[-1] == LeadConverted(
        lead_id=held.lead_id, client_user_id=cast.ben.pk, order_id=order.pk
    )
    assert [found.rule for found in invariants() if found.breaches()] == []


def test_an_answer_to_the_lead_is_not_counted_again(graphql: GraphQL, cast: Cast):
    held = _won(cast)
    held.provider.refresh_from_db()
    before = (held.provider.responses, held.provider.response_seconds)

    _convert(graphql, held.lead, by=cast.ben)

    held.provider.refresh_from_db()
    assert (held.provider.responses, held.provider.response_seconds) == before
    assert held.provider.jobs_taken == 1


def test_price_and_service_may_be_said_now(graphql: GraphQL, cast: Cast):
    area = AreaFactory()
    held = _won(cast, quote=None, subcategory=None, area=area)
    service = SubcategoryFactory(category=held.lead.category)

    shown = _convert(
        graphql,
        held.lead,
        by=cast.ben,
        serviceSubcategoryId=gid(service),
        amount=_rand("700"),
    ).data["convertLeadToOrder"]

    assert shown["order"]["serviceSubcategory"] == {"id": gid(service)}
    assert shown["order"]["assignment"]["bid"]["amount"] == _rand("700.00")
    assert Order.objects.get().area == area


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"quote": None}, "quote_needed", "amount"),
        ({"subcategory": None}, "service_needed", "serviceSubcategoryId"),
    ],
    ids=["quote", "service"],
)
def test_what_is_not_known_has_to_be_said(
    graphql: GraphQL, cast: Cast, fields: dict[str, Any], code: str, field: str
):
    held, ben = _won(cast, **fields), cast.ben

    with nothing_changes():
        answer = _convert(graphql, held.lead, by=ben)

    assert (answer.refusal["code"], answer.refusal["field"]) == (code, field)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"amount": _rand("0")}, "amount_not_positive"),
        ({"amount": {"amount": "5", "currency": "USD"}}, "currency_mismatch"),
        ({"serviceSubcategoryId": gid(ServiceSubcategory(pk="0" * 32))}, "not_found"),
        ({"serviceSubcategoryId": gid(Lead(pk="0" * 32))}, "invalid_id"),
        ({"version": 1}, "version_conflict"),
    ],
    ids=["amount", "currency", "service", "type", "version"],
)
def test_bad_input_is_refused(graphql: GraphQL, cast: Cast, more: dict[str, Any], code: str):
    held, ben = _won(cast), cast.ben

    with nothing_changes():
        answer = _convert(graphql, held.lead, by=ben, **more)

    assert answer.code == code


@pytest.mark.parametrize("status", [status for status in Lead.Status if status != "WON"])
def test_only_what_was_won_becomes_one(graphql: GraphQL, cast: Cast, status: str):
    assert cast.ben_client
    lead, ben = LeadFactory(client=cast.ben, status=status), cast.ben

    with nothing_changes():
        answer = _convert(graphql, lead, by=ben)

    assert answer.code == "illegal_transition"


def test_it_becomes_one_once(graphql: GraphQL, cast: Cast):
    held, ben = _won(cast), cast.ben
    _convert(graphql, held.lead, by=ben)

    with nothing_changes():
        again = _convert(graphql, held.lead, by=ben)

    assert again.code == "illegal_transition"
    assert (Order.objects.count(), Bid.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"is_verified_provider": False}, "provider_not_verified"),
        ({"is_available": False}, "provider_not_available"),
    ],
    ids=["unverified", "unavailable"],
)
def test_who_won_has_to_be_able_to_take_it(
    graphql: GraphQL, cast: Cast, change: dict[str, Any], code: str
):
    held, ben = _won(cast), cast.ben
    ServiceProviderProfile.objects.update(**change)

    with nothing_changes():
        answer = _convert(graphql, held.lead, by=ben)

    assert answer.code == code


def test_a_licence_that_the_branch_asks_for_is_asked_for_here_too(graphql: GraphQL, cast: Cast):
    service = SubcategoryFactory(category=CategoryFactory(requires_license=True))
    held, ben = _won(cast, subcategory=service, category=service.category), cast.ben

    with nothing_changes():
        answer = _convert(graphql, held.lead, by=ben)

    assert answer.code == "license_required"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("cleo", "not_found"),
        ("dora", "not_allowed"),
        ("eve", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_nobody_else_makes_it_one(graphql: GraphQL, cast: Cast, who: str, code: str):
    held, user = _won(cast), getattr(cast, who)

    with nothing_changes():
        answer = _convert(graphql, held.lead, by=user)

    assert answer.code == code
