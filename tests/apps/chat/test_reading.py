"""How far somebody has read, and how far messages have reached them."""

import pytest
from django.db import connection

from apps.accounts.models import User
from apps.chat import errors
from apps.chat.events import MessagesDelivered, MessagesRead
from apps.chat.models import ChatMessage, ChatNotification, ChatParticipant, ChatRoom
from apps.chat.selectors import wrong_unread_counts
from apps.chat.services.reading import mark_delivered, mark_read
from apps.chat.services.rooms import leave_room
from kernel.errors import NotFound
from tests.factories.cast import Cast
from tests.factories.chat import ChatNotificationFactory, ChatRoomFactory, MessageFactory
from tests.support.announced import announced

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(cast: Cast) -> ChatRoom:
    """A room in which Ben said three things, the second of which is deleted, and Ada one after."""
    found: ChatRoom = ChatRoomFactory(between=[cast.ben, cast.ada, cast.cleo])
    for details in ({}, {"deleted": True}, {}):
        MessageFactory(room=found, sender=cast.ben, **details)
    return found


def _part(room: ChatRoom, user: User) -> ChatParticipant:
    return ChatParticipant.objects.get(room=room, user=user)


def test_what_is_read_is_counted_exactly(cast: Cast, room: ChatRoom):
    part = _part(room, cast.ada)

    with announced() as heard:
        counts = [mark_read(participant=part, up_to=number).unread_count for number in (1, 2, 3)]

    read = _part(room, cast.ada)
    assert (part.unread_count, counts) == (2, [1, 1, 0])
    assert (read.read_number, read.delivered_number) == (3, 3)
    assert read.read_at == read.delivered_at is not None
    assert heard == [
        MessagesRead(room_id=room.pk, user_id=cast.ada.pk, up_to=number) for number in (1, 2, 3)
    ]
    assert _part(room, cast.cleo).unread_count == 2


def test_ones_own_messages_do_not_count(cast: Cast, room: ChatRoom):
    MessageFactory(room=room, sender=cast.ada)
    ChatParticipant.objects.filter(user=cast.ada).update(read_number=0, unread_count=99)

    assert mark_read(participant=_part(room, cast.ada), up_to=1).unread_count == 1


def test_what_the_platform_says_counts(cast: Cast, room: ChatRoom):
    MessageFactory(room=room, sender=None, message_type=ChatMessage.Type.SYSTEM)

    part = mark_read(participant=_part(room, cast.ada), up_to=3)

    assert part.unread_count == 1
    assert not wrong_unread_counts().exists()


def test_nobody_reads_backwards(cast: Cast, room: ChatRoom):
    part = mark_read(participant=_part(room, cast.ada), up_to=3)

    with announced() as heard:
        again = [mark_read(participant=part, up_to=number) for number in (3, 1, 0)]

    assert [found.read_number for found in again] == [3, 3, 3]
    assert _part(room, cast.ada).version == part.version
    assert heard == []


@pytest.mark.parametrize("number", [-1, 4])
def test_what_was_not_said_is_not_read(cast: Cast, room: ChatRoom, number: int):
    for mark in (mark_read, mark_delivered):
        with pytest.raises(errors.MessageNotThere):
            mark(participant=_part(room, cast.ada), up_to=number)

    assert _part(room, cast.ada).unread_count == 2


def test_who_left_reads_nothing(cast: Cast, room: ChatRoom):
    part = leave_room(participant=_part(room, cast.ada))

    for mark in (mark_read, mark_delivered):
        with pytest.raises(NotFound):
            mark(participant=part, up_to=3)


def test_what_one_was_told_of_is_read_with_the_messages(cast: Cast, room: ChatRoom):
    first, last = room.messages.get(number=1), room.messages.get(number=3)
    early = ChatNotificationFactory(message=first, user=cast.ada)
    late = ChatNotificationFactory(message=last, user=cast.cleo)

    for user in (cast.ada, cast.cleo):
        mark_read(participant=_part(room, user), up_to=2)

    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.is_read, early.read_at is None) == (True, False)
    assert (late.is_read, late.read_at) == (False, None)


def test_who_was_added_to_a_room_where_nothing_was_said_can_say_that_they_know(cast: Cast):
    room = ChatRoomFactory(between=[cast.ben, cast.ada])
    ChatNotification.objects.create(room=room, user=cast.ada, notification_type="ADDED")

    mark_read(participant=_part(room, cast.ada), up_to=0)

    assert ChatNotification.objects.get().is_read


def test_delivery_runs_ahead_of_reading_and_never_back(cast: Cast, room: ChatRoom):
    part = _part(room, cast.ada)

    with announced() as heard:
        for number in (2, 2, 1):
            mark_delivered(participant=part, up_to=number)
        mark_read(participant=part, up_to=1)

    part.refresh_from_db()
    assert (part.delivered_number, part.read_number, part.unread_count) == (2, 1, 1)
    assert heard == [
        MessagesDelivered(room_id=room.pk, user_id=cast.ada.pk, up_to=2),
        MessagesRead(room_id=room.pk, user_id=cast.ada.pk, up_to=1),
    ]


def test_a_wrong_count_is_found_in_living_rooms_of_those_who_take_part(cast: Cast, room: ChatRoom):
    right = wrong_unread_counts().count()
    for user in (cast.ada, cast.cleo):
        ChatParticipant.objects.filter(room=room, user=user).update(unread_count=7)
    leave_room(participant=_part(room, cast.cleo))

    wrong = wrong_unread_counts()

    assert right == 0
    assert [(part.user, part.unread_count, part.counted) for part in wrong] == [(cast.ada, 7, 2)]


def test_rows_that_each_message_changes_stay_on_their_page_and_touch_no_index(
    cast: Cast, room: ChatRoom
):
    tables = {"chat_chatparticipant", "chat_chatroom"}
    counters = {"unread_count", "read_number", "last_number", "last_message_at", "version"}

    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE 'fillfactor=70' = ANY (reloptions)")
        roomy = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = ANY (%s)", [[*tables]])
        indexes = [definition for (definition,) in cursor.fetchall()]

    assert roomy == tables
    assert len(indexes) >= 6
    assert not [each for each in indexes if any(name in each for name in counters)]
