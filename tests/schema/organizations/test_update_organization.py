"""Changing what organizations are called and how they work."""

from typing import Any

import pytest
from pytest_django import Settings

from apps.accounts.services.sessions import start_session
from apps.organizations.events import OrganizationUpdated
from tests.factories.organizations import Firm, MembershipFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

SHOW = "... on Organization { name currency salesGoal { amount } settings version }"
UPDATE = (
    "mutation($input: UpdateOrganizationInput!) { updateOrganization(input: $input) {"
    " ... on Organization { requiresSecondFactor }"
    " ... on OperationInfo { messages { code } } } }"
)


def require(graphql: GraphQL, firm: Firm, value: bool, *, second_factor: bool) -> Answer:
    """Ask to require a second factor, by a session with or without one."""
    token = start_session(user=firm.owner, second_factor=second_factor).access_token
    given = {"id": gid(firm.organization), "requiresSecondFactor": value}
    return graphql(UPDATE, {"input": given}, token=token)


def test_what_is_given_changes_and_the_rest_stays(graphql: GraphQL, firm: Firm):
    firm.organization.settings = {"week": "monday"}
    firm.organization.save()
    given = {
        "id": gid(firm.organization),
        "name": "Ada & Daughters",
        "salesGoal": {"amount": "900.50", "currency": "USD"},
        "version": 2,
    }

    with announced() as heard:
        answer = graphql.mutate("updateOrganization", given, SHOW, by=firm.owner)

    assert answer.data["updateOrganization"] == {
        "__typename": "Organization",
        "name": "Ada & Daughters",
        "currency": "USD",
        "salesGoal": {"amount": "900.50"},
        "settings": {"week": "monday"},
        "version": 3,
    }
    assert heard == [OrganizationUpdated(organization_id=firm.organization.pk)]


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("admin", "not_allowed"),
        ("member", "not_allowed"),
        ("suspended", "not_allowed"),
        ("stranger", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_who_manages_it_changes_it(graphql: GraphQL, firm: Firm, who: str, code: str):
    given, by = {"id": gid(firm.organization), "name": "X"}, getattr(firm, who)

    with nothing_changes():
        assert graphql.mutate("updateOrganization", given, by=by).code == code


def test_it_is_changed_by_those_who_act_for_it(graphql: GraphQL, firm: Firm):
    other = MembershipFactory(user=firm.owner).organization
    given, by = {"id": gid(other), "name": "X"}, firm.owner

    with nothing_changes():
        assert graphql.mutate("updateOrganization", given, by=by).code == "not_allowed"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": None}, "blank"),
        ({"timezone": "Mars/Olympus"}, "unknown_timezone"),
        ({"settings": "text"}, "invalid_settings"),
        ({"settings": None}, "invalid_settings"),
        ({"salesGoal": {"amount": "5", "currency": "EUR"}}, "currency_mismatch"),
        ({"version": 9}, "version_conflict"),
    ],
    ids=str,
)
def test_bad_input_is_refused_with_its_code(
    graphql: GraphQL, firm: Firm, given: dict[str, Any], code: str
):
    by, changes = firm.owner, {"id": gid(firm.organization), **given}

    with nothing_changes():
        assert graphql.mutate("updateOrganization", changes, by=by).code == code


def test_the_currency_does_not_change_beneath_a_goal(graphql: GraphQL, firm: Firm):
    firm.organization.sales_goal = 5000
    firm.organization.save()
    goal = {"amount": "80", "currency": "EUR"}
    given, by = {"id": gid(firm.organization), "currency": "EUR"}, firm.owner

    with nothing_changes():
        alone = graphql.mutate("updateOrganization", given, by=by)
    both = graphql.mutate("updateOrganization", given | {"salesGoal": goal}, SHOW, by=by)

    assert alone.code == "currency_mismatch"
    assert both.data["updateOrganization"]["salesGoal"] == {"amount": "80.00"}


def test_who_showed_a_second_factor_may_require_it(graphql: GraphQL, firm: Firm):
    answer = require(graphql, firm, True, second_factor=True)

    assert answer.data["updateOrganization"] == {"requiresSecondFactor": True}


def test_who_showed_none_would_be_locked_out(graphql: GraphQL, firm: Firm):
    assert require(graphql, firm, True, second_factor=False).code == "second_factor_required"
    firm.organization.refresh_from_db()
    assert not firm.organization.requires_second_factor


@pytest.mark.parametrize("value", [True, False])
def test_to_require_it_or_no_longer_needs_a_fresh_proof(
    graphql: GraphQL, firm: Firm, settings: Settings, value: bool
):
    settings.STEP_UP_SECONDS = 0

    answer = require(graphql, firm, value, second_factor=True)

    assert answer.code == "step_up_required"


def test_members_without_one_may_do_nothing_until_they_show_one(graphql: GraphQL, firm: Firm):
    require(graphql, firm, True, second_factor=True)
    token = start_session(user=firm.manager, second_factor=True).access_token
    document = "{ teams { totalCount } organizations { totalCount } }"
    create = (
        'mutation { createTeam(input: {name: "A"}) { ... on OperationInfo { messages { code } } } }'
    )

    without = graphql(create, token=start_session(user=firm.manager).access_token)
    with_one = graphql(create, token=token)

    assert without.code == "second_factor_required"
    assert with_one.data == {"createTeam": {}}
    assert graphql(document, token=token).data["teams"] == {"totalCount": 1}
    assert graphql(document, by=firm.manager).data["teams"] == {"totalCount": 0}
