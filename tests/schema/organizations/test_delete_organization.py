"""Giving organizations up."""

import pytest
from pytest_django import Settings

from apps.accounts.services.sessions import start_session
from apps.organizations.events import OrganizationDeleted
from apps.organizations.models import Membership, Organization
from tests.factories.organizations import Firm, MembershipFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes


def test_nobody_acts_for_it_any_more(graphql: GraphQL, firm: Firm):
    token, noise = start_session(user=firm.member).access_token, MembershipFactory()
    firm.role(name="Clerk")

    with announced() as heard:
        answer = graphql.mutate(
            "deleteOrganization",
            {"organizationId": gid(firm.organization)},
            "... on Done { ok }",
            by=firm.owner,
        )

    assert answer.data["deleteOrganization"]["ok"] is True
    assert graphql("{ me { id } }", token=token).code == "invalid_token"
    assert Organization.objects.get() == noise.organization
    (told,) = heard
    assert isinstance(told, OrganizationDeleted)
    assert set(told.topics()) == {
        f"organization:{firm.organization.pk}",
        f"user:{firm.owner.pk}",
        f"user:{firm.member.pk}",
    }


def test_brought_back_it_has_its_members_and_roles(graphql: GraphQL, firm: Firm):
    role, left = firm.role(name="Clerk"), firm.place(firm.salesperson)
    left.soft_delete()
    places = {firm.place(firm.owner), firm.place(firm.member)}
    graphql.mutate("deleteOrganization", {"organizationId": gid(firm.organization)}, by=firm.owner)

    Organization.objects.all_with_deleted().get(pk=firm.organization.pk).restore()

    assert set(Membership.objects.all()) == places
    role.refresh_from_db()
    assert not role.is_deleted


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("admin", "not_allowed"),
        ("member", "not_allowed"),
        ("suspended", "not_found"),
        ("stranger", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_an_owner_deletes_it(graphql: GraphQL, firm: Firm, who: str, code: str):
    given, by = {"organizationId": gid(firm.organization)}, getattr(firm, who)

    with nothing_changes():
        assert graphql.mutate("deleteOrganization", given, by=by).code == code


def test_one_of_two_owners_does_not_delete_it(graphql: GraphQL, firm: Firm):
    MembershipFactory(organization=firm.organization)
    given, by = {"organizationId": gid(firm.organization)}, firm.owner

    with nothing_changes():
        assert graphql.mutate("deleteOrganization", given, by=by).code == "other_owners"


def test_it_needs_a_fresh_proof(graphql: GraphQL, firm: Firm, settings: Settings):
    settings.STEP_UP_SECONDS = 0
    given, by = {"organizationId": gid(firm.organization)}, firm.owner

    with nothing_changes():
        assert graphql.mutate("deleteOrganization", given, by=by).code == "step_up_required"
