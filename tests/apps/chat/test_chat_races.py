"""What is said, read and deleted at the same moment: numbers without a gap, and exact counts."""

from collections import Counter
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import transaction

from apps.accounts.models import User
from apps.chat import access
from apps.chat.access import Opening
from apps.chat.errors import GroupTooLarge, RoomClosed
from apps.chat.models import (
    ChatMessage,
    ChatNotification,
    ChatParticipant,
    ChatReport,
    ChatRoom,
)
from apps.chat.selectors import wrong_unread_counts
from apps.chat.services.departures import erase_chats_of
from apps.chat.services.messages import Draft, delete_message, edit_message, send_message
from apps.chat.services.notifying import notify_missed
from apps.chat.services.reading import mark_delivered, mark_read
from apps.chat.services.rooms import add_participants, close_room, leave_room, open_room
from apps.core.models import EventRecord
from apps.orders.services.orders import delete_order
from kernel.errors import NotFound
from kernel.viewer import Viewer
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.chat import ChatReportFactory, ChatRoomFactory, ParticipantFactory
from tests.support.races import race
from tests.support.threads import in_background, somebody_waits_for_a_lock, wait_until

#: A race may go either way, so each is run a few times.
pytestmark = pytest.mark.django_db(transaction=True)
rounds = pytest.mark.parametrize("round", range(5))


@pytest.fixture
def room(cast: Cast) -> ChatRoom:
    """A group of Ben's, with Ada and Cleo."""
    return ChatRoomFactory(between=[cast.ben, cast.ada, cast.cleo])


def _send(room: ChatRoom, sender: User, content: str = "Hello", **details: Any) -> ChatMessage:
    return send_message(room=room, sender=sender, draft=Draft(content=content, **details))


def _part(room: ChatRoom, user: User) -> ChatParticipant:
    return ChatParticipant.objects.get(room=room, user=user)


def _announced() -> Counter[str]:
    return Counter(EventRecord.objects.values_list("type", flat=True))


def _check_numbers(room: ChatRoom, count: int) -> None:
    """The room has so many messages, from one on without a gap, in the order of their times."""
    room.refresh_from_db()
    said = ChatMessage.objects.filter(room=room).order_by("number")
    times = list(said.values_list("created_at", flat=True))
    assert [*said.values_list("number", flat=True)] == [*range(1, count + 1)]
    assert times == sorted(times)
    assert (room.last_number, room.last_message_at) == (count, times[-1])


def test_fifty_messages_at_once_are_numbered_without_a_gap_and_counted_exactly(
    cast: Cast, room: ChatRoom
):
    users = [cast.ben, cast.ada, cast.cleo, *(ParticipantFactory(room=room).user for _ in "ab")]

    outcomes = race(*(partial(_send, room, users[n % 5], f"Message {n}") for n in range(50)))

    assert [type(outcome) for outcome in outcomes] == [ChatMessage] * 50
    assert len({outcome.number for outcome in outcomes}) == 50
    _check_numbers(room, 50)
    assert not wrong_unread_counts().exists()
    assert _announced()["MessageSent"] == 50


def test_who_only_listens_has_all_fifty_to_read(cast: Cast, room: ChatRoom):
    race(*(partial(_send, room, (cast.ben, cast.ada)[n % 2]) for n in range(50)))

    assert _part(room, cast.cleo).unread_count == 50


def test_messages_are_sent_while_others_read(cast: Cast, room: ChatRoom):
    _send(room, cast.ben)
    sends = [partial(_send, room, cast.ben) for _ in range(20)]
    reads = [
        partial(mark, participant=_part(room, user), up_to=1)
        for mark in (mark_read, mark_delivered)
        for user in (cast.ada, cast.cleo, cast.ada, cast.cleo)
    ]

    race(*(call for pair in zip(sends, reads * 3, strict=False) for call in pair))

    _check_numbers(room, 21)
    assert not wrong_unread_counts().exists()
    assert _part(room, cast.ada).unread_count == 20
    assert _announced()["MessagesRead"] == 2


def _read_all(room: ChatRoom, user: User) -> ChatParticipant:
    last = ChatRoom.objects.get(pk=room.pk).last_number
    return mark_read(participant=_part(room, user), up_to=last)


@rounds
def test_what_is_read_up_to_the_newest_while_more_is_said_is_counted_exactly(
    cast: Cast, room: ChatRoom, round: int
):
    calls = [partial(_send, room, cast.ben), partial(_read_all, room, cast.ada)] * 10

    race(*calls, partial(_send, room, cast.ada), partial(_read_all, room, cast.cleo))

    assert not wrong_unread_counts().exists()
    _check_numbers(room, 11)


@rounds
def test_a_message_is_deleted_while_it_is_read(cast: Cast, room: ChatRoom, round: int):
    messages = [_send(room, cast.ben) for _ in range(4)]
    deletions = [partial(delete_message, message=message) for message in messages[:3]]
    reads = [
        partial(mark_read, participant=_part(room, user), up_to=number)
        for user in (cast.ada, cast.cleo)
        for number in (1, 2, 3)
    ]

    outcomes = race(*deletions, *reads, *deletions, partial(_send, room, cast.ada))

    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert not wrong_unread_counts().exists()
    assert _announced()["MessageDeleted"] == 3
    _check_numbers(room, 5)


