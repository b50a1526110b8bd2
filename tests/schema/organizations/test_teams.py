"""Teams: made, changed, deleted, and who is in them."""

from typing import Any

import pytest

from apps.organizations.events import (
    TeamCreated,
    TeamDeleted,
    TeamMemberAdded,
    TeamMemberRemoved,
    TeamUpdated,
)
from apps.organizations.models import Project, Team, TeamMember
from kernel.viewer import SYSTEM, acting_as
from tests.factories.accounts import UserFactory
from tests.factories.organizations import Firm, MembershipFactory, TeamFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes

SHOW = (
    "... on Team { name lead { name } currency salesTarget { amount currency } viewerCan"
    " members(order: {joinedAt: ASC}) { edges { node { role user { name } } } } }"
)


def seats(team: Team) -> dict[str, str]:
    """Who is in a team, by name, as what."""
    with acting_as(SYSTEM):
        return {m.user.name: m.role for m in TeamMember.objects.filter(team=team)}


def stored(name: str) -> Team:
    """A team by its name."""
    with acting_as(SYSTEM):
        return Team.objects.all_with_deleted().get(name=name)


def test_a_team_counts_in_the_organizations_currency(graphql: GraphQL, firm: Firm):
    target = {"amount": "100", "currency": "USD"}
    given = {"name": "North", "leadId": gid(firm.member), "salesTarget": target}

    with announced() as heard:
        answer = graphql.mutate("createTeam", given, SHOW, by=firm.owner)

    shown = answer.data["createTeam"]
    assert (shown["lead"], shown["salesTarget"]["amount"]) == ({"name": "Member"}, "100.00")
    assert shown["currency"] == "USD"
    assert shown["members"]["edges"] == [{"node": {"role": "LEAD", "user": {"name": "Member"}}}]
    told = TeamCreated(organization_id=firm.organization.pk, team_id=stored("North").pk)
    assert heard == [told]


def test_who_reaches_no_further_leads_the_team_they_make(graphql: GraphQL, firm: Firm):
    answer = graphql.mutate("createTeam", {"name": "North"}, SHOW, by=firm.manager)

    shown = answer.data["createTeam"]
    assert shown["lead"] == {"name": "Manager"}
    assert set(shown["viewerCan"]) == {
        *("updateTeam", "deleteTeam", "addTeamMember", "removeTeamMember")
    }


def test_or_belongs_to_the_team_that_another_leads(graphql: GraphQL, firm: Firm):
    given = {"name": "North", "leadId": gid(firm.member)}

    graphql.mutate("createTeam", given, by=firm.manager)

    assert seats(stored("North")) == {"Member": "LEAD", "Manager": "MEMBER"}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": ""}, "blank"),
        ({"name": "South"}, "name_taken"),
        ({"salesTarget": {"amount": "1", "currency": "EUR"}}, "currency_mismatch"),
    ],
    ids=str,
)
def test_bad_input_is_refused_with_its_code(
    graphql: GraphQL, firm: Firm, given: dict[str, Any], code: str
):
    firm.team(name="South")
    team, by = firm.team(), firm.owner

    with nothing_changes():
        create = graphql.mutate("createTeam", {"name": "North"} | given, by=by)
        update = graphql.mutate("updateTeam", {"id": gid(team)} | given, by=by)

    assert create.code == update.code == code


