"""Sockets end with what let them in: within two seconds, whoever ended it, and nobody else's do."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection, transaction
from pytest_django import Settings
from redis import Redis

from apps.accounts.events import SessionRevoked
from apps.accounts.models import Session, User
from apps.accounts.services.deletion import delete_account
from apps.accounts.services.moderation import block_user
from apps.accounts.services.sessions import (
    SignedIn,
    revoke_session,
    revoke_sessions,
    start_session,
)
from apps.organizations.models import Membership, Organization
from apps.organizations.services.members import remove_member, suspend_member
from apps.organizations.services.organizations import delete_organization
from kernel import clock, events
from kernel.viewer import SYSTEM, acting_as
from schema.base.signals import group_of
from server.valkey import Valkey
from tests.factories.accounts import ClientFactory, UserFactory
from tests.factories.orders import OrderFactory
from tests.factories.organizations import MembershipFactory, OrganizationFactory
from tests.support.graphql import gid
from tests.support.server import PROBE, Server, serving
from tests.support.sockets import Socket, all_connected, connected
from tests.support.threads import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

FOLLOW = "subscription($id: ID!) { orderEvents(orderId: $id) { type } }"
CLOSED = (4403, "Forbidden: invalid_token")
WITHIN = 2.0


@dataclass
class Party:
    """A member of an organization who follows an order, and a colleague of theirs."""

    user: User
    membership: Membership
    signed_in: SignedIn
    other_session: SignedIn
    colleague: SignedIn
    order: Any

    @property
    def session(self) -> Session:
        """The first of their sessions."""
        found: Session = Session.objects.filter(user=self.user).earliest("created_at")
        return found


@pytest.fixture
def party() -> Party:
    """People in an organization."""
    return people()


def people() -> Party:
    """People in an organization, with sessions and an order."""
    organization = OrganizationFactory()
    MembershipFactory(organization=organization)
    user = ClientFactory().user_profile.user
    membership = MembershipFactory(organization=organization, user=user, named="member")
    colleague = MembershipFactory(organization=organization, user=UserFactory())
    return Party(
        user=user,
        membership=membership,
        signed_in=start_session(user=user),
        other_session=start_session(user=user),
        colleague=start_session(user=colleague.user),
        order=OrderFactory(client_profile=user.profile.client_profile, published=True),
    )


#: What ends all that a user has open, or their first session alone.
ENDS_ALL: dict[str, Callable[[Party], Any]] = {
    "all sessions revoked": lambda p: revoke_sessions(user_id=p.user.pk),
    "user blocked": lambda p: block_user(user=p.user, by=UserFactory(is_staff=True), reason="x"),
    "account deleted": lambda p: delete_account(user=p.user),
    "member removed": lambda p: remove_member(membership=p.membership),
    "member suspended": lambda p: suspend_member(membership=p.membership),
}
ENDS_ONE: dict[str, Callable[[Party], Any]] = {
    "session revoked": lambda p: revoke_session(session=p.session),
}


def end(party: Party, how: str) -> None:
    """Do what ends it."""
    with acting_as(SYSTEM):
        (ENDS_ALL | ENDS_ONE)[how](party)


def subscribe(socket: Socket, party: Party) -> None:
    """Follow the order, as far as can be seen from here."""
    socket.subscribe("1", FOLLOW, variables={"id": gid(party.order)})
    assert socket.is_silent()


def sockets(server: Server, *sessions: SignedIn) -> AbstractContextManager[list[Socket]]:
    """A socket for each session."""
    return all_connected(server.ws_url, *(session.access_token for session in sessions))


def closes(open_ones: list[Socket], *, since: float) -> list[tuple[int, str]]:
    """How sockets close, all of them within two seconds."""
    found = [socket.closed(within=10) for socket in open_ones]
    assert time.monotonic() - since < WITHIN
    return found


def asks(server: Server, session: SignedIn) -> int:
    """The status that HTTP answers with."""
    header = {"Authorization": f"Bearer {session.access_token}"}
    return httpx.post(server.url, json={"query": "{ me { id } }"}, headers=header).status_code


@pytest.mark.parametrize("how", [*ENDS_ALL, *ENDS_ONE])
def test_sockets_end_with_what_let_them_in(server: Server, party: Party, how: str):
    first, second, others = party.signed_in, party.other_session, party.colleague
    with sockets(server, first, first, second, others) as (busy, idle, elsewhere, colleague):
        subscribe(busy, party)
        before = asks(server, first)
        start = time.monotonic()
        end(party, how)
        refused = asks(server, first)
        gone = [busy, idle] if how in ENDS_ONE else [busy, idle, elsewhere]
        kept = [elsewhere, colleague] if how in ENDS_ONE else [colleague]

        assert (before, refused) == (200, 401)
        assert closes(gone, since=start) == [CLOSED] * len(gone)
        assert all(socket.is_silent() for socket in kept)
        assert asks(server, others) == 200


def test_all_members_sockets_end_with_their_organization(server: Server, party: Party):
    alone = MembershipFactory(organization=OrganizationFactory())
    owner, noise = start_session(user=alone.user), party.colleague
    with sockets(server, owner, noise) as (gone, kept):
        start = time.monotonic()
        with acting_as(SYSTEM):
            delete_organization(organization=Organization.objects.get(pk=alone.organization_id))

        assert closes([gone], since=start) == [CLOSED]
        assert kept.is_silent()


def test_a_socket_that_opens_while_its_session_ends_does_not_stay(server: Server, party: Party):
    token = party.signed_in.access_token
    for _ in range(5):
        with connected(server.ws_url) as socket:
            session = start_session(user=party.user)
            newest = Session.objects.filter(user=party.user).order_by("-created_at")[0]
            header = {"authorization": f"Bearer {session.access_token}"}
            socket.send({"type": "connection_init", "payload": header})
            start = time.monotonic()
            revoke_session(session=newest)
            assert _end_of(socket) == CLOSED
            assert time.monotonic() - start < WITHIN
    with connected(server.ws_url, token=token) as socket:
        assert socket.is_silent()


def _end_of(socket: Socket) -> tuple[int, str]:
    """How a socket closes, whether or not it was let in before that."""
    try:
        return socket.closed()
    except AssertionError:
        return socket.closed()


def test_sockets_end_with_their_token(server: Server, party: Party, settings: Settings):
    settings.ACCESS_TOKEN_SECONDS = 3
    short = start_session(user=party.user)
    issued = time.monotonic()
    with sockets(server, short, short, party.signed_in) as (busy, idle, longer):
        subscribe(busy, party)

        ended = [socket.closed(within=10) for socket in (busy, idle)]
        lasted = time.monotonic() - issued

        assert ended == [CLOSED] * 2
        # The token counts in whole seconds, so that up to one of them is over when it is issued.
        assert 1.9 < lasted < 3 + WITHIN
        assert longer.is_silent()
    assert (asks(server, short), asks(server, party.signed_in)) == (401, 200)


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """A Valkey of the server's own, of which this process knows nothing."""
    # As root, Valkey runs as another user, who may not enter pytest's folder.
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        found = Valkey(Path(name) / "valkey", throwaway=True)
        found.start()
        try:
            yield found
        finally:
            found.kill()


