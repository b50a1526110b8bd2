"""Projects: made, changed and deleted."""

from typing import Any

import pytest

from apps.organizations.events import ProjectCreated, ProjectDeleted, ProjectUpdated
from apps.organizations.models import Project
from apps.organizations.services.projects import Access
from kernel.viewer import SYSTEM, acting_as
from tests.factories.organizations import Firm, ProjectFactory, TeamFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

SHOW = "... on Project { name status startDate endDate team { name } viewerCan version }"
MANAGED = ["deleteProject", "shareProject", "unshareProject", "updateProject"]


def stored(name: str) -> Project:
    """A project by its name."""
    with acting_as(SYSTEM):
        return Project.objects.all_with_deleted().select_related("team").get(name=name)


def test_a_project_is_made(graphql: GraphQL, firm: Firm):
    given = {
        "name": "Roof",
        "teamId": gid(firm.team(name="North")),
        "status": "ACTIVE",
        "startDate": "2026-11-01",
        "endDate": "2026-11-30",
    }

    with announced() as heard:
        answer = graphql.mutate("createProject", given, SHOW, by=firm.owner)

    shown = answer.data["createProject"]
    assert sorted(shown.pop("viewerCan")) == MANAGED
    assert shown == {
        "__typename": "Project",
        "name": "Roof",
        "status": "ACTIVE",
        "startDate": "2026-11-01",
        "endDate": "2026-11-30",
        "team": {"name": "North"},
        "version": 1,
    }
    told = ProjectCreated(organization_id=firm.organization.pk, project_id=stored("Roof").pk)
    assert heard == [told]


def test_who_reaches_no_further_names_one_of_their_teams(graphql: GraphQL, firm: Firm):
    own, other = firm.team(of=[firm.manager]), firm.team()
    foreign, by = TeamFactory(), firm.manager

    with nothing_changes():
        none = graphql.mutate("createProject", {"name": "Roof"}, by=by)
        others = graphql.mutate("createProject", {"name": "Roof", "teamId": gid(other)}, by=by)
        away = graphql.mutate("createProject", {"name": "Roof", "teamId": gid(foreign)}, by=by)
    good = graphql.mutate("createProject", {"name": "Roof", "teamId": gid(own)}, by=by)

    assert [none.code, others.code, away.code] == ["team_needed", "not_found", "not_found"]
    assert good.data["createProject"]["__typename"] == "Project"


def test_no_project_goes_to_another_organizations_team(graphql: GraphQL, firm: Firm):
    foreign, project, by = TeamFactory(), firm.project(), firm.owner

    with nothing_changes():
        create = graphql.mutate("createProject", {"name": "R", "teamId": gid(foreign)}, by=by)
        update = graphql.mutate(
            "updateProject", {"id": gid(project), "teamId": gid(foreign)}, by=by
        )

    assert (create.code, update.code) == ("not_found", "not_found")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": ""}, "blank"),
        ({"name": "Wall"}, "name_taken"),
        ({"startDate": "2026-02-02", "endDate": "2026-02-01"}, "ends_before_start"),
    ],
    ids=str,
)
def test_bad_input_is_refused_with_its_code(
    graphql: GraphQL, firm: Firm, given: dict[str, Any], code: str
):
    firm.project(name="Wall")
    project, by = firm.project(), firm.owner

    with nothing_changes():
        create = graphql.mutate("createProject", {"name": "Roof"} | given, by=by)
        update = graphql.mutate("updateProject", {"id": gid(project)} | given, by=by)

    assert create.code == update.code == code


def test_what_is_given_changes_and_the_rest_stays(graphql: GraphQL, firm: Firm):
    project = firm.project(name="Roof", team=firm.team(name="North"), start_date="2026-01-01")
    given = {"id": gid(project), "status": "ON_HOLD", "version": 1}

    with announced() as heard:
        answer = graphql.mutate("updateProject", given, SHOW, by=firm.admin)

    shown = answer.data["updateProject"]
    assert (shown["name"], shown["status"], shown["version"]) == ("Roof", "ON_HOLD", 2)
    assert (shown["startDate"], shown["team"]) == ("2026-01-01", {"name": "North"})
    told = ProjectUpdated(organization_id=firm.organization.pk, project_id=project.pk)
    assert heard == [told]