@pytest.mark.parametrize("kind", ["stranger", "suspended", "nobody's"])
def test_a_lead_or_member_is_an_active_member_of_the_organization(
    graphql: GraphQL, firm: Firm, kind: str
):
    user = UserFactory() if kind == "nobody's" else getattr(firm, kind)
    team, by = firm.team(), firm.owner

    with nothing_changes():
        create = graphql.mutate("createTeam", {"name": "N", "leadId": gid(user)}, by=by)
        update = graphql.mutate("updateTeam", {"id": gid(team), "leadId": gid(user)}, by=by)
        given = {"teamId": gid(team), "userId": gid(user)}
        add = graphql.mutate("addTeamMember", given, by=by)

    assert [create.code, update.code, add.code] == ["not_found"] * 3


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("member", "not_allowed"),
        ("suspended", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_those_who_manage_teams_make_any(graphql: GraphQL, firm: Firm, who: str, code: str):
    by = getattr(firm, who)

    with nothing_changes():
        assert graphql.mutate("createTeam", {"name": "North"}, by=by).code == code


CHANGES = ["updateTeam", "deleteTeam", "addTeamMember", "removeTeamMember"]


def change(graphql: GraphQL, name: str, team: Team, user: Any, by: Any) -> Any:
    """Ask to change a team in one of four ways."""
    given = {
        "updateTeam": {"id": gid(team), "name": "Changed"},
        "deleteTeam": {"teamId": gid(team)},
        "addTeamMember": {"teamId": gid(team), "userId": gid(user)},
        "removeTeamMember": {"teamId": gid(team), "userId": gid(user)},
    }
    return graphql.mutate(name, given[name], by=by)


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("manager", "not_found"),
        ("member", "not_found"),
        ("stranger", "not_found"),
        ("suspended", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_those_whom_a_team_is_hidden_from_do_not_change_it(
    graphql: GraphQL, firm: Firm, name: str, who: str, code: str
):
    team, by = firm.team(of=[firm.salesperson]), getattr(firm, who)
    # The gate of what only managers do speaks first.
    gated = who in ("member", "suspended") and name in ("updateTeam", "deleteTeam")

    with nothing_changes():
        answer = change(graphql, name, team, firm.salesperson, by)

    assert answer.code == ("not_allowed" if gated else code)


@pytest.mark.parametrize("name", CHANGES)
def test_who_is_merely_in_a_team_does_not_change_it(graphql: GraphQL, firm: Firm, name: str):
    team, by = firm.team(of=[firm.member, firm.salesperson]), firm.member

    with nothing_changes():
        assert change(graphql, name, team, firm.salesperson, by).code == "not_allowed"


def test_its_lead_puts_people_in_and_takes_them_out_and_no_more(graphql: GraphQL, firm: Firm):
    team, by = firm.team(lead=firm.salesperson), firm.salesperson

    added = change(graphql, "addTeamMember", team, firm.member, by)
    there = seats(team)
    removed = change(graphql, "removeTeamMember", team, firm.member, by)

    assert added.data["addTeamMember"]["__typename"] == "TeamMember"
    assert there == {"Salesperson": "LEAD", "Member": "MEMBER"}
    assert removed.data["removeTeamMember"]["__typename"] == "Done"
    assert seats(team) == {"Salesperson": "LEAD"}
    assert change(graphql, "updateTeam", team, None or firm.member, by).code == "not_allowed"


def test_a_new_lead_takes_the_seat_and_the_old_one_stays(graphql: GraphQL, firm: Firm):
    team = firm.team(lead=firm.member, of=[firm.salesperson])
    given = {"id": gid(team), "leadId": gid(firm.salesperson), "version": 1}

    with announced() as heard:
        graphql.mutate("updateTeam", given, by=firm.owner)

    assert seats(team) == {"Member": "MEMBER", "Salesperson": "LEAD"}
    assert heard == [TeamUpdated(organization_id=firm.organization.pk, team_id=team.pk)]


def test_a_team_can_be_without_a_lead(graphql: GraphQL, firm: Firm):
    team = firm.team(lead=firm.member)

    answer = graphql.mutate("updateTeam", {"id": gid(team), "leadId": None}, SHOW, by=firm.owner)

    assert answer.data["updateTeam"]["lead"] is None
    assert seats(team) == {"Member": "MEMBER"}


def test_what_is_left_out_stays(graphql: GraphQL, firm: Firm):
    team = firm.team(lead=firm.member, description="Sells", sales_target=500)

    answer = graphql.mutate("updateTeam", {"id": gid(team), "name": "N"}, SHOW, by=firm.owner)

    shown = answer.data["updateTeam"]
    assert (shown["name"], shown["lead"]) == ("N", {"name": "Member"})
    assert shown["salesTarget"] == {"amount": "5.00", "currency": "USD"}


def test_a_change_of_an_old_version_is_refused(graphql: GraphQL, firm: Firm):
    given, by = {"id": gid(firm.team()), "name": "N", "version": 3}, firm.owner

    with nothing_changes():
        assert graphql.mutate("updateTeam", given, by=by).code == "version_conflict"


def test_a_deleted_teams_projects_go_on_without_it(graphql: GraphQL, firm: Firm):
    team = firm.team(name="North", of=[firm.member])
    project = firm.project(team=team)

    with announced() as heard:
        graphql.mutate("deleteTeam", {"teamId": gid(team)}, by=firm.owner)

    with acting_as(SYSTEM):
        assert Project.objects.get(pk=project.pk).team is None
    assert stored("North").is_deleted
    assert graphql("{ teams { totalCount } }", by=firm.member).data["teams"]["totalCount"] == 0
    assert heard == [TeamDeleted(organization_id=firm.organization.pk, team_id=team.pk)]


def test_facts_tell_who_came_and_went(graphql: GraphQL, firm: Firm):
    team = firm.team()
    which = {"organization_id": firm.organization.pk, "team_id": team.pk}

    with announced() as heard:
        change(graphql, "addTeamMember", team, firm.member, firm.owner)
        change(graphql, "removeTeamMember", team, firm.member, firm.owner)

    user_id = firm.member.pk
    assert heard == [
        TeamMemberAdded(**which, user_id=user_id),
        TeamMemberRemoved(**which, user_id=user_id),
    ]


def test_nobody_is_in_a_team_twice(graphql: GraphQL, firm: Firm):
    team, by = firm.team(of=[firm.member]), firm.owner

    with nothing_changes():
        assert change(graphql, "addTeamMember", team, firm.member, by).code == "already_in_team"


def test_a_lead_who_is_taken_out_leads_no_more(graphql: GraphQL, firm: Firm):
    team = firm.team(lead=firm.member, name="North")

    change(graphql, "removeTeamMember", team, firm.member, firm.owner)

    assert stored("North").lead is None
    assert seats(team) == {}


def test_who_is_not_in_a_team_cannot_be_taken_out(graphql: GraphQL, firm: Firm):
    team, by = firm.team(), firm.owner
    user = firm.member

    with nothing_changes():
        assert change(graphql, "removeTeamMember", team, user, by).code == "not_found"


def test_who_takes_themselves_out_hears_that_it_was_done(graphql: GraphQL, firm: Firm):
    team = firm.team(of=[firm.manager])

    answer = change(graphql, "removeTeamMember", team, firm.manager, firm.manager)

    assert answer.data["removeTeamMember"]["__typename"] == "Done"


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("owner", ["East", "North", "South"]),
        ("manager", ["East", "North"]),
        ("salesperson", ["North"]),
        ("member", []),
        ("stranger", []),
        ("suspended", []),
    ],
)
def test_teams_are_seen_as_far_as_the_role_reaches(
    graphql: GraphQL, firm: Firm, who: str, names: list[str]
):
    firm.team(name="North", lead=firm.manager, of=[firm.salesperson])
    firm.team(name="East", of=[firm.manager])
    firm.team(name="South")
    TeamFactory(name="Foreign")

    answer = graphql(
        "{ teams(order: {name: ASC}) { edges { node { name } } } }", by=getattr(firm, who)
    )

    assert [edge["node"]["name"] for edge in answer.data["teams"]["edges"]] == names


