"""Listeners of one group: what happens to one of them is no business of the others."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from channels.layers import get_channel_layer
from django.db import connection

from apps.accounts import tokens
from apps.accounts.models import Session, User
from apps.accounts.services.sessions import start_session
from apps.accounts.tokens import AccessToken
from apps.chat.models import ChatParticipant, ChatRoom
from apps.chat.services.messages import Draft, send_message
from apps.core.models import AuditEntry
from apps.core.selectors import position_now
from kernel import clock
from schema.base import hub as hubs
from schema.base import judging
from schema.base import news as newses
from schema.base.context import Context
from schema.base.execution import in_thread
from schema.base.http import GraphQLRequest
from schema.base.hub import hub
from schema.base.news import news
from schema.base.operations import Operation
from schema.base.outbox import Outbox
from schema.base.signals import group_of
from schema.root import schema
from tests.factories.accounts import UserFactory
from tests.factories.chat import ChatRoomFactory
from tests.support.graphql import gid
from tests.support.threads import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

#: Executed once for all, and for each by themselves.
SHARED = "... on ChatMessageSent { message { content } }"
OWN = "... on ChatMessageSent { message { content } room { me { unreadCount } } }"


class Follower(Operation):
    """One who follows a room in this process, and keeps what they are told."""

    def __init__(self, user: User, *, claims: AccessToken | None = None, takes: int = 100) -> None:
        super().__init__()
        self.schema = schema
        self.claims = claims or tokens.read(start_session(user=user).access_token)
        self.told: list[str] = []
        self.failures: list[BaseException] = []
        #: How many answers they take before they have to rest for a moment.
        self.takes = takes

    async def follow(self, room: ChatRoom, selection: str, **variables: Any) -> None:
        """Begin."""
        query = (
            "subscription($room: ID!, $after: String) "
            f"{{ chatEvents(roomId: $room, after: $after) {{ {selection} }} }}"
        )
        await self.run(GraphQLRequest(query, {"room": gid(room), **variables}))

    def context(self) -> Context:
        """Who they are."""
        return Context(request_id="follower", claims=self.claims)

    @property
    def has_room(self) -> bool:
        """Whether they take another one."""
        return self.takes > 0

    async def room(self) -> None:
        """Rest."""
        self.takes = 100

    def next(self, payload: str) -> None:
        """Keep an answer."""
        self.takes -= 1
        self.told.append(payload)

    def complete(self) -> None:
        """Nothing is left to be said."""

    def fail(self, error: BaseException) -> None:
        """Keep the reason."""
        self.failures.append(error)


class Gone(Follower):
    """One whose server says that the connection is closed already."""

    def next(self, payload: str) -> None:
        """Send it in vain."""
        Outbox(self._refuse).put(payload)

    async def _refuse(self, _frame: str) -> None:
        raise RuntimeError("Unexpected ASGI message 'websocket.send'.")


def run(steps: Callable[[], Awaitable[None]]) -> None:
    """Run in an event loop of its own, which stops listening at the end."""

    async def whole() -> None:
        try:
            await steps()
        finally:
            await news().close()

    asyncio.run(whole())


async def until(holds: Callable[[], Any], *, seconds: float = 15) -> None:
    """Wait until a condition holds, which is asked in a thread."""
    await asyncio.to_thread(wait_until, holds, seconds=seconds)


async def all_follow(followers: list[Follower], room: ChatRoom, selection: str) -> None:
    """Have all of them follow a room, and wait until they do."""
    for follower in followers:
        await follower.follow(room, selection)
    await all_listen(len(followers))


async def all_listen(count: int) -> None:
    """Wait until so many are told of what happens."""
    here = hub()
    await until(lambda: here.listeners == count)


async def say(room: ChatRoom, sender: User, content: str = "Hello") -> None:
    """Send a message."""
    await in_thread(lambda: send_message(room=room, sender=sender, draft=Draft(content=content)))


def in_another_transaction(change: Callable[[], Any]) -> None:
    """Do something at this moment, as another process would."""

    def work() -> None:
        try:
            change()
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


@pytest.fixture
def users() -> list[User]:
    """Three who talk with one another."""
    return [UserFactory() for _ in range(3)]


@pytest.fixture
def room(users: list[User]) -> ChatRoom:
    """Their room."""
    return ChatRoomFactory(between=users)


def test_one_whose_connection_broke_takes_nobody_along(users: list[User], room: ChatRoom):
    gone, *others = Gone(users[0]), Follower(users[1]), Follower(users[2])

    async def steps() -> None:
        await all_follow([gone, *others], room, SHARED)
        await say(room, users[0])
        await until(lambda: all(each.told for each in others))

    run(steps)

    assert [each.failures for each in others] == [[], []]


def test_sessions_that_end_while_others_are_told_take_nobody_along(
    users: list[User], room: ChatRoom, monkeypatch: pytest.MonkeyPatch
):
    followers = [Follower(user) for user in users]
    of_the_first = Session.objects.filter(user__in=users[:2])
    found = judging.lasting

    def revoked_behind(claims: Any, **how: Any) -> Any:
        lasts = found(claims, **how)
        in_another_transaction(lambda: of_the_first.update(revoked_at=clock.now()))
        return lasts

    async def steps() -> None:
        await all_follow(followers, room, SHARED)
        monkeypatch.setattr(judging, "lasting", revoked_behind)
        await say(room, users[2])
        await until(lambda: followers[2].told)

    run(steps)

    assert followers[2].failures == []


def test_who_leaves_while_they_read_for_all_hides_nothing_from_the_others(
    users: list[User], room: ChatRoom, monkeypatch: pytest.MonkeyPatch
):
    followers = [Follower(user) for user in users[:2]]
    executed, left = judging.executed, []

    def leaving(listener: Any, viewer: Any, record: Any) -> Any:
        if not left:
            left.append(viewer.user_id)
            parts = ChatParticipant.objects.filter(room=room, user=viewer.user_id)
            in_another_transaction(lambda: parts.update(left_at=clock.now()))
        return executed(listener, viewer, record)

    async def steps() -> None:
        await all_follow(followers, room, SHARED)
        monkeypatch.setattr(judging, "executed", leaving)
        await say(room, users[2])
        await until(lambda: all(each.told or each.failures for each in followers))

    run(steps)

    (stays,) = [each for each in followers if each.claims.user_id not in left]
    assert len(stays.told) == 1
    assert '"content":"Hello"' in stays.told[0]


def test_who_comes_back_while_many_others_are_told_misses_nothing():
    users = [UserFactory() for _ in range(2 * hubs.LISTENERS)]
    room = ChatRoomFactory(between=users)
    before = str(position_now())
    for number in range(10):
        send_message(room=room, sender=users[0], draft=Draft(content=str(number)))
    followers = [Follower(user, takes=3) for user in users]

    async def steps() -> None:
        for follower in followers:
            await follower.follow(room, OWN, after=before)
        await until(lambda: all(len(each.told) >= 10 for each in followers), seconds=40)

    run(steps)

    words = [[each.split('"content":"')[1][0] for each in follower.told] for follower in followers]
    assert words == [list("0123456789")] * len(users)


@pytest.mark.parametrize(
    ("selection", "judge"), [(SHARED, "_judge_together"), (OWN, "_judge_one")], ids=["all", "each"]
)
def test_what_could_not_be_read_is_told_once_the_database_is_back(
    users: list[User],
    room: ChatRoom,
    selection: str,
    judge: str,
    monkeypatch: pytest.MonkeyPatch,
):
    follower, judged = Follower(users[0]), getattr(judging, judge)
    known = {"dbname", "user", "password", "host", "port"}
    given = {k: v for k, v in connection.get_connection_params().items() if k in known and v}
    waiting = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        " AND datname = current_database() AND query LIKE '%chat_chatmessage%'"
    )

    with psycopg.connect(**given, autocommit=True) as admin, psycopg.connect(**given) as other:

        def behind_a_lock(*args: Any) -> Any:
            if not locked:
                locked.append(other.execute("LOCK TABLE chat_chatmessage"))
            return judged(*args)

        async def steps() -> None:
            await all_follow([follower], room, selection)
            monkeypatch.setattr(judging, judge, behind_a_lock)
            await say(room, users[1])
            await until(lambda: locked)
            await until(lambda: admin.execute(waiting).fetchall())
            other.rollback()
            await until(lambda: follower.told or follower.failures)

        locked: list[Any] = []
        run(steps)

    assert follower.failures == []
    assert ['"content":"Hello"' in each for each in follower.told] == [True]


def test_two_tokens_of_one_session_are_told_apart(users: list[User], room: ChatRoom):
    follower = Follower(users[0])
    # For an organization of which they are no member any more.
    elsewhere = Follower(users[0], claims=replace(follower.claims, organization_id=uuid4()))

    async def steps() -> None:
        await follower.follow(room, SHARED)
        elsewhere.listener = replace(follower.listener, claims=elsewhere.claims, outlet=elsewhere)
        group = hub()._group_of[follower.listener]
        group.take(elsewhere.listener)
        hub()._group_of[elsewhere.listener] = group
        await all_listen(2)
        await say(room, users[1])
        await until(lambda: follower.told and elsewhere.failures)

    run(steps)

    assert (len(follower.told), follower.failures, elsewhere.told) == (1, [], [])


def test_what_staff_are_told_is_noted_as_what_they_read(users: list[User], room: ChatRoom):
    dora = UserFactory(is_staff=True, is_superuser=True)
    ChatParticipant.objects.create(room=room, user=dora)
    followers = [Follower(user) for user in [*users, dora]]

    async def steps() -> None:
        await all_follow(followers, room, SHARED)
        for count in range(1, 4):
            await say(room, users[0])
            await until(lambda count=count: all(len(each.told) == count for each in followers))

    run(steps)

    assert AuditEntry.objects.filter(actor_id=dora.pk, action="READ").count() == 3


def test_the_log_is_not_read_for_signals_of_what_was_told(
    users: list[User], room: ChatRoom, monkeypatch: pytest.MonkeyPatch
):
    followers, reads = [Follower(user) for user in users], []
    read = newses.records_after

    def counted(*args: Any, **how: Any) -> Any:
        reads.append(args)
        return read(*args, **how)

    async def steps() -> None:
        for follower in followers:
            await follower.run(GraphQLRequest("subscription { chatInbox { __typename } }"))
        await all_listen(len(followers))
        await say(room, users[0])
        await until(lambda: all(each.told for each in followers))
        monkeypatch.setattr(newses, "records_after", counted)
        # As long as a signal is followed up whose fact is still to come; a sweep may be among it.
        await asyncio.sleep(sum(newses.RETRIES) + 0.1)

    run(steps)

    assert len(reads) <= 2


def test_who_closes_leaves_all_topics(monkeypatch: pytest.MonkeyPatch):
    left = []

    async def steps() -> None:
        layer = get_channel_layer()
        discard = layer.group_discard

        async def noted(group: str, channel: str) -> None:
            left.append(group)
            await discard(group, channel)

        monkeypatch.setattr(layer, "group_discard", noted)
        await news().ring("user:1", lambda: None)

    run(steps)

    assert left == [group_of("user:1")]
