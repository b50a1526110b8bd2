"""Who is told that a room has news: those who are away and want to know, once."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from apps.accounts.models import User
from apps.chat.access import direct_room, group_room
from apps.chat.models import ChatMessage, ChatNotification, ChatParticipant, ChatRoom
from apps.chat.services.messages import Draft, delete_message, send_message
from apps.chat.services.notifying import notify_added, notify_missed
from apps.chat.services.presence import beat
from apps.chat.services.reading import mark_read
from apps.chat.services.rooms import add_participants, leave_room, mute_room, open_room
from apps.core.services.event_log import deliver_due
from kernel import clock
from kernel.viewer import SYSTEM, Viewer
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.chat import ChatRoomFactory, MessageFactory, ParticipantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(cast: Cast) -> ChatRoom:
    """A room of Ben's and Ada's."""
    return ChatRoomFactory(between=[cast.ben, cast.ada])


def _send(room: ChatRoom, sender: User, **details: Any) -> ChatMessage:
    message = send_message(room=room, sender=sender, draft=Draft(content="Hello", **details))
    deliver_due()
    return message


def _part(room: ChatRoom, user: User) -> ChatParticipant:
    return ChatParticipant.objects.get(room=room, user=user)


def _told() -> set[tuple[Any, ...]]:
    """Who has unread news, from which message on, and of what kind."""
    unread = ChatNotification.objects.unread()
    return {*unread.values_list("user", "message__number", "notification_type")}


def test_who_is_away_is_told_of_the_first_message_that_they_miss(cast: Cast, room: ChatRoom):
    for _ in range(3):
        _send(room, cast.ben)

    assert _told() == {(cast.ada.pk, 1, "MESSAGE")}
    assert ChatNotification.objects.get().sent_via == "IN_APP"


def test_once_it_was_read_they_are_told_of_the_next(cast: Cast, room: ChatRoom):
    _send(room, cast.ben)
    mark_read(participant=_part(room, cast.ada), up_to=1)

    _send(room, cast.ben)

    assert _told() == {(cast.ada.pk, 2, "MESSAGE")}
    assert ChatNotification.objects.count() == 2


def test_who_has_the_room_open_is_not_told(cast: Cast, room: ChatRoom):
    beat(participant=_part(room, cast.ada))
    _send(room, cast.ben)
    there = _told()
    with time_machine.travel(clock.now() + timedelta(seconds=61), tick=False):
        _send(room, cast.ben)

    assert there == set()
    assert _told() == {(cast.ada.pk, 2, "MESSAGE")}


def test_who_just_closed_it_is_told(cast: Cast, room: ChatRoom):
    for is_online in (True, False):
        beat(participant=_part(room, cast.ada), is_online=is_online)

    _send(room, cast.ben)

    assert _told() == {(cast.ada.pk, 1, "MESSAGE")}


def test_who_muted_the_room_is_told_once_that_is_over(cast: Cast, room: ChatRoom):
    until = clock.now() + timedelta(hours=1)
    mute_room(participant=_part(room, cast.ada), until=until)
    _send(room, cast.ben)
    muted = _told()

    with time_machine.travel(until, tick=False):
        _send(room, cast.ben)

    assert muted == set()
    assert _told() == {(cast.ada.pk, 2, "MESSAGE")}


def test_who_wants_no_notifications_left_or_cannot_sign_in_is_not_told(cast: Cast, room: ChatRoom):
    mute_room(participant=_part(room, cast.ada), notifications_enabled=False)
    leave_room(participant=ParticipantFactory(room=room))
    for shut in ({"blocked": True}, {"is_deleted": True}):
        ParticipantFactory(room=room, user=UserFactory(**shut))

    _send(room, cast.ben)

    assert _told() == set()


def test_whose_message_is_answered_is_told_so(cast: Cast, room: ChatRoom):
    ParticipantFactory(room=room, user=cast.cleo)
    question = MessageFactory(room=room, sender=cast.ada)

    _send(room, cast.ben, reply_to_id=question.pk)

    assert _told() == {(cast.ada.pk, 2, "REPLY"), (cast.cleo.pk, 2, "MESSAGE")}


def test_a_fact_that_is_handled_twice_tells_once(cast: Cast, room: ChatRoom):
    message = _send(room, cast.ben)

    for _ in range(2):
        notify_missed(room_id=room.pk, message_id=message.pk)

    assert ChatNotification.objects.count() == 1


def test_a_fact_that_is_handled_late_tells_nobody_of_what_was_read_or_deleted(
    cast: Cast, room: ChatRoom
):
    _, deleted = (
        send_message(room=room, sender=cast.ben, draft=Draft(content="Hello")) for _ in range(2)
    )
    mark_read(participant=_part(room, cast.ada), up_to=1)
    delete_message(message=deleted)

    deliver_due()

    assert _told() == set()


def test_nobody_is_told_of_a_room_that_was_deleted(cast: Cast, room: ChatRoom):
    message = send_message(room=room, sender=cast.ben, draft=Draft(content="Hello"))
    room.soft_delete()

    notify_missed(room_id=room.pk, message_id=message.pk)
    notify_added(room_id=room.pk, user_ids=[cast.ada.pk])

    assert _told() == set()


def test_who_is_added_to_a_group_is_told_and_who_adds_them_not(cast: Cast):
    cast.ben.friends.add(cast.ada, cast.cleo)
    viewer = Viewer(user=cast.ben)
    group = open_room(opening=group_room(viewer, [cast.ada.pk], title="The roof"), by=cast.ben)

    add_participants(room=group, users=[cast.cleo])
    open_room(opening=direct_room(viewer, cast.ada.pk), by=cast.ben)
    deliver_due()

    assert _told() == {(cast.ada.pk, None, "ADDED"), (cast.cleo.pk, None, "ADDED")}


def test_notifications_are_ones_own(cast: Cast, room: ChatRoom):
    _send(room, cast.ben)

    def seen(viewer: Viewer) -> int:
        return int(ChatNotification.objects.visible_to(viewer).count())

    assert [seen(Viewer(user=user)) for user in (cast.ada, cast.ben, cast.dora, None)] == [
        1,
        0,
        0,
        0,
    ]
    assert seen(SYSTEM) == 1