def test_a_team_is_found_by_those_who_see_it(graphql: GraphQL, firm: Firm):
    document = "query($id: ID!) { team(id: $id) { name } node(id: $id) { id } }"
    team = firm.team(name="North", of=[firm.member])

    assert graphql(document, {"id": gid(team)}, by=firm.member).data["team"] == {"name": "North"}
    for by in (firm.salesperson, firm.stranger):
        assert graphql("query($id: ID!) { team(id: $id) { name } }", {"id": gid(team)}, by=by).code


def test_a_member_is_not_added_to_a_team_while_leaving(transactional_db: None):
    firm, call = Firm(), GraphQL()
    team, user, by = firm.team(), firm.member, firm.owner
    place = firm.place(user)

    race(
        lambda: change(call, "addTeamMember", team, user, by),
        lambda: call.mutate("removeMember", {"membershipId": gid(place)}, by=by),
    )

    assert seats(team) == {}


def test_two_teams_of_one_name_are_not_made_at_once(transactional_db: None):
    firm, call = Firm(), GraphQL()
    by = firm.owner
    MembershipFactory()

    outcomes = race(*[lambda: call.mutate("createTeam", {"name": "North"}, by=by).body] * 4)

    kinds = sorted(body["data"]["createTeam"]["__typename"] for body in outcomes)
    assert kinds == ["OperationInfo"] * 3 + ["Team"]
