"""Reading who did what."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission

from apps.core.models import AuditEntry
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.organizations import Firm
from tests.support.graphql import GraphQL, gid

FIELDS = "action objectType objectId actor { name } organization { name } changes requestId"


def log(graphql: GraphQL, by: Any, arguments: str = "", fields: str = FIELDS) -> list[Any]:
    """The entries that somebody reads."""
    answer = graphql(f"{{ auditLog{arguments} {{ edges {{ node {{ {fields} }} }} }} }}", by=by)
    return [edge["node"] for edge in answer.data["auditLog"]["edges"]]


def test_it_says_who_changed_what_from_where(graphql: GraphQL, firm: Firm):
    team = firm.team(name="North")
    graphql.mutate("updateTeam", {"id": gid(team), "name": "South"}, by=firm.manager)
    graphql.mutate("updateTeam", {"id": gid(team), "name": "West"}, by=firm.owner)

    (entry,) = log(graphql, firm.admin, f'(first: 1, filter: {{objectId: "{gid(team)}"}})')

    assert entry.pop("requestId")
    assert entry == {
        "action": "UPDATE",
        "objectType": "organizations.Team",
        "objectId": gid(team),
        "actor": {"name": "Owner"},
        "organization": {"name": "Ada's Pipes"},
        "changes": {"name": ["North", "West"]},
    }


def test_personal_values_are_not_in_it(graphql: GraphQL, firm: Firm):
    invitation = firm.invitation(email="secret@example.org")

    (entry,) = log(graphql, firm.owner, f'(filter: {{objectId: "{gid(invitation)}"}})')

    assert entry["action"] == "INSERT"
    assert entry["changes"]["email"] is None
    assert "secret@example.org" not in str(entry)


def test_another_organizations_entries_are_not_in_it(graphql: GraphQL, firm: Firm):
    noise = Firm().team()

    mine = log(graphql, firm.owner)

    assert mine
    assert gid(noise) not in {entry["objectId"] for entry in mine}
    assert {entry["organization"]["name"] for entry in mine} == {"Ada's Pipes"}


@pytest.mark.parametrize("who", ["manager", "salesperson", "member", "suspended"])
def test_others_may_not_read_it(graphql: GraphQL, firm: Firm, who: str):
    answer = graphql("{ auditLog { totalCount } }", by=getattr(firm, who))

    assert answer.code == "not_allowed"


def test_nor_one_entry_by_its_id(graphql: GraphQL, firm: Firm):
    firm.team()
    entry = AuditEntry.objects.filter(organization=firm.organization).first()
    document = "query($id: ID!) { node(id: $id) { id } }"

    assert graphql(document, {"id": gid(entry)}, by=firm.member).code == "not_found"
    assert graphql(document, {"id": gid(entry)}, by=firm.stranger).code == "not_found"
    assert graphql(document, {"id": gid(entry)}, by=firm.admin).data["node"]


def test_the_signed_out_are_refused(graphql: GraphQL):
    assert graphql("{ auditLog { totalCount } }").code == "not_signed_in"


def test_staff_read_it_everywhere_by_permission_alone(graphql: GraphQL, cast: Cast, firm: Firm):
    team = firm.team()
    arguments = f'(filter: {{objectId: "{gid(team)}"}})'
    refused = graphql("{ auditLog { totalCount } }", by=cast.eve)
    cast.eve.user_permissions.add(Permission.objects.get(codename="view_auditentry"))

    assert refused.code == "not_allowed"
    assert len(log(graphql, cast.eve, arguments)) == 1
    assert len(log(graphql, cast.dora, arguments)) == 1


def test_it_is_filtered_and_ordered(graphql: GraphQL, firm: Firm):
    team, by = firm.team(), firm.owner
    graphql.mutate("updateTeam", {"id": gid(team), "name": "S"}, by=firm.manager)
    graphql.mutate("updateTeam", {"id": gid(team), "name": "W"}, by=by)
    soon = (clock.now() + timedelta(minutes=1)).isoformat()
    teams = 'objectType: {exact: "organizations.Team"}'

    def actions(filter: str) -> list[str]:
        arguments = f"(filter: {{{filter}}}, order: {{createdAt: ASC}})"
        return [entry["action"] for entry in log(graphql, by, arguments, "action")]

    assert actions(teams) == ["INSERT", "UPDATE"]
    assert actions(f"{teams}, action: {{exact: INSERT}}") == ["INSERT"]
    assert actions(f"{teams}, action: {{inList: [UPDATE, DELETE]}}") == ["UPDATE"]
    assert actions(f'{teams}, actorId: "{gid(by)}"') == ["UPDATE"]
    assert actions(f'{teams}, createdAt: {{gt: "{soon}"}}') == []
    assert actions(f'{teams}, createdAt: {{lt: "{soon}"}}') == ["INSERT", "UPDATE"]


def test_an_entry_outlives_whom_it_names(graphql: GraphQL, firm: Firm):
    AuditEntry.objects.create(
        action="EXPORT",
        object_type="organizations.Team",
        object_id=uuid4(),
        actor_id=uuid4(),
        organization=firm.organization,
    )

    (entry,) = log(graphql, firm.owner, "(filter: {action: {exact: EXPORT}})")

    assert entry["actor"] is None
