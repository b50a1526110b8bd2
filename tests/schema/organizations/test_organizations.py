"""Reading organizations, members, roles and invitations."""

from typing import Any

import pytest
from strawberry.relay import to_base64

from tests.factories.cast import Cast
from tests.factories.organizations import Firm, MembershipFactory
from tests.support.graphql import GraphQL, gid

SEE = (
    "query($id: ID!) { organization(id: $id) { name email salesGoal { amount } settings"
    " requiresSecondFactor memberships { totalCount } roles { totalCount }"
    " invitations { totalCount } } }"
)
NAMES = {
    "members": "user { name }",
    "roles": "name",
    "invitations": "email",
    "teams": "name",
    "projects": "name",
    "organizations": "name",
}


def listed(graphql: GraphQL, name: str, by: Any, arguments: str = "") -> list[Any]:
    """The nodes of a list."""
    document = f"{{ {name}{arguments} {{ edges {{ node {{ {NAMES[name]} }} }} }} }}"
    return [edge["node"] for edge in graphql(document, by=by).data[name]["edges"]]


def fill(firm: Firm) -> Firm:
    """Give an organization one of everything."""
    firm.organization.email = "office@example.org"
    firm.organization.sales_goal = 5000
    firm.organization.save()
    firm.role()
    firm.invitation()
    firm.team()
    firm.project()
    return firm


def test_members_read_how_it_works(graphql: GraphQL, firm: Firm):
    by = fill(firm).member

    shown = graphql(SEE, {"id": gid(firm.organization)}, by=by).data["organization"]

    assert shown == {
        "name": "Ada's Pipes",
        "email": "office@example.org",
        "salesGoal": {"amount": "50.00"},
        "settings": {},
        "requiresSecondFactor": False,
        "memberships": {"totalCount": 1},
        "roles": {"totalCount": 1},
        "invitations": {"totalCount": 0},
    }


def test_who_manages_members_sees_whom_it_invited(graphql: GraphQL, firm: Firm):
    by = fill(firm).admin

    shown = graphql(SEE, {"id": gid(firm.organization)}, by=by).data["organization"]

    assert shown["invitations"] == {"totalCount": 1}


def test_a_suspended_member_sees_its_name_and_no_more(graphql: GraphQL, firm: Firm):
    place = fill(firm).place(firm.suspended)
    document = (
        "query($id: ID!) { node(id: $id) { ... on Membership { organization {"
        " name email salesGoal { amount } settings requiresSecondFactor } } } }"
    )

    shown = graphql(document, {"id": gid(place)}, by=firm.suspended).data["node"]["organization"]

    assert shown.pop("name") == "Ada's Pipes"
    assert set(shown.values()) == {None}


@pytest.mark.parametrize("who", ["stranger", "suspended"])
def test_others_find_nothing(graphql: GraphQL, firm: Firm, who: str):
    by = getattr(fill(firm), who)
    missing = to_base64("Organization", "018f0000-0000-7000-8000-000000000000")

    hidden = graphql(SEE, {"id": gid(firm.organization)}, by=by)

    assert hidden.code == "not_found"
    assert hidden == graphql(SEE, {"id": missing}, by=by)


def test_the_signed_out_are_refused(graphql: GraphQL, firm: Firm):
    assert graphql(SEE, {"id": gid(firm.organization)}).code == "not_signed_in"
    for name, field in NAMES.items():
        assert graphql(f"{{ {name} {{ edges {{ node {{ {field} }} }} }} }}").code == "not_signed_in"


@pytest.mark.parametrize("name", NAMES)
def test_lists_hold_the_active_organizations_rows_alone(graphql: GraphQL, firm: Firm, name: str):
    by, noise = fill(firm).owner, fill(Firm())
    MembershipFactory(user=by, organization=noise.organization)

    rows = listed(graphql, name, by)

    mine = [row for row in rows if row.get("name") not in ROLE_NAMES]
    assert len(mine) == (2 if name == "organizations" else 1)


ROLE_NAMES = {"owner", "admin", "manager", "salesperson", "verifier", "member"}


@pytest.mark.parametrize("name", NAMES)
def test_staff_see_all_by_permission_alone(graphql: GraphQL, cast: Cast, firm: Firm, name: str):
    MembershipFactory(organization=fill(firm).organization)

    seen, hidden = (listed(graphql, name, by) for by in (cast.dora, cast.eve))

    assert [row for row in seen if row.get("name") not in ROLE_NAMES]
    assert not [row for row in hidden if row.get("name") not in ROLE_NAMES]


def test_members_are_searched_filtered_and_ordered(graphql: GraphQL, firm: Firm):
    names = [firm.owner.name, firm.admin.name, firm.member.name]
    by = firm.owner

    searched = listed(graphql, "members", by, '(filter: {search: "ADM"})')
    filtered = listed(graphql, "members", by, '(filter: {role: {name: {exact: "member"}}})')
    one = listed(graphql, "members", by, f'(filter: {{userId: "{gid(firm.admin)}"}})')
    ordered = listed(graphql, "members", by, "(order: {joinedAt: ASC})")
    suspended = listed(graphql, "members", by, "(filter: {status: SUSPENDED})")

    assert searched == one == [{"user": {"name": "Admin"}}]
    assert filtered == [{"user": {"name": "Member"}}]
    assert [row["user"]["name"] for row in ordered] == names
    assert suspended == []
