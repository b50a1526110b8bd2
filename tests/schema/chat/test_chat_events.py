"""What happens in rooms reaches those who take part, live and from a cursor on."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction

from apps.accounts.models import User
from apps.chat.models import ChatParticipant, ChatRoom
from apps.chat.services import presence, reading, rooms
from apps.chat.services.departures import erase_chats_of
from apps.chat.services.messages import Draft, delete_message, edit_message, send_message
from apps.core.models import EventHorizon
from apps.core.selectors import Position, events_after, position_now
from tests.factories.accounts import UserFactory
from tests.factories.chat import ChatRoomFactory
from tests.support.followers import await_listeners, following
from tests.support.graphql import GraphQL, gid
from tests.support.server import PROBE, Server, serving
from tests.support.sockets import Socket, connected
from tests.support.threads import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

HAPPENINGS = """
  __typename
  ... on ChatHappening { cursor room { id } }
  ... on ChatMessageHappening { number message { content isDeleted sender { id } } }
  ... on ChatMessagesErased { numbers }
  ... on ChatUserHappening { user { id } }
  ... on ChatReceipt { upTo }
  ... on ChatTyping { isTyping }
  ... on ChatPresence { isOnline }
  ... on ChatParticipantChanged { type participant { role } }
  ... on ChatRoomChanged { type }
"""
EVENTS = (
    "subscription($room: ID!, $after: String) "
    f"{{ chatEvents(roomId: $room, after: $after) {{ {HAPPENINGS} }} }}"
)
INBOX = f"subscription($after: String) {{ chatInbox(after: $after) {{ {HAPPENINGS} }} }}"
#: One field of it is the reader's own, so that it is executed for each of them.
OWN = (
    "subscription($room: ID!, $after: String) { chatEvents(roomId: $room, after: $after) "
    f"{{ {HAPPENINGS} ... on ChatHappening {{ room {{ me {{ unreadCount }} }} }} }} }}"
)


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server."""
    with serving(tmp_path_factory.mktemp("server"), application=PROBE) as server:
        yield server


@pytest.fixture
def room() -> ChatRoom:
    """A group of three."""
    return ChatRoomFactory(between=[UserFactory() for _ in range(3)])


def members(room: ChatRoom) -> list[User]:
    """Who takes part in a room, the owner first."""
    return [part.user for part in room.participations.order_by("pk").select_related("user")]


def part(room: ChatRoom, user: User) -> ChatParticipant:
    """Somebody's part in a room."""
    return ChatParticipant.objects.select_related("room").get(room=room, user=user)


def say(room: ChatRoom, sender: User, content: str) -> Any:
    """Say something in a room."""
    return send_message(room=room, sender=sender, draft=Draft(content=content))


@contextmanager
def in_room(
    server: Server, room: ChatRoom, *users: User, query: str = EVENTS, **variables: Any
) -> Iterator[list[Socket]]:
    """Users who follow a room, from now on, for a block."""
    with following(server, query, *users, room=gid(room), **variables) as sockets:
        await_listeners(server, len(users))
        yield sockets


def heard(socket: Socket) -> dict[str, Any]:
    """The next thing that a socket is told of."""
    (answer,) = socket.answer()["1"]["data"].values()
    return dict(answer)


@pytest.mark.parametrize("query", [EVENTS, OWN], ids=["shared", "for each"])
def test_what_is_said_is_heard_by_all_who_take_part(server: Server, room: ChatRoom, query: str):
    owner, *others = members(room)
    with in_room(server, room, owner, *others, query=query) as sockets:
        say(room, owner, "Who has the ladder?")
        told = [heard(socket) for socket in sockets]

    assert [each["__typename"] for each in told] == ["ChatMessageSent"] * 3
    assert [each["message"]["content"] for each in told] == ["Who has the ladder?"] * 3
    assert {each["message"]["sender"]["id"] for each in told} == {gid(owner)}