@pytest.mark.parametrize("redis", ["loses signals", "is down", "was down and is back"])
def test_sockets_end_although_no_signal_arrives(tmp_path: Path, valkey: Valkey, redis: str):
    parties = {how: people() for how in ("session revoked", "user blocked", "member removed")}
    with serving(tmp_path, application=PROBE, env={"REDIS_URL": valkey.url}) as server:
        opened = [x for p in parties.values() for x in (p.signed_in, p.signed_in, p.colleague)]
        with sockets(server, *opened) as (*open_ones,):
            busy, idle, colleagues = open_ones[::3], open_ones[1::3], open_ones[2::3]
            for socket, party in zip(busy, parties.values(), strict=True):
                subscribe(socket, party)
            if redis != "loses signals":
                valkey.kill()
            if redis == "was down and is back":
                valkey.start()
            start = time.monotonic()
            for how, party in parties.items():
                end(party, how)
            refused = [asks(server, party.signed_in) for party in parties.values()]

            assert refused == [401] * 3
            assert closes(busy + idle, since=start) == [CLOSED] * 6
            assert all(socket.is_silent() for socket in colleagues)


def test_sockets_open_and_end_while_redis_is_down_and_hear_signals_once_it_is_back(
    tmp_path: Path, valkey: Valkey, party: Party
):
    with serving(tmp_path, application=PROBE, env={"REDIS_URL": valkey.url}) as server:
        valkey.kill()
        opened = (party.signed_in, party.other_session, party.colleague)
        with sockets(server, *opened) as (first, second, colleague):
            subscribe(second, party)
            start = time.monotonic()
            end(party, "session revoked")
            assert closes([first], since=start) == [CLOSED]

            valkey.start()
            with Redis.from_url(valkey.url) as redis:
                wait_until(lambda: redis.pubsub_channels(f"*{group_of(f'user:{party.user.pk}')}"))
            assert second.is_silent()
            assert colleague.is_silent()


@contextmanager
def sessions_that_nobody_may_read() -> Iterator[None]:
    """Has every look at a session fail."""
    with connection.cursor() as cursor:
        cursor.execute("REVOKE SELECT ON accounts_session FROM CURRENT_USER")
        try:
            yield
        finally:
            cursor.execute("GRANT SELECT ON accounts_session TO CURRENT_USER")


def test_a_session_that_could_not_be_looked_at_is_looked_at_again(server: Server, party: Party):
    session = party.session
    with sockets(server, party.signed_in) as (gone,):
        with sessions_that_nobody_may_read():
            with transaction.atomic():
                events.publish(SessionRevoked(user_id=party.user.pk, session_id=session.pk))
            # Longer than signal and sweep ring.
            time.sleep(2.5)
        Session.objects.filter(pk=session.pk).update(revoked_at=clock.now())

        assert gone.closed() == CLOSED
    assert "session_not_checked" in server.log.read_text()


def test_a_visitors_socket_stays(server: Server, party: Party):
    with connected(server.ws_url, init=True) as socket:
        end(party, "user blocked")

        assert socket.is_silent(seconds=1.5)


def test_the_oldest_of_too_many_sockets_gives_way(server: Server, party: Party):
    with sockets(server, *[party.signed_in] * 10, party.colleague) as (oldest, *others):
        with connected(server.ws_url, token=party.signed_in.access_token) as newest:
            assert oldest.closed() == (4429, "Too many sockets of one user")
            assert newest.is_silent()
        assert all(socket.is_silent() for socket in others)
