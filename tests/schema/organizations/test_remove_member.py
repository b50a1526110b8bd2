"""Ending memberships, one's own and others'."""

import pytest

from apps.accounts.services.sessions import start_session
from apps.accounts.services.switching import switch_organization
from apps.organizations.events import MemberRemoved
from apps.organizations.models import Membership, ProjectUserObjectPermission, TeamMember
from kernel.viewer import SYSTEM, acting_as
from tests.factories.organizations import Firm, MembershipFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes


def places_in_teams() -> int:
    """How many places in teams there are."""
    with acting_as(SYSTEM):
        return TeamMember.objects.count()


def test_a_removed_member_is_out_at_once(graphql: GraphQL, firm: Firm):
    token, place = start_session(user=firm.manager).access_token, firm.place(firm.manager)
    firm.team(lead=firm.manager)
    firm.let_in(firm.manager, firm.project())

    with announced() as heard:
        answer = graphql.mutate(
            "removeMember",
            {"membershipId": gid(place)},
            "... on Membership { isDeleted }",
            by=firm.admin,
        )

    assert answer.data["removeMember"]["isDeleted"] is True
    assert graphql("{ me { id } }", token=token).code == "invalid_token"
    assert places_in_teams() == ProjectUserObjectPermission.objects.count() == 0
    told = MemberRemoved(
        organization_id=firm.organization.pk, user_id=firm.manager.pk, membership_id=place.pk
    )
    assert heard == [told]
    assert told.topics() == [f"organization:{firm.organization.pk}", f"user:{firm.manager.pk}"]


@pytest.mark.parametrize("who", ["salesperson", "suspended"])
def test_everybody_may_leave(graphql: GraphQL, firm: Firm, who: str):
    by = getattr(firm, who)
    given = {"membershipId": gid(firm.place(by))}

    answer = graphql.mutate("removeMember", given, "... on Membership { isDeleted }", by=by)

    assert answer.data["removeMember"]["isDeleted"] is True
    assert not Membership.objects.filter(user=by).exists()


def test_who_leaves_while_acting_for_another_organization_leaves_its_teams_too(
    graphql: GraphQL, firm: Firm
):
    own = MembershipFactory(user=firm.manager, organization__name="Elsewhere")
    start_session(user=firm.manager)
    token = switch_organization(
        session_id=firm.manager.sessions.get().pk, organization=own.organization
    ).access_token
    firm.team(lead=firm.manager)
    document = "mutation($id: ID!) { removeMember(input: {membershipId: $id}) { __typename } }"

    graphql(document, {"id": gid(firm.place(firm.manager))}, token=token)

    assert places_in_teams() == 0
    assert Membership.objects.get(user=firm.manager) == own


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("manager", "not_allowed"),
        ("suspended", "not_found"),
        ("stranger", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_others_are_removed_by_those_who_manage_members(
    graphql: GraphQL, firm: Firm, who: str, code: str
):
    given, by = {"membershipId": gid(firm.place(firm.member))}, getattr(firm, who)

    with nothing_changes():
        assert graphql.mutate("removeMember", given, by=by).code == code


def test_an_administrator_removes_no_owner(graphql: GraphQL, firm: Firm):
    given, by = {"membershipId": gid(firm.place(firm.owner))}, firm.admin
    MembershipFactory(organization=firm.organization)

    with nothing_changes():
        assert graphql.mutate("removeMember", given, by=by).code == "not_allowed"


def test_the_last_owner_cannot_leave(graphql: GraphQL, firm: Firm):
    given, by = {"membershipId": gid(firm.place(firm.owner))}, firm.owner

    with nothing_changes():
        assert graphql.mutate("removeMember", given, by=by).code == "last_owner"


def test_a_place_that_was_left_is_not_found(graphql: GraphQL, firm: Firm):
    place, by = firm.place(firm.member), firm.owner
    place.soft_delete()

    with nothing_changes():
        assert graphql.mutate("removeMember", {"membershipId": gid(place)}, by=by).code == (
            "not_found"
        )


def test_owners_who_all_leave_at_once_leave_one_behind(transactional_db: None):
    firm, call = Firm(), GraphQL()
    places = [MembershipFactory(organization=firm.organization) for _ in range(6)]

    race(
        *[
            lambda place=place: call.mutate(
                "removeMember", {"membershipId": gid(place)}, by=place.user
            )
            for place in places
        ]
    )

    assert Membership.objects.active().owners().count() == 1
