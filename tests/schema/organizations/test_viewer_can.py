"""What the API says that one may do is what one may do."""

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.utils.module_loading import module_has_submodule

from apps.accounts.services.sessions import start_session
from apps.organizations import access
from apps.organizations.services.organizations import system_role
from apps.organizations.services.projects import Access
from kernel.actions import Actions
from schema.root import schema
from tests.factories.cast import Cast
from tests.factories.organizations import Firm, MembershipFactory
from tests.support.graphql import GraphQL, gid

ACTORS = (
    *("owner", "admin", "manager", "salesperson", "member"),
    *("suspended", "stranger", "clerk", "administrator"),
)
LABEL = "organizations"
#: What says that one may not, whatever the state of the row.
REFUSED = {"not_allowed", "not_found", "system_role"}


def declared() -> dict[str, Actions]:
    """All actions that domains declare, by the model that they are about."""
    found = {}
    for config in apps.get_app_configs():
        if config.name.startswith("apps.") and module_has_submodule(config.module, "access"):
            for thing in vars(import_module(f"{config.name}.access")).values():
                if isinstance(thing, Actions):
                    found[thing.model.__name__] = thing
    return found


@pytest.fixture
def world(firm: Firm, cast: Cast) -> SimpleNamespace:
    """An organization with rows that some may act on and others may not."""
    clerk = firm.role("members.manage", "roles.manage", "crm.read", "sales.read", name="Clerk")
    firm.clerk = MembershipFactory(organization=firm.organization, role=clerk).user
    firm.administrator = cast.dora
    guest = MembershipFactory(organization=firm.organization, named="verifier").user
    led = firm.team(lead=firm.salesperson, of=[firm.manager, firm.member, guest])
    shared, others = firm.project(), [firm.project(team=led), firm.project()]
    firm.let_in(firm.member, shared, Access.CHANGE)
    firm.let_in(firm.manager, shared)
    for project in (shared, *others):
        firm.let_in(guest, project)
    return SimpleNamespace(
        firm=firm,
        guest=guest,
        organization=[firm.organization],
        membership=[
            firm.place(who) for who in (firm.owner, firm.admin, firm.salesperson, firm.suspended)
        ],
        invitation=[firm.invitation(), firm.invitation(named="owner")],
        role=[firm.role("crm.read"), firm.role("organization.manage"), system_role("member")],
        team=[firm.team(of=[guest]), led],
        project=[shared, *others],
    )


def by_id(name: str) -> Callable[[Any, Any], dict[str, Any]]:
    """An input that names its row only."""
    return lambda row, world: {name: gid(row)}


def and_user(row: Any, world: Any) -> dict[str, Any]:
    """An input that names its row and a member."""
    kind = "teamId" if type(row).__name__ == "Team" else "projectId"
    return {kind: gid(row), "userId": gid(world.guest)}


INPUTS: dict[str, Callable[[Any, Any], dict[str, Any]]] = {
    "switchOrganization": by_id("organizationId"),
    "updateOrganization": by_id("id"),
    "deleteOrganization": by_id("organizationId"),
    "inviteMember": lambda row, world: {
        "email": "new@example.org",
        "roleId": gid(system_role("member")),
    },
    "createRole": lambda row, world: {"name": "New", "permissions": []},
    "createTeam": lambda row, world: {"name": "New"},
    "createProject": lambda row, world: {"name": "New"},
    "changeMemberRole": lambda row, world: {
        "membershipId": gid(row),
        "roleId": gid(system_role("member")),
    },
    "suspendMember": by_id("membershipId"),
    "reinstateMember": by_id("membershipId"),
    "removeMember": by_id("membershipId"),
    "revokeInvitation": by_id("invitationId"),
    "resendInvitation": by_id("invitationId"),
    "updateRole": by_id("id"),
    "deleteRole": by_id("roleId"),
    "updateTeam": by_id("id"),
    "deleteTeam": by_id("teamId"),
    "addTeamMember": and_user,
    "removeTeamMember": and_user,
    "updateProject": by_id("id"),
    "deleteProject": by_id("projectId"),
    "shareProject": lambda row, world: {**and_user(row, world), "access": "VIEW"},
    "unshareProject": and_user,
}
#: What is done in the organization that one acts for, without naming it.
UNNAMED = {"inviteMember", "createRole", "createTeam", "createProject"}
OURS = {
    "organization": access.ORGANIZATIONS,
    "membership": access.MEMBERSHIPS,
    "invitation": access.INVITATIONS,
    "role": access.ROLES,
    "team": access.TEAMS,
    "project": access.PROJECTS,
}
CASES = [(kind, action) for kind, actions in OURS.items() for action in actions.rules]


def shown(graphql: GraphQL, row: Any, by: Any) -> set[str]:
    """What ``viewerCan`` says; nothing for a row that is hidden."""
    kind = type(row).__name__
    document = f"query($id: ID!) {{ nodes(ids: [$id]) {{ ... on {kind} {{ viewerCan }} }} }}"
    (node,) = graphql(document, {"id": gid(row)}, by=by).data["nodes"]
    return set(node["viewerCan"]) if node else set()


def happens(graphql: GraphQL, action: str, given: dict[str, Any], by: Any) -> bool:
    """Whether the mutation is not refused for lack of rights; it is taken back after."""
    with transaction.atomic():
        (payload,) = graphql.mutate(action, given, by=by).data.values()
        transaction.set_rollback(True)
    return not REFUSED & {message["code"] for message in payload.get("messages", [])}


def test_every_declared_action_is_a_mutation_and_is_shown():
    mutations = set(schema._schema.mutation_type.fields)

    for model, actions in declared().items():
        assert set(actions.rules) <= mutations, model
        assert "viewerCan" in schema._schema.type_map[model].fields, model


def test_every_action_here_is_tried():
    assert set(INPUTS) == {action for _, action in CASES}
    ours = {name for name, found in declared().items() if found.model._meta.app_label == LABEL}
    assert {actions.model.__name__ for actions in OURS.values()} == ours


def rows_of(world: SimpleNamespace, kind: str, action: str, by: Any) -> list[Any]:
    """What an action is tried on."""
    if action not in UNNAMED:
        return list(getattr(world, kind))
    start_session(user=by)
    return [by.sessions.latest("created_at").organization or world.firm.organization]


@pytest.mark.parametrize("actor", ACTORS)
def test_what_is_shown_is_what_happens(graphql: GraphQL, world: SimpleNamespace, actor: str):
    by = getattr(world.firm, actor)
    tries = [(action, row) for kind, action in CASES for row in rows_of(world, kind, action, by)]

    said = [(action, row, action in shown(graphql, row, by)) for action, row in tries]
    outcomes = [
        (action, row, happens(graphql, action, INPUTS[action](row, world), by))
        for action, row in tries
    ]

    assert said == outcomes
