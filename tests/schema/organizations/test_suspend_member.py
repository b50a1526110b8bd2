"""Keeping members from acting for a while."""

import pytest

from apps.accounts.services.sessions import start_session
from apps.organizations.events import MemberReinstated, MemberSuspended
from apps.organizations.models import Membership, ProjectUserObjectPermission, Team, TeamMember
from kernel.viewer import SYSTEM, acting_as
from tests.factories.organizations import Firm, MembershipFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes


def test_a_suspended_member_acts_no_more(graphql: GraphQL, firm: Firm):
    token = start_session(user=firm.manager).access_token
    given = {"membershipId": gid(firm.place(firm.manager))}

    with announced() as heard:
        answer = graphql.mutate(
            "suspendMember", given, "... on Membership { status }", by=firm.admin
        )

    assert answer.data["suspendMember"]["status"] == "SUSPENDED"
    assert graphql("{ me { id } }", token=token).code == "invalid_token"
    assert isinstance(heard[-1], MemberSuspended)
    assert f"user:{firm.manager.pk}" in heard[-1].topics()


def test_teams_and_shared_projects_are_lost(graphql: GraphQL, firm: Firm):
    team, project = firm.team(lead=firm.manager, of=[firm.member]), firm.project()
    firm.let_in(firm.manager, project)
    firm.let_in(firm.member, project)

    graphql.mutate("suspendMember", {"membershipId": gid(firm.place(firm.manager))}, by=firm.owner)

    with acting_as(SYSTEM):
        assert TeamMember.objects.get().user == firm.member
        assert Team.objects.get(pk=team.pk).lead is None
    assert ProjectUserObjectPermission.objects.get().user == firm.member


def test_a_reinstated_member_acts_again(graphql: GraphQL, firm: Firm):
    given = {"membershipId": gid(firm.place(firm.suspended))}

    with announced() as heard:
        graphql.mutate("reinstateMember", given, by=firm.owner)

    assert isinstance(heard[-1], MemberReinstated)
    assert graphql.mutate("createTeam", {"name": "North"}, by=firm.suspended).data


@pytest.mark.parametrize("name", ["suspendMember", "reinstateMember"])
@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("manager", "not_allowed"),
        ("stranger", "not_found"),
        ("suspended", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_those_who_manage_members_do_so(
    graphql: GraphQL, firm: Firm, name: str, who: str, code: str
):
    given, by = {"membershipId": gid(firm.place(firm.suspended))}, getattr(firm, who)

    with nothing_changes():
        assert graphql.mutate(name, given, by=by).code == code


@pytest.mark.parametrize("who", ["admin", "owner"])
def test_an_administrator_suspends_neither_owners_nor_himself(
    graphql: GraphQL, firm: Firm, who: str
):
    given, by = {"membershipId": gid(firm.place(getattr(firm, who)))}, firm.admin

    with nothing_changes():
        assert graphql.mutate("suspendMember", given, by=by).code == "not_allowed"


def test_what_is_so_already_is_refused(graphql: GraphQL, firm: Firm):
    active, suspended = gid(firm.place(firm.member)), gid(firm.place(firm.suspended))
    by = firm.owner

    with nothing_changes():
        again = graphql.mutate("suspendMember", {"membershipId": suspended}, by=by)
        still = graphql.mutate("reinstateMember", {"membershipId": active}, by=by)

    assert (again.code, still.code) == ("member_suspended", "member_active")


def test_two_owners_who_suspend_each_other_at_once_leave_one(transactional_db: None):
    firm, call = Firm(), GraphQL()
    one, two = (MembershipFactory(organization=firm.organization) for _ in range(2))

    race(
        lambda: call.mutate("suspendMember", {"membershipId": gid(two)}, by=one.user),
        lambda: call.mutate("suspendMember", {"membershipId": gid(one)}, by=two.user),
    )

    assert Membership.objects.active().owners().count() == 1