def test_each_is_told_of_their_own_unread_count(server: Server, room: ChatRoom):
    owner, other, _ = members(room)
    with in_room(server, room, owner, other, query=OWN) as sockets:
        say(room, owner, "Who has the ladder?")

        counts = [heard(socket)["room"]["me"]["unreadCount"] for socket in sockets]
        assert counts == [0, 1]


def test_everything_that_happens_has_its_kind(server: Server, room: ChatRoom):
    owner, other, third = members(room)
    newcomer = UserFactory()
    with in_room(server, room, owner) as (socket,):
        message = say(room, owner, "One")
        edit_message(message=message, content="Two")
        reading.mark_delivered(participant=part(room, other), up_to=1)
        reading.mark_read(participant=part(room, other), up_to=1)
        delete_message(message=message)
        rooms.add_participants(room=room, users=[newcomer])
        rooms.remove_participant(room=room, user_id=third.pk)
        rooms.update_room(room=room, title="Painters")
        told = [heard(socket) for _ in range(8)]

    assert [(each["__typename"], each.get("type")) for each in told] == [
        ("ChatMessageSent", None),
        ("ChatMessageEdited", None),
        ("ChatMessagesDelivered", None),
        ("ChatMessagesRead", None),
        ("ChatMessageDeleted", None),
        ("ChatParticipantChanged", "ParticipantAdded"),
        ("ChatParticipantChanged", "ParticipantLeft"),
        ("ChatRoomChanged", "RoomUpdated"),
    ]
    assert (told[3]["user"]["id"], told[3]["upTo"]) == (gid(other), 1)
    assert told[4]["message"] == {"content": "", "isDeleted": True, "sender": {"id": gid(owner)}}
    assert told[5]["participant"] == {"role": "MEMBER"}


@pytest.mark.parametrize("query", [EVENTS, INBOX], ids=["room", "inbox"])
def test_what_is_erased_is_told_by_its_numbers(server: Server, room: ChatRoom, query: str):
    owner, other, _ = members(room)
    for sender in (owner, other, owner):
        say(room, sender, "My number is 555")
    before = str(position_now())
    given = {"room": gid(room)} if query == EVENTS else {}
    with following(server, query, other, after=before, **given) as (socket,):
        erase_chats_of(user_id=owner.pk)
        told = heard(socket)

    assert (told["__typename"], told["numbers"]) == ("ChatMessagesErased", [1, 3])
    assert told["room"] == {"id": gid(room)}
    assert Position.parse(told["cursor"]) > Position.parse(before)


def test_typing_and_presence_are_told_and_kept_nowhere(server: Server, room: ChatRoom):
    owner, other, _ = members(room)
    before = str(position_now())
    with in_room(server, room, owner) as (socket,):
        presence.set_typing(participant=part(room, other))
        typing = heard(socket)
        presence.beat(participant=part(room, other))
        came = heard(socket)
    with in_room(server, room, owner, after=before) as (later,):
        assert later.is_silent()

    assert (typing["__typename"], typing["isTyping"], typing["cursor"]) == (
        "ChatTyping",
        True,
        None,
    )
    assert (came["__typename"], came["isOnline"], came["user"]["id"]) == (
        "ChatPresence",
        True,
        gid(other),
    )


def test_what_was_missed_is_told_in_order_and_once(server: Server, room: ChatRoom):
    owner, other, _ = members(room)
    with in_room(server, room, other) as (socket,):
        say(room, owner, "0")
        cursor = heard(socket)["cursor"]
    for number in range(1, 130):
        say(room, owner, str(number))

    with in_room(server, room, other, after=cursor) as (socket,):
        told = [heard(socket)["message"]["content"] for _ in range(129)]
        say(room, owner, "130")

        assert told == [str(number) for number in range(1, 130)]
        assert heard(socket)["message"]["content"] == "130"


