"""Letting single members into projects, and out again."""

import pytest

from apps.core.models import AuditEntry
from apps.organizations.events import ProjectShared, ProjectUnshared
from apps.organizations.models import Project, ProjectUserObjectPermission
from apps.organizations.services.projects import Access
from tests.factories.organizations import Firm
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes

LIST = "{ projects { edges { node { viewerCan } } } }"


def grant(project: Project, user: object, access: str = "VIEW") -> dict[str, str]:
    """What sharing takes."""
    return {"projectId": gid(project), "userId": gid(user), "access": access}


@pytest.mark.parametrize(("access", "actions"), [("VIEW", []), ("CHANGE", ["updateProject"])])
def test_a_member_is_let_in(graphql: GraphQL, firm: Firm, access: str, actions: list[str]):
    project = firm.project()

    with announced() as heard:
        graphql.mutate("shareProject", grant(project, firm.member, access), by=firm.owner)

    seen = graphql(LIST, by=firm.member).data["projects"]["edges"]
    assert seen == [{"node": {"viewerCan": actions}}]
    which = {"organization_id": firm.organization.pk, "project_id": project.pk}
    assert heard == [ProjectShared(**which, user_id=firm.member.pk, access=access)]
    entry = AuditEntry.objects.get(action="GRANT")
    assert (entry.object_id, entry.actor_id) == (project.pk, firm.owner.pk)
    assert entry.changes == {"user": str(firm.member.pk), "access": access}


def test_sharing_again_replaces_what_was_shared(graphql: GraphQL, firm: Firm):
    project = firm.project()
    firm.let_in(firm.member, project, Access.CHANGE)

    graphql.mutate("shareProject", grant(project, firm.member, "VIEW"), by=firm.owner)

    grants = ProjectUserObjectPermission.objects.values_list("permission__codename", flat=True)
    assert list(grants) == ["view_project"]


def test_a_member_is_let_out(graphql: GraphQL, firm: Firm):
    project = firm.project()
    firm.let_in(firm.member, project, Access.CHANGE)
    given = {"projectId": gid(project), "userId": gid(firm.member)}

    with announced() as heard:
        graphql.mutate("unshareProject", given, by=firm.owner)

    assert graphql(LIST, by=firm.member).data["projects"]["edges"] == []
    which = {"organization_id": firm.organization.pk, "project_id": project.pk}
    assert heard == [ProjectUnshared(**which, user_id=firm.member.pk)]
    entry = AuditEntry.objects.get(action="REVOKE")
    assert entry.changes == {"user": str(firm.member.pk), "access": "CHANGE"}


def test_who_was_not_let_in_cannot_be_let_out(graphql: GraphQL, firm: Firm):
    given, by = {"projectId": gid(firm.project()), "userId": gid(firm.member)}, firm.owner

    with nothing_changes():
        assert graphql.mutate("unshareProject", given, by=by).code == "not_found"


@pytest.mark.parametrize("who", ["stranger", "suspended"])
def test_only_active_members_are_let_in(graphql: GraphQL, firm: Firm, who: str):
    given, by = grant(firm.project(), getattr(firm, who)), firm.owner

    with nothing_changes():
        assert graphql.mutate("shareProject", given, by=by).code == "not_found"


@pytest.mark.parametrize("name", ["shareProject", "unshareProject"])
@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("manager", "not_found"),
        ("member", "not_allowed"),
        ("stranger", "not_found"),
        ("suspended", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_those_who_manage_the_project_do_so(
    graphql: GraphQL, firm: Firm, name: str, who: str, code: str
):
    project, by = firm.project(), getattr(firm, who)
    firm.let_in(firm.salesperson, project)
    given = grant(project, firm.salesperson, "CHANGE")
    if name == "unshareProject":
        del given["access"]

    with nothing_changes():
        assert graphql.mutate(name, given, by=by).code == code


def test_who_was_let_in_lets_nobody_in(graphql: GraphQL, firm: Firm):
    project, by = firm.project(), firm.manager
    firm.let_in(by, project, Access.CHANGE)
    given = grant(project, firm.member)

    with nothing_changes():
        assert graphql.mutate("shareProject", given, by=by).code == "not_allowed"


def test_shared_at_once_in_two_ways_it_is_shared_in_one(transactional_db: None):
    firm, call = Firm(), GraphQL()
    project, user, by = firm.project(), firm.member, firm.owner
    calls = [
        lambda access=access: call.mutate("shareProject", grant(project, user, access), by=by).data
        for access in ("VIEW", "CHANGE") * 4
    ]

    race(*calls)

    held = {g.permission.codename for g in ProjectUserObjectPermission.objects.all()}
    last = AuditEntry.objects.filter(action="GRANT").latest("created_at")
    wanted = {"VIEW": {"view_project"}, "CHANGE": {"view_project", "change_project"}}
    assert held in wanted.values()
    assert AuditEntry.objects.filter(action="GRANT").count() == 8
    assert last.changes["access"] in wanted
