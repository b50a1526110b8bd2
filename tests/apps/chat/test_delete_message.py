"""Taking back what was said."""

import pytest

from apps.accounts.models import User
from apps.chat import errors
from apps.chat.access import MESSAGE_ACTIONS
from apps.chat.events import MessageDeleted
from apps.chat.models import ChatMessage, ChatNotification, ChatRoom
from apps.chat.selectors import wrong_unread_counts
from apps.chat.services.messages import delete_message
from apps.chat.services.reading import mark_read
from apps.chat.services.rooms import close_room
from kernel import clock
from kernel.errors import NotFound
from kernel.viewer import Viewer
from tests.factories.cast import Cast
from tests.factories.chat import (
    ChatNotificationFactory,
    ChatRoomFactory,
    MessageFactory,
    ParticipantFactory,
)
from tests.support.announced import announced

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(cast: Cast) -> ChatRoom:
    """A group of Ben's, with Ada and Cleo."""
    return ChatRoomFactory(between=[cast.ben, cast.ada, cast.cleo])


def _unread(room: ChatRoom) -> dict[str, int]:
    return dict(room.participations.values_list("user__first_name", "unread_count"))


def test_a_deleted_message_keeps_its_place_and_its_sender(cast: Cast, room: ChatRoom):
    first, second = (MessageFactory(room=room, sender=cast.ben) for _ in range(2))

    with announced() as heard:
        delete_message(message=first)
        delete_message(message=first)

    seen = ChatMessage.objects.visible_to(Viewer(user=cast.ada)).order_by("number")
    assert [*seen.values_list("number", "is_deleted", "sender")] == [
        (1, True, cast.ben.pk),
        (2, False, cast.ben.pk),
    ]
    assert [*room.messages.active_only()] == [second]
    told = {"room_id": room.pk, "number": 1, "sender_id": cast.ben.pk}
    assert heard == [MessageDeleted(message_id=first.pk, **told)]


def test_those_who_have_not_read_it_have_one_message_less_to_read(cast: Cast, room: ChatRoom):
    first = MessageFactory(room=room, sender=cast.ben)
    mark_read(participant=room.participations.get(user=cast.ada), up_to=1)
    left = ParticipantFactory(room=room, left_at=clock.now(), user__first_name="Sam")
    MessageFactory(room=room, sender=cast.ben)
    before = _unread(room)

    delete_message(message=first)

    assert before == {"Ben": 0, "Ada": 1, "Cleo": 2, "Sam": 0}
    assert _unread(room) == {"Ben": 0, "Ada": 1, "Cleo": 1, "Sam": 0}
    assert left.unread_count == 0
    assert not wrong_unread_counts().exists()


def test_who_was_told_of_it_is_told_of_the_next_one_that_they_missed(cast: Cast, room: ChatRoom):
    first = MessageFactory(room=room, sender=cast.ben)
    MessageFactory(room=room, sender=cast.ada)
    last = MessageFactory(room=room, sender=cast.cleo)
    for user in (cast.ada, cast.cleo):
        ChatNotificationFactory(message=first, user=user, notification_type="REPLY")

    delete_message(message=first)

    told = ChatNotification.objects.values_list("user", "message__number", "notification_type")
    assert {*told} == {(cast.ada.pk, 3, "MESSAGE"), (cast.cleo.pk, 2, "MESSAGE")}
    delete_message(message=last)
    assert [*told.all()] == [(cast.cleo.pk, 2, "MESSAGE")]


def test_a_message_of_a_closed_room_can_be_taken_back(cast: Cast, room: ChatRoom):
    message = MessageFactory(room=room, sender=cast.ben)
    close_room(room=room)

    assert delete_message(message=message).is_deleted


def _may_delete(user: User, message: ChatMessage) -> bool:
    rows = ChatMessage.objects.filter(pk=message.pk)
    names = MESSAGE_ACTIONS.names(Viewer(user=user), ["deleteMessage"])
    return rows.annotate(can=names).get().can == ["deleteMessage"]


def test_its_sender_the_groups_owner_and_staff_may_delete_it(cast: Cast, room: ChatRoom):
    of_ada = MessageFactory(room=room, sender=cast.ada)
    of_ben = MessageFactory(room=room, sender=cast.ben)

    asked = (cast.ada, cast.ben, cast.cleo, cast.dora, cast.eve)
    assert [_may_delete(user, of_ada) for user in asked] == [True, True, False, True, False]
    assert [_may_delete(user, of_ben) for user in asked] == [False, True, False, True, False]
    with pytest.raises(errors.NotSender):
        MESSAGE_ACTIONS.permit(Viewer(user=cast.cleo), "deleteMessage", of_ada.pk)
    with pytest.raises(NotFound):
        MESSAGE_ACTIONS.permit(Viewer(user=cast.eve), "deleteMessage", of_ada.pk)


def test_elsewhere_nobody_deletes_what_the_other_said(cast: Cast):
    room = ChatRoomFactory(direct=True)
    for user in (cast.ben, cast.ada):
        ParticipantFactory(room=room, user=user, role="OWNER")
    message = MessageFactory(room=room, sender=cast.ada)

    assert not _may_delete(cast.ben, message)


def test_a_restored_order_brings_back_what_its_deletion_took_and_no_message_besides(cast: Cast):
    order = cast.ada_work(confirmed=True)
    room = ChatRoomFactory(of_order=True, order=order, between=[cast.ben, cast.ada])
    kept, taken_back = (MessageFactory(room=room, sender=cast.ben) for _ in range(2))
    delete_message(message=taken_back)

    order.soft_delete()
    gone = ChatMessage.objects.visible_to(Viewer(user=cast.ada)).count()
    order.restore()

    assert gone == 0
    assert [*room.messages.active_only()] == [kept]
    assert ChatRoom.objects.visible_to(Viewer(user=cast.ada)).get() == room
    assert not wrong_unread_counts().exists()
