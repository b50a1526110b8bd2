"""Giving members other roles."""

from uuid import UUID

import pytest
from pytest_django import Settings

from apps.core.models import AuditEntry
from apps.organizations.events import MemberRoleChanged
from apps.organizations.models import Membership
from apps.organizations.services.organizations import system_role
from tests.factories.organizations import Firm, MembershipFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes

SHOW = "... on Membership { role { name } version }"


def change(membership: Membership, named: str) -> dict[str, str]:
    """What giving a system role to a member takes."""
    return {"membershipId": gid(membership), "roleId": gid(system_role(named))}


def test_a_member_has_the_rights_of_the_new_role_at_once(graphql: GraphQL, firm: Firm):
    place = firm.place(firm.member)
    given = change(place, "manager")

    with announced() as heard:
        answer = graphql.mutate("changeMemberRole", given, SHOW, by=firm.admin)

    role = system_role("manager")
    assert answer.data["changeMemberRole"]["role"] == {"name": "manager"}
    assert graphql.mutate("createTeam", {"name": "North"}, by=firm.member).data
    assert heard == [
        MemberRoleChanged(
            organization_id=firm.organization.pk,
            user_id=firm.member.pk,
            membership_id=place.pk,
            role_id=role.pk,
        )
    ]
    assert heard[0].topics()[1] == f"user:{firm.member.pk}"


def test_who_gave_it_is_in_the_audit_trail(graphql: GraphQL, firm: Firm):
    place = firm.place(firm.member)
    given = change(place, "verifier")

    graphql.mutate("changeMemberRole", given, by=firm.admin)

    entry = AuditEntry.objects.get(object_id=place.pk, action="UPDATE")
    assert entry.actor_id == firm.admin.pk
    assert entry.organization_id == firm.organization.pk
    assert UUID(entry.changes["role_id"][1]) == system_role("verifier").pk


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("manager", "not_allowed"),
        ("member", "not_allowed"),
        ("suspended", "not_allowed"),
        ("stranger", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_those_who_manage_members_do_so(graphql: GraphQL, firm: Firm, who: str, code: str):
    given, by = change(firm.place(firm.salesperson), "member"), getattr(firm, who)

    with nothing_changes():
        assert graphql.mutate("changeMemberRole", given, by=by).code == code


def test_it_needs_a_fresh_proof(graphql: GraphQL, firm: Firm, settings: Settings):
    settings.STEP_UP_SECONDS = 0
    given, by = change(firm.place(firm.member), "manager"), firm.owner

    with nothing_changes():
        assert graphql.mutate("changeMemberRole", given, by=by).code == "step_up_required"


def test_an_administrator_makes_no_owners(graphql: GraphQL, firm: Firm):
    given, by = change(firm.place(firm.member), "owner"), firm.admin

    with nothing_changes():
        assert graphql.mutate("changeMemberRole", given, by=by).code == "permission_not_held"


def test_an_administrator_does_not_make_himself_an_owner(graphql: GraphQL, firm: Firm):
    given, by = change(firm.place(firm.admin), "owner"), firm.admin

    with nothing_changes():
        assert graphql.mutate("changeMemberRole", given, by=by).code == "permission_not_held"


def test_an_administrator_takes_no_owners_role(graphql: GraphQL, firm: Firm):
    given, by = change(firm.place(firm.owner), "member"), firm.admin
    MembershipFactory(organization=firm.organization)

    with nothing_changes():
        assert graphql.mutate("changeMemberRole", given, by=by).code == "not_allowed"


def test_nobody_gives_a_reach_that_is_not_theirs(graphql: GraphQL, firm: Firm):
    near = firm.role("members.manage", "crm.read", "sales.read", reach="TEAM")
    by = MembershipFactory(organization=firm.organization, role=near).user
    wide, place = firm.role("crm.read"), firm.place(firm.member)

    refused = graphql.mutate(
        "changeMemberRole", {"membershipId": gid(place), "roleId": gid(wide)}, by=by
    )
    allowed = graphql.mutate(
        "changeMemberRole", {"membershipId": gid(place), "roleId": gid(near)}, SHOW, by=by
    )

    assert refused.code == "permission_not_held"
    assert allowed.data["changeMemberRole"]["role"] == {"name": near.name}


def test_the_last_owner_stays_one(graphql: GraphQL, firm: Firm):
    MembershipFactory(organization=firm.organization, suspended=True)
    MembershipFactory(organization=firm.organization, user__blocked=True)
    given, by = change(firm.place(firm.owner), "admin"), firm.owner

    with nothing_changes():
        assert graphql.mutate("changeMemberRole", given, by=by).code == "last_owner"


def test_one_of_two_owners_may_step_down(graphql: GraphQL, firm: Firm):
    MembershipFactory(organization=firm.organization)
    given = change(firm.place(firm.owner), "admin")

    answer = graphql.mutate("changeMemberRole", given, SHOW, by=firm.owner)

    assert answer.data["changeMemberRole"]["role"] == {"name": "admin"}


def test_owners_who_all_step_down_at_once_leave_one(transactional_db: None):
    firm, call = Firm(), GraphQL()
    places = [MembershipFactory(organization=firm.organization) for _ in range(5)]
    admin = gid(system_role("admin"))

    race(
        *[
            lambda place=place: call.mutate(
                "changeMemberRole", {"membershipId": gid(place), "roleId": admin}, by=place.user
            )
            for place in places
        ]
    )

    assert Membership.objects.owners().count() == 1
