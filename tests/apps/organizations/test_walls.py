"""Two walls around an organization's rows, each of which holds without the other."""

import asyncio
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from apps.accounts import tokens
from apps.accounts.access import viewer_of_token
from apps.accounts.models import User
from apps.accounts.services.sessions import start_session
from apps.core.models import AuditEntry
from apps.core.services.event_log import deliver_due
from apps.organizations.events import TeamUpdated
from apps.organizations.models import Project, Team, TeamMember
from apps.organizations.models.work import ProjectQuerySet, TeamMemberQuerySet, TeamQuerySet
from apps.organizations.services.teams import update_team
from kernel import events
from kernel.viewer import SYSTEM, VISITOR, Viewer, acting_as
from schema.base.context import Context
from schema.base.execution import execute, in_thread, prepare
from schema.root import schema
from tests.factories.cast import Cast
from tests.factories.organizations import Firm
from tests.support.graphql import GraphQL, gid
from tests.support.handlers import own_handlers
from tests.support.races import race

LIST = "{ teams { edges { node { name members { totalCount } } } } projects { totalCount } }"
MODELS = (Team, TeamMember, Project)


@pytest.fixture
def firm(db: None) -> Firm:
    """An organization with a team and a project."""
    return filled("Own")


@pytest.fixture
def foreign(db: None) -> Firm:
    """Another one."""
    return filled("Foreign")


