"""Composing, changing and deleting an organization's own roles."""

from typing import Any

import pytest
from pytest_django import Settings

from apps.organizations.events import RoleCreated, RoleDeleted, RoleUpdated
from apps.organizations.models import Membership, Role
from apps.organizations.permissions import PERMISSIONS
from apps.organizations.services.organizations import system_role
from tests.factories.organizations import Firm, InvitationFactory, MembershipFactory
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes

SHOW = "... on Role { name permissions reach isSystem version viewerCan }"


def composed(*codes: str, **given: Any) -> dict[str, Any]:
    """What composing a role takes."""
    return {"name": "Clerk", "permissions": [*codes], **given}


def test_an_owner_composes_a_role(graphql: GraphQL, firm: Firm):
    given = composed("sales.read", "crm.read", "crm.read", reach="TEAM")

    with announced() as heard:
        answer = graphql.mutate("createRole", given, SHOW, by=firm.owner)

    role = Role.objects.get(name="Clerk")
    shown = answer.data["createRole"]
    assert shown["permissions"] == ["crm.read", "sales.read"]
    assert (shown["reach"], shown["isSystem"]) == ("TEAM", False)
    assert sorted(shown["viewerCan"]) == ["deleteRole", "updateRole"]
    assert role.organization == firm.organization
    assert heard == [RoleCreated(organization_id=firm.organization.pk, role_id=role.pk)]


