"""Making organizations."""

from typing import Any

import pytest

from apps.organizations.events import OrganizationCreated
from apps.organizations.models import Membership, Organization
from tests.factories.accounts import UserFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL
from tests.support.unchanged import nothing_changes

SHOW = "... on Organization { name email currency timezone settings salesGoal { amount } }"
FULL = {
    "name": "Kilimani Light",
    "email": "office@kilimani.example",
    "currency": "KES",
    "timezone": "Africa/Nairobi",
    "settings": {"week": "monday"},
    "salesGoal": {"amount": "150000", "currency": "KES"},
}


def test_whoever_makes_it_owns_it(graphql: GraphQL):
    user = UserFactory()

    with announced() as heard:
        answer = graphql.mutate("createOrganization", FULL, SHOW, by=user)

    shown, organization = answer.data["createOrganization"], Organization.objects.get()
    assert shown["salesGoal"] == {"amount": "150000.00"}
    assert {name: shown[name] for name in ("name", "email", "currency", "settings")} == {
        name: FULL[name] for name in ("name", "email", "currency", "settings")
    }
    assert Membership.objects.owners().get().user == user
    assert heard == [OrganizationCreated(organization_id=organization.pk, owner_id=user.pk)]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": ""}, "blank"),
        ({"email": "nonsense"}, "invalid"),
        ({"currency": "ZZZ", "salesGoal": None}, "invalid_currency"),
        ({"timezone": "Mars/Olympus"}, "unknown_timezone"),
        ({"settings": [1]}, "invalid_settings"),
        ({"settings": {"text": "x" * 10_000}}, "invalid_settings"),
        ({"salesGoal": {"amount": "5", "currency": "USD"}}, "currency_mismatch"),
    ],
    ids=str,
)
def test_bad_input_is_refused_with_its_code(graphql: GraphQL, given: dict[str, Any], code: str):
    user = UserFactory()

    with nothing_changes():
        answer = graphql.mutate("createOrganization", FULL | given, by=user)

    assert code in {m["code"] for m in answer.data["createOrganization"]["messages"]}


def test_the_signed_out_make_none(graphql: GraphQL):
    with nothing_changes():
        assert graphql.mutate("createOrganization", FULL).code == "not_signed_in"


def test_a_repeat_under_the_same_key_makes_no_second_one(graphql: GraphQL):
    user = UserFactory()

    for _ in range(2):
        graphql.mutate("createOrganization", FULL | {"idempotencyKey": "once"}, by=user)

    assert Organization.objects.count() == 1
