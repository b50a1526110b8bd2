"""Naming a price for a job."""

from typing import Any

import pytest

from apps.leads.events import LeadQuoted
from apps.leads.models import LeadAssignment
from tests.factories.cast import Cast
from tests.factories.leads import bought_lead
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

HELD = "... on LeadAssignment { status quotedAt quoteAmount { amount currency } version }"


def _rand(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "ZAR"}


def _quote(
    graphql: GraphQL, held: LeadAssignment, amount: Any, *, by: Any = None, **more: Any
) -> Answer:
    given = {"assignmentId": gid(held), "amount": amount, **more}
    return graphql.mutate("quoteLead", given, HELD, by=by)


def test_a_provider_names_its_price_and_another_one(graphql: GraphQL, cast: Cast):
    held = bought_lead(cast.ada_business, client=cast.ben)

    with announced() as heard:
        first = _quote(graphql, held, _rand("850.5"), by=cast.ada, version=1).data["quoteLead"]
        again = _quote(graphql, held, _rand("0.01"), by=cast.ada, version=2).data["quoteLead"]

    held.provider.refresh_from_db()
    assert (first["status"], bool(first["quotedAt"]), first["version"]) == ("QUOTED", True, 2)
    assert first["quoteAmount"] == {"amount": "850.50", "currency": "ZAR"}
    assert again["quoteAmount"] == {"amount": "0.01", "currency": "ZAR"}
    assert held.provider.responses == 1
    told = LeadQuoted(
        lead_id=held.lead_id,
        client_user_id=cast.ben.pk,
        assignment_id=held.pk,
        provider_id=held.provider_id,
        provider_user_id=cast.ada.pk,
    )
    assert heard == [told, told]


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (_rand("0"), "amount_not_positive"),
        (_rand("-1"), "amount_not_positive"),
        (_rand("1.001"), "invalid_amount"),
        (_rand("Infinity"), "invalid_amount"),
        ({"amount": "80", "currency": "USD"}, "currency_mismatch"),
        ({"amount": "80", "currency": "XXQ"}, "invalid_amount"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value.values()),
)
def test_what_is_no_price_in_the_leads_currency_is_refused(
    graphql: GraphQL, cast: Cast, amount: dict[str, str], code: str
):
    held, ada = bought_lead(cast.ada_business, client=cast.ben), cast.ada

    with nothing_changes():
        answer = _quote(graphql, held, amount, by=ada)

    assert answer.code == code


@pytest.mark.parametrize("status", ["WON", "LOST", "REFUNDED"])
def test_of_what_is_over_nothing_comes(graphql: GraphQL, cast: Cast, status: str):
    held, ada = bought_lead(cast.ada_business, client=cast.ben), cast.ada
    LeadAssignment.objects.update(status=status)

    with nothing_changes():
        answer = _quote(graphql, held, _rand("80"), by=ada)

    assert answer.code == "not_running"


def test_a_version_that_is_old_is_refused(graphql: GraphQL, cast: Cast):
    held, ada = bought_lead(cast.ada_business, client=cast.ben), cast.ada

    with nothing_changes():
        answer = _quote(graphql, held, _rand("80"), by=ada, version=2)

    assert answer.code == "version_conflict"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("cleo", "not_found"),
        ("ben", "not_found"),
        ("dora", "not_found"),
        ("eve", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_nobody_else_names_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    held, user = bought_lead(cast.ada_business, client=cast.ben), getattr(cast, who)

    with nothing_changes():
        answer = _quote(graphql, held, _rand("80"), by=user)

    assert answer.code == code