def test_its_holders_have_what_it_grants_and_no_more(graphql: GraphQL, firm: Firm):
    role = firm.role("teams.manage")
    by = MembershipFactory(organization=firm.organization, role=role).user

    assert graphql.mutate("createTeam", {"name": "North"}, by=by).data["createTeam"]
    assert graphql.mutate("createProject", {"name": "Roof"}, by=by).code == "not_allowed"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("manager", "not_allowed"),
        ("member", "not_allowed"),
        ("suspended", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_those_who_manage_roles_do_so(graphql: GraphQL, firm: Firm, who: str, code: str):
    role, by = firm.role(), getattr(firm, who)
    update = {"id": gid(role), "name": "X"}

    with nothing_changes():
        assert graphql.mutate("createRole", composed(), by=by).code == code
        assert graphql.mutate("updateRole", update, by=by).code == code
        assert graphql.mutate("deleteRole", {"roleId": gid(role)}, by=by).code == code


def test_roles_of_others_are_not_found(graphql: GraphQL, firm: Firm):
    role, by = Firm().role(), firm.owner

    with nothing_changes():
        update = graphql.mutate("updateRole", {"id": gid(role), "name": "X"}, by=by)
        delete = graphql.mutate("deleteRole", {"roleId": gid(role)}, by=by)

    assert (update.code, delete.code) == ("not_found", "not_found")


def test_they_need_a_fresh_proof(graphql: GraphQL, firm: Firm, settings: Settings):
    settings.STEP_UP_SECONDS = 0
    by = firm.owner

    with nothing_changes():
        assert graphql.mutate("createRole", composed(), by=by).code == "step_up_required"


def test_a_code_that_is_not_published_is_refused(graphql: GraphQL, firm: Firm):
    by = firm.owner

    with nothing_changes():
        refusal = graphql.mutate("createRole", composed("world.rule"), by=by).refusal

    assert (refusal["code"], refusal["field"]) == ("unknown_permission", "permissions")
    assert refusal["message"] == "There is no permission world.rule."


def test_nobody_grants_what_they_do_not_hold(graphql: GraphQL, firm: Firm):
    role, by = firm.role("crm.read"), firm.admin
    more = ["crm.read", "organization.manage"]

    with nothing_changes():
        create = graphql.mutate("createRole", composed(*more), by=by)
        update = graphql.mutate("updateRole", {"id": gid(role), "permissions": more}, by=by)

    assert (create.code, update.code) == ("permission_not_held", "permission_not_held")


def test_nobody_changes_a_role_that_grants_more_than_theirs(graphql: GraphQL, firm: Firm):
    role, by = firm.role("organization.manage"), firm.admin

    with nothing_changes():
        update = graphql.mutate("updateRole", {"id": gid(role), "permissions": []}, by=by)
        delete = graphql.mutate("deleteRole", {"roleId": gid(role)}, by=by)

    assert (update.code, delete.code) == ("not_allowed", "not_allowed")


def test_nobody_grants_a_reach_that_is_not_theirs(graphql: GraphQL, firm: Firm):
    near = firm.role("roles.manage", reach="TEAM")
    by = MembershipFactory(organization=firm.organization, role=near).user

    with nothing_changes():
        assert graphql.mutate("createRole", composed(), by=by).code == "permission_not_held"


def test_a_change_holds_for_all_who_hold_the_role(graphql: GraphQL, firm: Firm):
    role = firm.role("teams.manage")
    by = MembershipFactory(organization=firm.organization, role=role).user
    changes = {"id": gid(role), "permissions": ["projects.manage"], "version": 1}

    with announced() as heard:
        answer = graphql.mutate("updateRole", changes, SHOW, by=firm.owner)

    assert answer.data["updateRole"]["permissions"] == ["projects.manage"]
    assert answer.data["updateRole"]["version"] == 2
    assert graphql.mutate("createTeam", {"name": "North"}, by=by).code == "not_allowed"
    assert graphql.mutate("createProject", {"name": "Roof"}, by=by).data["createProject"]
    assert heard == [RoleUpdated(organization_id=firm.organization.pk, role_id=role.pk)]


def test_a_change_of_an_old_version_is_refused(graphql: GraphQL, firm: Firm):
    given, by = {"id": gid(firm.role()), "name": "X", "version": 7}, firm.owner

    with nothing_changes():
        assert graphql.mutate("updateRole", given, by=by).code == "version_conflict"


def test_a_name_is_taken_once_in_an_organization(graphql: GraphQL, firm: Firm):
    firm.role(name="Clerk")
    Firm().role(name="Cook")
    by = firm.owner

    with nothing_changes():
        assert graphql.mutate("createRole", composed(), by=by).code == "name_taken"
    assert graphql.mutate("createRole", composed(name="Cook"), by=by).data["createRole"]


def test_the_platforms_roles_stay_as_they_are(graphql: GraphQL, firm: Firm):
    role, by = system_role("member"), firm.owner

    with nothing_changes():
        update = graphql.mutate("updateRole", {"id": gid(role), "name": "X"}, by=by)
        delete = graphql.mutate("deleteRole", {"roleId": gid(role)}, by=by)

    assert (update.code, delete.code) == ("system_role", "system_role")


def test_a_role_that_nobody_holds_is_deleted(graphql: GraphQL, firm: Firm):
    role = firm.role(name="Clerk")
    firm.invitation(role=role, expired=True)
    MembershipFactory(organization=firm.organization, role=role).soft_delete()

    with announced() as heard:
        graphql.mutate("deleteRole", {"roleId": gid(role)}, by=firm.owner)

    assert not Role.objects.filter(name="Clerk").exists()
    assert heard == [RoleDeleted(organization_id=firm.organization.pk, role_id=role.pk)]


@pytest.mark.parametrize("holder", [MembershipFactory, InvitationFactory])
def test_a_role_in_use_is_not_deleted(graphql: GraphQL, firm: Firm, holder: Any):
    role = holder(organization=firm.organization, role=firm.role()).role
    given, by = {"roleId": gid(role)}, firm.owner

    with nothing_changes():
        assert graphql.mutate("deleteRole", given, by=by).code == "role_in_use"


def test_a_role_is_not_deleted_while_it_is_being_given(transactional_db: None):
    firm, call = Firm(), GraphQL()
    role, place, by = firm.role(), firm.place(firm.member), firm.owner
    give = {"membershipId": gid(place), "roleId": gid(role)}

    race(
        lambda: call.mutate("changeMemberRole", give, by=by),
        lambda: call.mutate("deleteRole", {"roleId": gid(role)}, by=by),
    )

    holds = Membership.objects.filter(role=role).exists()
    assert holds == Role.objects.filter(pk=role.pk).exists()


def test_the_published_codes_can_be_read(graphql: GraphQL, firm: Firm):
    listed = graphql("{ permissions { code description } }", by=firm.member).data["permissions"]

    assert {each["code"]: each["description"] for each in listed} == PERMISSIONS
    assert graphql("{ permissions { code } }").code == "not_signed_in"
