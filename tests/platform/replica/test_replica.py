"""Which database answers: the replica, unless it lags, is away or behind what its asker knows."""

import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from redis import Redis

from apps.accounts.models import User
from apps.accounts.services.sessions import start_session
from apps.orders.services.bids import place_bid
from kernel.money import Money
from tests.factories.accounts import ClientFactory, UserFactory
from tests.factories.catalog import LanguageFactory
from tests.factories.orders import OrderFactory
from tests.factories.organizations import MembershipFactory, TeamFactory
from tests.factories.providers import ProviderFactory
from tests.platform.replica.conftest import options
from tests.support.followers import await_followers
from tests.support.graphql import gid
from tests.support.replication import Pair
from tests.support.server import Server, serving
from tests.support.sockets import connected
from tests.support.threads import in_background, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

ME = "{ onReplica me { firstName } }"
UPDATE = """mutation($input: UpdateProfileInput!) {
  updateProfile(input: $input) { ... on User { firstName } } }"""
SIGN_UP = """mutation {
  signUp(input: {email: "eve@example.org", password: "drip-drop-42", firstName: "Eve"}) {
    ... on AuthPayload { accessToken } } }"""
FOLLOW = """subscription($id: ID!, $after: String) {
  orderEvents(orderId: $id, after: $after) { type order { bidCount } } }"""
SLEEPING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
PRICE = Money(800_00, "ZAR")


class Asker:
    """A user who asks a web process."""

    def __init__(self, server: Server, user: User | None = None) -> None:
        self.server = server
        self.user = user or UserFactory(first_name="Ben")
        self.token = start_session(user=self.user).access_token

    def ask(self, query: str, **variables: Any) -> Any:
        """What is answered, without errors."""
        return ask(self.server, query, self.token, **variables)

    def me(self) -> tuple[str, bool]:
        """What their name is said to be, and whether the replica says it."""
        answer = self.ask(ME)
        return answer["me"]["firstName"], answer["onReplica"]

    def rename(self, name: str) -> None:
        """Change their name without them knowing."""
        User.objects.filter(pk=self.user.pk).update(first_name=name)


