"""Django's permissions on single rows, by grants and by roles."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import assign_perm

from apps.organizations.models import Project
from apps.organizations.services.projects import Access
from kernel.viewer import SYSTEM, VISITOR, acting_as
from tests.factories.organizations import Firm

CHANGE, VIEW = "organizations.change_project", "organizations.view_project"


@pytest.fixture
def firm(db: None) -> Firm:
    """An organization."""
    return Firm()


@pytest.fixture
def system(db: None) -> Iterator[None]:
    """Row security shows all."""
    with acting_as(SYSTEM):
        yield


@pytest.mark.parametrize(
    ("who", "view", "change"),
    [
        ("owner", True, True),
        ("manager", True, True),
        ("salesperson", True, False),
        ("member", False, False),
        ("suspended", False, False),
        ("stranger", False, False),
    ],
)
def test_a_role_answers_as_far_as_it_reaches(
    firm: Firm, system: None, who: str, view: bool, change: bool
):
    project = firm.project(team=firm.team(of=[firm.manager, firm.salesperson]))
    user = getattr(firm, who)

    assert (user.has_perm(VIEW, project), user.has_perm(CHANGE, project)) == (view, change)


def test_it_answers_in_the_rows_organization_and_no_other(firm: Firm, system: None):
    other = Firm()
    project = other.project()

    assert not firm.owner.has_perm(CHANGE, project)
    assert other.owner.has_perm(CHANGE, project)


@pytest.mark.parametrize(("access", "change"), [(Access.VIEW, False), (Access.CHANGE, True)])
def test_a_grant_answers_too(firm: Firm, system: None, access: Access, change: bool):
    project = firm.project()
    firm.let_in(firm.member, project, access)

    assert firm.member.has_perm(VIEW, project)
    assert firm.member.has_perm(CHANGE, project) is change


@pytest.mark.parametrize(
    ("permission", "who", "holds"),
    [
        ("change_organization", "owner", True),
        ("change_organization", "admin", False),
        ("delete_organization", "owner", True),
        ("view_organization", "member", True),
        ("view_organization", "stranger", False),
        ("add_organization", "owner", False),
        ("change_project", "owner", False),
    ],
)
def test_organizations_are_their_members(
    firm: Firm, system: None, permission: str, who: str, holds: bool
):
    name = f"organizations.{permission}"

    assert getattr(firm, who).has_perm(name, firm.organization) is holds


def test_blocked_users_hold_nothing(firm: Firm, system: None):
    project, user = firm.project(), firm.owner
    assign_perm("change_project", user, project)
    user.blocked = True
    user.save()

    assert not user.has_perm(CHANGE, project)


def test_without_a_row_a_role_answers_nothing(firm: Firm, system: None):
    assert not firm.owner.has_perm(CHANGE)


def test_row_security_holds_here_too(firm: Firm):
    project = firm.project()

    with acting_as(VISITOR):
        assert not firm.owner.has_perm(CHANGE, project)


def test_it_costs_the_same_however_much_there_is(firm: Firm, system: None):
    def cost() -> int:
        user, project = type(firm.manager).objects.get(pk=firm.manager.pk), Project.objects.first()
        with CaptureQueriesContext(connection) as asked:
            assert user.has_perm(CHANGE, project)
        return len(asked)

    firm.project(team=firm.team(lead=firm.manager))
    cost()
    one = cost()
    for _ in range(10):
        firm.let_in(firm.manager, firm.project(team=firm.team(lead=firm.manager)))

    assert cost() == one <= 5