def test_a_deleted_project_is_hidden(graphql: GraphQL, firm: Firm):
    project = firm.project(name="Roof")

    with announced() as heard:
        graphql.mutate("deleteProject", {"projectId": gid(project)}, by=firm.owner)

    assert stored("Roof").is_deleted
    told = ProjectDeleted(organization_id=firm.organization.pk, project_id=project.pk)
    assert heard == [told]
    document = "query($id: ID!) { project(id: $id) { name } }"
    assert graphql(document, {"id": gid(project)}, by=firm.owner).code == "not_found"


@pytest.mark.parametrize(
    ("who", "update", "delete"),
    [
        ("manager", "not_found", "not_found"),
        ("member", "not_found", "not_allowed"),
        ("stranger", "not_found", "not_found"),
        ("suspended", "not_found", "not_allowed"),
        ("nobody", "not_signed_in", "not_signed_in"),
    ],
)
def test_others_change_nothing(graphql: GraphQL, firm: Firm, who: str, update: str, delete: str):
    project, by = firm.project(team=firm.team()), getattr(firm, who)

    with nothing_changes():
        changed = graphql.mutate("updateProject", {"id": gid(project), "name": "X"}, by=by)
        deleted = graphql.mutate("deleteProject", {"projectId": gid(project)}, by=by)

    assert (changed.code, deleted.code) == (update, delete)


def test_who_may_only_look_changes_nothing(graphql: GraphQL, firm: Firm):
    project, by = firm.project(), firm.member
    firm.let_in(by, project)

    with nothing_changes():
        answer = graphql.mutate("updateProject", {"id": gid(project), "name": "X"}, by=by)

    assert answer.code == "not_allowed"


def test_who_was_let_in_to_change_it_does_but_gives_it_to_no_other_team(
    graphql: GraphQL, firm: Firm
):
    project, by = firm.project(name="Roof"), firm.member
    own = firm.team(of=[by])
    firm.let_in(by, project, Access.CHANGE)

    answer = graphql.mutate("updateProject", {"id": gid(project), "name": "New"}, SHOW, by=by)
    with nothing_changes():
        moved = graphql.mutate("updateProject", {"id": gid(project), "teamId": gid(own)}, by=by)

    shown = answer.data["updateProject"]
    assert (shown["name"], shown["viewerCan"]) == ("New", ["updateProject"])
    assert moved.code == "not_allowed"


def test_a_grant_opens_nothing_to_who_left(graphql: GraphQL, firm: Firm):
    project, user = firm.project(), firm.member
    firm.let_in(user, project, Access.CHANGE)
    # As if the grant had been forgotten.
    place = firm.place(user)
    place.soft_delete()

    answer = graphql.mutate("updateProject", {"id": gid(project), "name": "X"}, by=user)

    assert answer.code == "not_found"


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("owner", ["Roof", "Shed", "Wall"]),
        ("manager", ["Roof"]),
        ("salesperson", ["Shed"]),
        ("member", []),
        ("stranger", []),
        ("suspended", []),
    ],
)
def test_projects_are_seen_as_far_as_the_role_reaches(
    graphql: GraphQL, firm: Firm, who: str, names: list[str]
):
    firm.project(name="Roof", team=firm.team(of=[firm.manager]))
    firm.let_in(firm.salesperson, firm.project(name="Shed"))
    firm.project(name="Wall")
    ProjectFactory(name="Foreign")

    answer = graphql(
        "{ projects(order: {name: ASC}) { edges { node { name } } } }", by=getattr(firm, who)
    )

    assert [edge["node"]["name"] for edge in answer.data["projects"]["edges"]] == names


def test_projects_are_filtered(graphql: GraphQL, firm: Firm):
    team, by = firm.team(), firm.owner
    firm.project(name="Roof", team=team, status="ACTIVE")
    firm.project(name="Wall")
    names = "{ edges { node { name } } }"

    for filter in ("{status: ACTIVE}", f'{{team: {{id: {{exact: "{gid(team)}"}}}}}}'):
        answer = graphql(f"{{ projects(filter: {filter}) {names} }}", by=by)
        assert answer.data["projects"]["edges"] == [{"node": {"name": "Roof"}}]