def ask(server: Server, query: str, token: str | None = None, **variables: Any) -> Any:
    """What a web process answers, without errors."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    asked = {"query": query, "variables": variables}
    answer = httpx.post(server.url, json=asked, headers=headers).json()
    assert "errors" not in answer, answer
    return answer["data"]


@pytest.fixture
def ben(pair: Pair, server: Server) -> Asker:
    """Somebody whom the replica answers."""
    found = Asker(server, ClientFactory(user=UserFactory(first_name="Ben")).user_profile.user)
    pair.catch_up()
    wait_until(lambda: found.ask("{ onReplica }")["onReplica"])
    return found


def test_a_query_is_answered_by_the_replica(pair: Pair, ben: Asker):
    with pair.halted():
        ben.rename("Benita")
        while_halted = ben.me()
    pair.catch_up()

    assert while_halted == ("Ben", True)
    assert ben.me() == ("Benita", True)


def test_a_query_on_a_socket_is_answered_by_the_replica(ben: Asker):
    with connected(ben.server.ws_url, token=ben.token) as socket:
        socket.subscribe("1", ME)
        answer = socket.answer()["1"]["data"]

    assert answer == {"onReplica": True, "me": {"firstName": "Ben"}}


def test_the_replica_has_the_walls_between_organizations(pair: Pair, ben: Asker):
    teams = [TeamFactory(name="Ours"), TeamFactory(name="Theirs")]
    owner = MembershipFactory(organization=teams[0].organization, named="owner").user
    pair.catch_up()

    answer = Asker(ben.server, owner).ask("{ onReplica teams { edges { node { name } } } }")

    assert answer == {"onReplica": True, "teams": {"edges": [{"node": {"name": "Ours"}}]}}


def test_who_wrote_reads_what_they_wrote_on_all_devices(pair: Pair, ben: Asker):
    phone = Asker(ben.server, ben.user)

    with pair.halted():
        answer = ben.ask(UPDATE, input={"firstName": "Benita"})
        while_halted = [ben.me(), phone.me()]
    pair.catch_up()

    assert answer == {"updateProfile": {"firstName": "Benita"}}
    assert while_halted == [("Benita", False)] * 2
    assert ben.me() == ("Benita", True)


def test_others_are_answered_by_the_replica_meanwhile(pair: Pair, ben: Asker):
    cleo = Asker(ben.server)

    with pair.halted():
        ben.ask(UPDATE, input={"firstName": "Benita"})
        while_halted = cleo.me()

    assert while_halted == ("Ben", True)


def test_who_signs_up_finds_their_account(pair: Pair, ben: Asker):
    with pair.halted():
        token = ask(ben.server, SIGN_UP)["signUp"]["accessToken"]
        answer = ask(ben.server, ME, token)

    assert answer == {"onReplica": False, "me": {"firstName": "Eve"}}


def test_who_read_from_the_primary_does_not_go_back(pair: Pair, ben: Asker):
    with pair.halted():
        ben.ask(UPDATE, input={"lastName": "Botha"})
        ben.rename("Benita")
        seen = ben.me()
        known = pair.on_replica("SELECT pg_last_wal_replay_lsn() - '0/0'::pg_lsn")
        with Redis.from_url(settings.REDIS_URL) as redis:
            kept = int(redis.get(f"{settings.CHANNEL_PREFIX}:known:user:{ben.user.pk}") or 0)
        renamed = pair.on_primary("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")

    assert seen == ("Benita", False)
    assert known < kept <= renamed


def test_who_was_told_by_a_stream_reads_what_it_told_of(pair: Pair, ben: Asker):
    order = OrderFactory(published=True, client_profile=ben.user.profile.client_profile)
    provider = ProviderFactory()
    asked = "query($id: ID!) { onReplica order(id: $id) { bidCount } }"
    pair.catch_up()

    with connected(ben.server.ws_url, token=ben.token) as socket:
        socket.subscribe("1", FOLLOW, variables={"id": gid(order)})
        await_followers(order)
        before = ben.ask(asked, id=gid(order))
        with pair.halted():
            place_bid(order=order, provider=provider, amount=PRICE)
            told = socket.answer()["1"]["data"]["orderEvents"]
            after = ben.ask(asked, id=gid(order))

    assert before == {"onReplica": True, "order": {"bidCount": 0}}
    assert told == {"type": "BidPlaced", "order": {"bidCount": 1}}
    assert after == {"onReplica": False, "order": {"bidCount": 1}}


def test_a_cursor_of_the_replica_misses_nothing(pair: Pair, ben: Asker):
    order = OrderFactory(published=True, client_profile=ben.user.profile.client_profile)
    place_bid(order=order, provider=ProviderFactory(), amount=PRICE)
    provider = ProviderFactory()

    with pair.halted():
        place_bid(order=order, provider=provider, amount=PRICE)
        taken = ben.ask(
            "query($id: ID!) { onReplica cursor order(id: $id) { bidCount } }", id=gid(order)
        )
        with connected(ben.server.ws_url, token=ben.token) as socket:
            variables = {"id": gid(order), "after": taken["cursor"]}
            socket.subscribe("1", FOLLOW, variables=variables)
            told = socket.answer()["1"]["data"]["orderEvents"]
            nothing_more = socket.is_silent()

    assert (taken["onReplica"], taken["order"]["bidCount"]) == (True, 1)
    assert told == {"type": "BidPlaced", "order": {"bidCount": 2}}
    assert nothing_more


def test_staff_are_answered_by_the_primary(pair: Pair, ben: Asker):
    dora = Asker(ben.server, UserFactory(is_staff=True, first_name="Dora"))
    pair.catch_up()

    assert dora.me() == ("Dora", False)
    assert ben.me() == ("Ben", True)


def test_answers_that_are_kept_for_everybody_come_from_the_primary(pair: Pair, ben: Asker):
    with pair.halted():
        LanguageFactory(code="xh")
        answer = ben.ask("{ languages { edges { node { code } } } }")

    assert answer["languages"]["edges"] == [{"node": {"code": "xh"}}]


def test_a_query_that_writes_after_all_is_sent_to_the_primary(ben: Asker):
    assert ben.ask("{ touch onReplica }") == {"touch": 1, "onReplica": False}


def test_a_query_that_stands_in_the_way_of_the_replica_is_answered_all_the_same(
    pair: Pair, ben: Asker
):
    with in_background(lambda: ben.ask("{ onReplica(after: 1) }")) as (answer,):
        wait_until(lambda: pair.on_replica(SLEEPING))
        pair.on_primary("BEGIN; LOCK TABLE accounts_user IN ACCESS EXCLUSIVE MODE; COMMIT")

    assert answer.result() == {"onReplica": False}
    assert ben.ask("{ onReplica }") == {"onReplica": True}


def test_who_reads_from_the_replica_holds_no_connection_to_the_primary(pair: Pair, ben: Asker):
    def read() -> Any:
        return ben.ask("{ onReplica(after: 1) }")

    # As many as a pool has connections.
    with in_background(*[read] * 4) as reading:
        wait_until(lambda: pair.on_replica(SLEEPING) == 4)
        ben.ask(UPDATE, input={"firstName": "Benita"})
        still_reading = not any(each.done() for each in reading)

    assert still_reading
    assert [each.result() for each in reading] == [{"onReplica": True}] * 4


def test_without_memory_of_who_knows_what_the_primary_answers(pair: Pair, ben: Asker):
    with Redis.from_url(settings.REDIS_URL) as redis, pair.halted():
        ben.ask(UPDATE, input={"firstName": "Benita"})
        redis.delete(*redis.keys(f"{settings.CHANNEL_PREFIX}:known:*"))
        while_halted = ben.me()
        redis.set(f"{settings.CHANNEL_PREFIX}:known:since", 0)

    assert while_halted == ("Benita", False)


def test_a_replica_that_lags_too_far_is_not_asked(pair: Pair, tmp_path: Path):
    with serving(tmp_path, **options(pair, lag="0.5")) as server:
        ben = Asker(server)
        pair.catch_up()
        wait_until(lambda: ben.me() == ("Ben", True))
        with pair.halted():
            ben.rename("Benita")
            wait_until(lambda: ben.me() == ("Benita", False))
        wait_until(lambda: ben.me() == ("Benita", True))


def test_without_its_replica_all_goes_on_and_it_is_asked_again_once_it_is_back(
    pair: Pair, ben: Asker
):
    pair.replica.kill()
    took = [_timed(ben) for _ in range(20)]
    without = readiness(ben.server)
    pair.replica.start()
    wait_until(lambda: ben.me() == ("Ben", True))

    # The first one finds out, and of the others at most one tries again.
    assert [answer for _, answer in took] == [("Ben", False)] * 20
    assert sorted(seconds for seconds, _ in took)[-3] < 0.5
    assert (without, readiness(ben.server)) == ((200, "failing"), (200, "ok"))


def readiness(server: Server) -> tuple[int, str]:
    """Whether a web process is ready, and what it says of its replica."""
    answer = httpx.get(server.url.replace("/graphql/", "/readyz"))
    return answer.status_code, answer.json()["replica"]


def _timed(asker: Asker) -> tuple[float, tuple[str, bool]]:
    start = time.monotonic()
    answer = asker.me()
    return time.monotonic() - start, answer