def test_who_took_a_cursor_first_and_read_then_is_told_what_happened_since(
    server: Server, room: ChatRoom
):
    owner, other, _ = members(room)
    say(room, owner, "Long ago")
    wait_until(lambda: events_after([f"chat:{room.pk}"], Position(0, 0)))

    cursor = GraphQL()("{ cursor }", by=other).data["cursor"]
    say(room, owner, "While they read")
    with in_room(server, room, other, after=cursor) as (socket,):
        say(room, owner, "While they listen")
        told = [heard(socket)["message"]["content"] for _ in range(2)]

    assert told == ["While they read", "While they listen"]


@pytest.mark.parametrize("query", [EVENTS, OWN], ids=["shared", "for each"])
def test_who_is_removed_hears_no_more(server: Server, room: ChatRoom, query: str):
    owner, other, _ = members(room)
    with in_room(server, room, owner, other, query=query) as (kept, gone):
        start = time.monotonic()
        rooms.remove_participant(room=room, user_id=other.pk)
        assert gone.error() == ("1", "not_found")
        assert time.monotonic() - start < 2
        say(room, owner, "They are gone.")

        assert [heard(kept)["__typename"] for _ in range(2)] == [
            "ChatParticipantChanged",
            "ChatMessageSent",
        ]
        assert gone.is_silent()


@pytest.mark.parametrize("query", [EVENTS, OWN], ids=["shared", "for each"])
def test_who_is_blocked_is_told_to_nobody_in_the_room(server: Server, room: ChatRoom, query: str):
    owner, other, _ = members(room)
    before = str(position_now())
    with in_room(server, room, owner, other, query=query) as sockets:
        _block_and_unblock(room, other)
        told = [heard(socket)["__typename"] for socket in sockets]
    with in_room(server, room, owner, other, query=query, after=before) as sockets:
        told_later = [heard(socket)["__typename"] for socket in sockets]

    assert told == told_later == ["ChatMessageSent"] * 2


def test_nor_to_any_inbox(server: Server, room: ChatRoom):
    owner, other, _ = members(room)
    before = str(position_now())
    with following(server, INBOX, owner, other) as inboxes:
        await_listeners(server, 2)
        _block_and_unblock(room, other)
        told = [heard(inbox)["__typename"] for inbox in inboxes]
    with following(server, INBOX, owner, other, after=before) as inboxes:
        told_later = [heard(inbox)["__typename"] for inbox in inboxes]

    assert told == told_later == ["ChatMessageSent"] * 2


def _block_and_unblock(room: ChatRoom, user: User) -> None:
    """Do both, and have something be said after that."""
    rooms.block_participant(room=room, user_id=user.pk)
    rooms.unblock_participant(room=room, user_id=user.pk)
    say(room, user, "Still here")


def test_a_stranger_follows_no_room(server: Server, room: ChatRoom):
    with following(server, EVENTS, UserFactory(), room=gid(room)) as (socket,):
        assert socket.error() == ("1", "not_found")


def test_the_signed_out_follow_no_room(server: Server, room: ChatRoom):
    with connected(server.ws_url, init=True) as socket:
        socket.subscribe("1", EVENTS, variables={"room": gid(room)})
        socket.subscribe("2", INBOX)

        assert {socket.error(), socket.error()} == {("1", "not_signed_in"), ("2", "not_signed_in")}


def test_an_inbox_is_told_of_all_rooms_also_of_new_ones(server: Server, room: ChatRoom):
    owner, other, _ = members(room)
    second = ChatRoomFactory(between=[owner, other])
    noise = ChatRoomFactory(between=[UserFactory(), UserFactory()])
    with following(server, INBOX, other) as (inbox,):
        await_listeners(server, 1)
        say(noise, members(noise)[0], "Not for them")
        say(room, owner, "First")
        say(second, owner, "Second")
        told = [heard(inbox)["message"]["content"] for _ in range(2)]
        third = ChatRoomFactory(between=[owner])
        rooms.add_participants(room=third, users=[other])
        say(third, owner, "Third")
        came = [heard(inbox) for _ in range(2)]

    assert told == ["First", "Second"]
    assert [each["__typename"] for each in came] == ["ChatParticipantChanged", "ChatMessageSent"]
    assert came[1]["message"]["content"] == "Third"