@pytest.fixture
def first_wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list forgets who asks."""
    for rows in (TeamQuerySet, TeamMemberQuerySet, ProjectQuerySet):
        monkeypatch.setattr(rows, "visible_to", lambda self, viewer: self)


def filled(name: str) -> Firm:
    """An organization with a team, somebody in it, and a project."""
    firm = Firm(name=name)
    firm.a_team = firm.team(name=name, of=[firm.member])
    firm.a_project = firm.project(name=name, team=firm.a_team)
    return firm


def viewer(user: User) -> Viewer:
    """A user as their token makes them."""
    return viewer_of_token(start_session(user=user).access_token)


def counts() -> list[int]:
    """How many rows of each table can be seen."""
    return [model._base_manager.count() for model in MODELS]


def row_of(firm: Firm, model: Any) -> Any:
    """A row of an organization."""
    with acting_as(SYSTEM):
        return model._base_manager.get(organization=firm.organization)


def test_without_anybody_acting_nothing_is_seen(firm: Firm):
    assert counts() == [0, 0, 0]
    with acting_as(VISITOR):
        assert counts() == [0, 0, 0]


def test_the_system_sees_all(firm: Firm, foreign: Firm):
    with acting_as(SYSTEM):
        assert counts() == [2, 2, 2]
    assert counts() == [0, 0, 0]


def test_what_is_done_about_facts_acts_as_the_system(firm: Firm, foreign: Firm):
    seen = []
    with own_handlers():
        events.on(TeamUpdated)(lambda fact: seen.append((fact.team_id, counts())))
        with acting_as(viewer(firm.owner)):
            update_team(team=firm.a_team, changes={"name": "Changed"})
        deliver_due()

    assert seen == [(firm.a_team.pk, [2, 2, 2])]


def test_members_see_their_own(firm: Firm, foreign: Firm):
    with acting_as(viewer(firm.owner)):
        assert counts() == [1, 1, 1]
        assert Team._base_manager.get() == firm.a_team


def test_staff_see_what_they_oversee_and_no_more(firm: Firm, foreign: Firm, cast: Cast):
    some = Viewer(user=cast.eve, staff_permissions=frozenset({"organizations.view_team"}))

    with acting_as(some):
        assert counts() == [2, 0, 0]
    with acting_as(viewer(cast.dora)):
        assert counts() == [2, 2, 2]
    with acting_as(viewer(cast.eve)):
        assert counts() == [0, 0, 0]


@pytest.mark.parametrize("model", MODELS)
def test_another_organizations_rows_are_neither_changed_nor_removed(
    firm: Firm, foreign: Firm, model: Any
):
    row = row_of(foreign, model)
    before = model._base_manager.values().filter(pk=row.pk)

    with acting_as(SYSTEM):
        stored = before.get()
    with acting_as(viewer(firm.owner)):
        assert model._base_manager.filter(pk=row.pk).update(version=99) == 0
        assert model._base_manager.filter(pk=row.pk)._raw_delete("default") == 0
    with acting_as(SYSTEM):
        assert before.get() == stored


@pytest.mark.parametrize("model", MODELS)
def test_no_row_is_put_into_another_organization(firm: Firm, foreign: Firm, model: Any):
    theirs, mine = row_of(foreign, model), row_of(firm, model)
    theirs.pk, theirs.name = None, "Planted"
    theirs._state.adding = True

    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(viewer(firm.owner)):
        model._base_manager.bulk_create([theirs])
    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(viewer(firm.owner)):
        model._base_manager.filter(pk=mine.pk).update(organization=foreign.organization)


def test_without_anybody_acting_nothing_is_written(firm: Firm):
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Team(organization=firm.organization, name="Planted", currency="USD").save()


@pytest.mark.parametrize("model", [TeamMember, Project])
def test_a_row_does_not_point_into_another_organization(firm: Firm, foreign: Firm, model: Any):
    row = row_of(firm, model)

    with pytest.raises(IntegrityError, match="same_tenant"), acting_as(SYSTEM):
        model._base_manager.filter(pk=row.pk).update(team=foreign.a_team)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.usefixtures("first_wall_down")
def test_with_the_first_wall_down_requests_see_their_own(
    graphql: GraphQL, firm: Firm, foreign: Firm
):
    node = "query($id: ID!) { node(id: $id) { id } }"

    lists = graphql(LIST, by=firm.owner).data
    codes = [
        graphql(node, {"id": gid(row_of(foreign, model))}, by=firm.owner).code for model in MODELS
    ]

    assert lists["teams"]["edges"] == [{"node": {"name": "Own", "members": {"totalCount": 1}}}]
    assert lists["projects"] == {"totalCount": 1}
    assert codes == ["not_found"] * 3


@pytest.mark.usefixtures("first_wall_down")
def test_with_the_first_wall_down_requests_change_their_own(
    graphql: GraphQL, firm: Firm, foreign: Firm
):
    by, team, project = firm.owner, foreign.a_team, foreign.a_project

    codes = [
        graphql.mutate("updateTeam", {"id": gid(team), "name": "X"}, by=by).code,
        graphql.mutate("deleteTeam", {"teamId": gid(team)}, by=by).code,
        graphql.mutate("updateProject", {"id": gid(project), "name": "X"}, by=by).code,
        graphql.mutate("createProject", {"name": "X", "teamId": gid(team)}, by=by).code,
    ]

    assert codes == ["not_found"] * 4
    assert row_of(foreign, Team).name == row_of(foreign, Project).name == "Foreign"


def test_with_the_first_wall_down_sockets_see_their_own(
    transactional_db: None, first_wall_down: None
):
    firm, _ = filled("Own"), filled("Foreign")
    claims = tokens.read(start_session(user=firm.owner).access_token)

    async def operation() -> Any:
        prepared = prepare(schema, LIST, None)
        context = Context(request_id="socket", claims=claims)
        return await in_thread(lambda: execute(schema, prepared, None, context))

    result = asyncio.run(operation())

    assert result.errors is None
    assert result.data["teams"]["edges"] == [
        {"node": {"name": "Own", "members": {"totalCount": 1}}}
    ]


def test_with_the_second_wall_down_visible_to_holds(firm: Firm, foreign: Firm):
    acting = viewer(firm.owner)

    with acting_as(SYSTEM):
        assert Team.objects.visible_to(acting).get() == firm.a_team
        assert Project.objects.visible_to(acting).get() == firm.a_project
        assert TeamMember.objects.visible_to(acting).get().team == firm.a_team
        assert not Team.objects.visible_to(VISITOR).exists()


def test_the_policy_is_what_holds(firm: Firm, foreign: Firm):
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE organizations_team NO FORCE ROW LEVEL SECURITY")
        with acting_as(viewer(firm.owner)):
            assert counts() == [2, 1, 1]
        transaction.set_rollback(True)


def test_a_block_within_another_gives_back_who_acted(firm: Firm, foreign: Firm):
    with acting_as(viewer(firm.owner)):
        with acting_as(viewer(foreign.owner)):
            assert Team._base_manager.get() == foreign.a_team
        assert Team._base_manager.get() == firm.a_team
        with pytest.raises(DatabaseError), acting_as(viewer(foreign.owner)):
            Team._base_manager.raw("SELECT nonsense")[0]
        assert Team._base_manager.get() == firm.a_team


def test_a_pooled_connection_does_not_carry_on_who_acted(transactional_db: None):
    firm, found = filled("Own"), {}
    with acting_as(viewer(firm.owner)):
        assert counts() == [1, 1, 1]
        used = backend()
    # The pool hands its connections out in turn.
    for _ in range(20):
        connection.close()
        found[backend()] = (counts(), settings_of_the_connection())
    connection.close()

    assert used in found
    assert set(map(repr, found.values())) == {repr(([0, 0, 0], ("", "", "")))}


def backend() -> int:
    """The server process behind the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid: int = cursor.fetchone()[0]
        return pid