@rounds
def test_a_message_is_changed_while_it_is_deleted(cast: Cast, room: ChatRoom, round: int):
    message = _send(room, cast.ben)

    edited, deleted = race(
        partial(edit_message, message=message, content="Something else"),
        partial(delete_message, message=message),
    )

    assert type(edited) in (ChatMessage, NotFound)
    assert deleted.is_deleted
    assert ChatMessage.objects.get().is_deleted
    assert not wrong_unread_counts().exists()


@rounds
def test_a_message_sent_many_times_at_once_is_said_once(cast: Cast, room: ChatRoom, round: int):
    outcomes = race(*[partial(_send, room, cast.ben, client_id="a")] * 8)

    assert {outcome.pk for outcome in outcomes} == {ChatMessage.objects.get().pk}
    assert _part(room, cast.ada).unread_count == 1
    assert _announced()["MessageSent"] == 1


def _open(user: User, opening: Opening) -> ChatRoom:
    return open_room(opening=opening, by=user)


@rounds
def test_two_who_open_their_room_at_once_are_in_the_same_one(cast: Cast, round: int):
    cast.ada.friends.add(cast.ben)
    calls = [
        partial(_open, one, access.direct_room(Viewer(user=one), other.pk))
        for one, other in ((cast.ada, cast.ben), (cast.ben, cast.ada))
    ]

    outcomes = race(*calls * 4)

    assert {outcome.pk for outcome in outcomes} == {ChatRoom.objects.get().pk}
    assert ChatParticipant.objects.count() == 2
    assert _announced()["RoomOpened"] == 1


@rounds
def test_a_room_is_opened_while_its_order_is_deleted(cast: Cast, round: int):
    order = cast.ada_work(confirmed=True)
    opening = access.order_room(Viewer(user=cast.ben), order.pk)

    opened, _ = race(
        partial(open_room, opening=opening, by=cast.ben), partial(delete_order, order=order)
    )

    assert type(opened) in (ChatRoom, NotFound)
    assert not ChatRoom.objects.exists()


@rounds
def test_of_those_who_join_at_once_no_more_get_in_than_there_is_room_for(
    cast: Cast, room: ChatRoom, settings: Any, round: int
):
    settings.CHAT_GROUP_SIZE = 5
    newcomers = [UserFactory() for _ in range(8)]

    outcomes = race(*(partial(add_participants, room=room, users=[user]) for user in newcomers))

    kinds = Counter(type(outcome) for outcome in outcomes)
    assert kinds == {ChatRoom: 2, GroupTooLarge: 6}
    assert room.participations.filter(left_at=None).count() == 5


@rounds
def test_owners_who_leave_at_once_leave_one_behind(cast: Cast, room: ChatRoom, round: int):
    room.participations.filter(user=cast.ada).update(role="OWNER")
    leaving = [_part(room, user) for user in (cast.ben, cast.ada)]

    race(*(partial(leave_room, participant=part) for part in leaving))

    assert _part(room, cast.cleo).role == "OWNER"
    assert _announced()["ParticipantPromoted"] == 1


@rounds
def test_nothing_is_said_after_a_room_was_closed(cast: Cast, room: ChatRoom, round: int):
    outcomes = race(
        *[partial(_send, room, cast.ben)] * 4,
        partial(close_room, room=room),
        *[partial(_send, room, cast.ada)] * 4,
    )

    said = [outcome for outcome in outcomes if isinstance(outcome, ChatMessage)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, RoomClosed)]
    assert len(said) + len(refused) == 8
    closed = EventRecord.objects.get(type="RoomUpdated")
    assert not EventRecord.objects.filter(type="MessageSent", id__gt=closed.id).exists()
    assert not wrong_unread_counts().exists()


@rounds
def test_nobody_is_told_of_what_they_are_reading(cast: Cast, room: ChatRoom, round: int):
    message = _send(room, cast.ben)
    told: dict[str, Any] = {"room_id": room.pk, "message_id": message.pk}

    race(
        partial(notify_missed, **told),
        partial(mark_read, participant=_part(room, cast.ada), up_to=1),
        partial(notify_missed, **told),
        partial(mark_read, participant=_part(room, cast.cleo), up_to=1),
    )

    assert not ChatNotification.objects.filter(is_read=False).exists()
    assert ChatNotification.objects.count() <= 2


def test_who_decides_a_report_is_waited_for_before_any_room_is_locked(cast: Cast, room: ChatRoom):
    report = ChatReportFactory(message=_send(room, cast.ben), reporter=cast.ada)
    held, over = Event(), Event()

    def decide() -> None:
        with transaction.atomic():
            ChatReport.objects.select_for_update().get(pk=report.pk)
            held.set()
            over.wait(10)

    def erase() -> None:
        held.wait(10)
        erase_chats_of(user_id=cast.ben.pk)

    with in_background(decide, erase) as jobs:
        wait_until(somebody_waits_for_a_lock)
        free = ChatRoom.objects.select_for_update(no_key=True, skip_locked=True)
        with transaction.atomic():
            was_free = free.filter(pk=room.pk).first() == room
        over.set()

    assert [job.result() for job in jobs] == [None, None]
    assert was_free