def test_an_inbox_misses_nothing_that_comes_together_with_a_new_room(
    server: Server, room: ChatRoom
):
    owner, other, _ = members(room)
    second = ChatRoomFactory(between=[owner])
    with following(server, INBOX, other) as (inbox,):
        await_listeners(server, 1)
        with transaction.atomic():
            rooms.add_participants(room=second, users=[other])
            for number in range(1, 7):
                say([room, second][number % 2], owner, str(number))
        came, *said = [heard(inbox) for _ in range(7)]

    assert came["__typename"] == "ChatParticipantChanged"
    assert [each["message"]["content"] for each in said] == [str(n) for n in range(1, 7)]


def test_an_inbox_is_told_no_more_of_a_room_that_was_left(server: Server, room: ChatRoom):
    owner, other, _ = members(room)
    with following(server, INBOX, other) as (inbox,):
        await_listeners(server, 1)
        rooms.leave_room(participant=part(room, other))
        say(room, owner, "They are gone.")
        left = heard(inbox)

        assert (left["__typename"], left["room"]) == ("ChatParticipantChanged", None)
        assert inbox.is_silent()


def test_an_inbox_resumes_over_all_rooms_in_order(server: Server, room: ChatRoom):
    owner, other, _ = members(room)
    second = ChatRoomFactory(between=[owner, other])
    with following(server, INBOX, other) as (inbox,):
        await_listeners(server, 1)
        say(room, owner, "0")
        cursor = heard(inbox)["cursor"]
    for number in range(1, 11):
        say([room, second][number % 2], owner, str(number))

    with following(server, INBOX, other, after=cursor) as (inbox,):
        told = [heard(inbox)["message"]["content"] for _ in range(10)]
        assert told == [str(number) for number in range(1, 11)]


@pytest.mark.parametrize("cursor", ["x", "1", "-1.1", "1.x"])
def test_a_cursor_that_is_none_is_refused(server: Server, room: ChatRoom, cursor: str):
    with following(server, EVENTS, members(room)[0], room=gid(room), after=cursor) as (socket,):
        assert socket.error() == ("1", "invalid_cursor")


@pytest.mark.parametrize("query", [EVENTS, INBOX], ids=["room", "inbox"])
def test_a_cursor_behind_all_facts_is_told_to_resync(server: Server, room: ChatRoom, query: str):
    say(room, members(room)[0], "Before a backup is restored")
    given = {"room": gid(room)} if query is EVENTS else {}
    later = str(Position(2**40, 1))
    with following(server, query, members(room)[1], **given, after=later) as (socket,):
        assert socket.error() == ("1", "resync_required")


def test_who_reads_again_what_was_deleted_is_not_told_its_words(server: Server, room: ChatRoom):
    ada, ben, _ = members(room)
    before = str(position_now())
    with following(server, EVENTS, ada, room=gid(room)) as (live,):
        await_listeners(server, 1)
        message = say(room, ada, "My password")
        told = live.answer()["1"]["data"]["chatEvents"]["message"]
        delete_message(message=message)
        live.answer()
        with following(server, EVENTS, ben, room=gid(room), after=before) as (later,):
            told_again = later.answer()["1"]["data"]["chatEvents"]["message"]

    assert (told["content"], told["isDeleted"]) == ("My password", False)
    assert (told_again["content"], told_again["isDeleted"]) == ("", True)


def test_a_cursor_before_what_retention_removed_is_told_to_resync(server: Server, room: ChatRoom):
    owner, other, _ = members(room)
    cursor = str(position_now())
    say(room, owner, "Long ago")
    gone = wait_until(lambda: events_after([f"chat:{room.pk}"], Position.parse(cursor)))[0]
    EventHorizon.objects.update_or_create(
        pk=1, defaults={"transaction_id": gone.transaction_id, "event_id": gone.pk}
    )
    try:
        with following(server, EVENTS, other, room=gid(room), after=cursor) as (socket,):
            assert socket.error() == ("1", "resync_required")
    finally:
        EventHorizon.objects.update(transaction_id=0, event_id=0)