def settings_of_the_connection() -> tuple[str, ...]:
    """Who acts, as the database's policies and triggers read it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(current_setting('fundi.organization_id', true), ''),"
            " COALESCE(current_setting('fundi.user_id', true), ''),"
            " COALESCE(current_setting('fundi.oversees', true), '')"
        )
        return tuple(cursor.fetchone())


def test_blocks_that_interleave_never_mix_who_acted(transactional_db: None):
    firms = [filled("One"), filled("Two")]
    viewers = [
        Viewer(user=f.owner, organization_id=f.organization.pk, request_id=f"request-{n}")
        for n, f in enumerate(firms)
    ]
    step = Barrier(2)

    def work(acting: Viewer) -> list[Any]:
        with acting_as(acting):
            step.wait()
            (seen,) = Team._base_manager.all()
            step.wait()
            seen.save()
            Team._base_manager.filter(pk=seen.pk).update(description="Changed")
            step.wait()
        return [seen.organization_id]

    seen = race(*[lambda acting=acting: work(acting) for acting in viewers])

    assert seen == [[acting.organization_id] for acting in viewers]
    written = AuditEntry.objects.filter(changes__has_key="description", action="UPDATE")
    assert set(written.values_list("organization", "actor", "request_id")) == {
        (acting.organization_id, acting.user_id, acting.request_id) for acting in viewers
    }


def test_requests_at_once_never_mix_who_acted(transactional_db: None):
    firms = [filled("One"), filled("Two")]
    call = GraphQL()
    tokens = [start_session(user=firm.owner).access_token for firm in firms]
    document = (
        "mutation($id: ID!, $name: String!) { updateTeam(input: {id: $id, name: $name})"
        " { ... on Team { organization { name } } } }"
    )

    def change(n: int) -> Any:
        variables = {"id": gid(firms[n % 2].a_team), "name": f"name-{n}"}
        return call(document, variables, token=tokens[n % 2]).data["updateTeam"]

    answers = race(*[lambda n=n: change(n) for n in range(24)])

    names = [firm.organization.name for firm in firms]
    assert [answer["organization"]["name"] for answer in answers] == names * 12
    entries = AuditEntry.objects.filter(object_type="organizations.Team", action="UPDATE")
    owners = {firm.organization.pk: firm.owner.pk for firm in firms}
    assert entries.count() == len({entry.request_id for entry in entries}) == 24
    for entry in entries:
        assert entry.actor_id == owners[entry.organization_id]
        assert int(entry.changes["name"][1].split("-")[1]) % 2 == names.index(
            entry.organization.name
        )
