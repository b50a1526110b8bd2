"""Whoever may not act for an organization any more does not listen either."""

from collections.abc import Iterator

import pytest

from apps.accounts.services.sessions import start_session
from tests.factories.organizations import Firm
from tests.support.graphql import GraphQL, gid
from tests.support.server import Server, serving
from tests.support.sockets import connected

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server on the tests' database."""
    with serving(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.mark.parametrize("name", ["suspendMember", "removeMember"])
def test_a_members_socket_is_closed_within_two_seconds(server: Server, name: str):
    firm = Firm()
    place, by = firm.place(firm.manager), firm.owner
    mine, others = (start_session(user=user).access_token for user in (firm.manager, by))
    with (
        connected(server.ws_url, token=mine) as socket,
        connected(server.ws_url, token=others) as noise,
    ):
        assert socket.is_silent()
        GraphQL().mutate(name, {"membershipId": gid(place)}, by=by)

        assert socket.closed(within=2) == (4403, "Forbidden: invalid_token")
        assert noise.is_silent()


def test_all_sockets_of_a_deleted_organization_are_closed(server: Server):
    firm = Firm()
    tokens = [start_session(user=user).access_token for user in (firm.manager, firm.member)]
    with (
        connected(server.ws_url, token=tokens[0]) as one,
        connected(server.ws_url, token=tokens[1]) as two,
    ):
        assert one.is_silent()
        given = {"organizationId": gid(firm.organization)}
        GraphQL().mutate("deleteOrganization", given, by=firm.owner)

        closed = [socket.closed(within=2) for socket in (one, two)]
        assert closed == [(4403, "Forbidden: invalid_token")] * 2


def test_another_role_holds_for_the_next_operation(server: Server):
    firm = Firm()
    role, place = firm.role("crm.read", reach="TEAM"), firm.place(firm.admin)
    firm.team()
    token = start_session(user=firm.admin).access_token
    with connected(server.ws_url, token=token) as socket:
        socket.subscribe("1", "{ teams { totalCount } }")
        before = [socket.receive(), socket.receive()][0]
        given = {"membershipId": gid(place), "roleId": gid(role)}
        GraphQL().mutate("changeMemberRole", given, by=firm.owner)
        socket.subscribe("2", "{ teams { totalCount } }")
        after = socket.receive()

    assert before["payload"]["data"] == {"teams": {"totalCount": 1}}
    assert after["payload"]["data"] == {"teams": {"totalCount": 0}}
