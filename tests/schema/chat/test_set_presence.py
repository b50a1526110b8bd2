"""Telling those in a room that one is there, and that one is writing."""

from typing import Any

import pytest

from apps.chat.events import PresenceChanged, Typing
from apps.chat.models import ChatParticipant, ChatRoom
from kernel import clock, events
from kernel.events import Event
from tests.factories.cast import Cast
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

BOTH = pytest.mark.parametrize("name", ["setPresence", "setTyping"])
ONLINE = """query($id: ID!) { chatRoom(id: $id) {
  participants(filter: {role: OWNER}) { edges { node { isOnline } } } } }"""


@pytest.fixture
def committing(django_capture_on_commit_callbacks: Any) -> Any:
    """Has the block's calls be committed, as they are without a test around them."""
    return django_capture_on_commit_callbacks


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """What is passed on to those who listen."""
    found: list[Event] = []
    monkeypatch.setattr(events, "_passers", [found.append])
    return found


def _set(graphql: GraphQL, name: str, room: ChatRoom, *, by: Any, **given: Any) -> Answer:
    return graphql.mutate(name, {"roomId": gid(room)} | given, "... on Done { ok }", by=by)


def _is_online(graphql: GraphQL, room: ChatRoom, cast: Cast) -> bool:
    answer = graphql(ONLINE, {"id": gid(room)}, by=cast.ben)
    (edge,) = answer.data["chatRoom"]["participants"]["edges"]
    return bool(edge["node"]["isOnline"])


def test_who_opens_a_room_is_online_and_who_closes_it_is_not(
    graphql: GraphQL, cast: Cast, group: ChatRoom
):
    before = _is_online(graphql, group, cast)
    _set(graphql, "setPresence", group, by=cast.ada)
    there = _is_online(graphql, group, cast)
    _set(graphql, "setPresence", group, by=cast.ada, isOnline=False)

    assert (before, there, _is_online(graphql, group, cast)) == (False, True, False)


def test_a_beat_that_follows_soon_writes_nothing(graphql: GraphQL, cast: Cast, room: ChatRoom):
    _set(graphql, "setPresence", room, by=cast.ada)

    with nothing_changes():
        answer = _set(graphql, "setPresence", room, by=cast.ada)

    assert answer.data["setPresence"]["ok"] is True


def test_that_somebody_came_or_went_is_passed_on_once(
    graphql: GraphQL, cast: Cast, room: ChatRoom, heard: list[Event], committing: Any
):
    for is_online in (True, True, False, False):
        with committing(execute=True):
            _set(graphql, "setPresence", room, by=cast.ada, isOnline=is_online)

    about = {"room_id": room.pk, "user_id": cast.ada.pk}
    assert heard == [
        PresenceChanged(**about, is_online=True),
        PresenceChanged(**about, is_online=False),
    ]


def test_that_somebody_writes_or_stopped_is_passed_on(
    graphql: GraphQL, cast: Cast, room: ChatRoom, heard: list[Event], committing: Any
):
    with nothing_changes():
        for is_typing in (True, False):
            with committing(execute=True):
                _set(graphql, "setTyping", room, by=cast.ada, isTyping=is_typing)

    about = {"room_id": room.pk, "user_id": cast.ada.pk}
    assert heard == [Typing(**about, is_typing=True), Typing(**about, is_typing=False)]


@BOTH
@pytest.mark.parametrize(
    ("who", "code"), [("cleo", "not_found"), ("dora", "not_found"), ("nobody", "not_signed_in")]
)
def test_who_takes_no_part_tells_nothing(
    graphql: GraphQL, cast: Cast, room: ChatRoom, name: str, who: str, code: str
):
    by = getattr(cast, who)

    with nothing_changes():
        answer = _set(graphql, name, room, by=by)

    assert answer.code == code


def test_nobody_writes_where_nothing_can_be_said(graphql: GraphQL, cast: Cast, room: ChatRoom):
    ChatParticipant.objects.filter(room=room, user=cast.ben).update(blocked_at=clock.now())
    blocked = _set(graphql, "setTyping", room, by=cast.ben)
    ChatRoom.objects.filter(pk=room.pk).update(is_active=False)
    closed = _set(graphql, "setTyping", room, by=cast.ada)

    assert (blocked.code, closed.code) == ("chat_blocked", "room_closed")
