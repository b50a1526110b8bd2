"""Who sees rooms, those in them, and what is said there."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.chat.access import message_visible_to, own_participation, participant_in, room_visible_to
from apps.chat.models import ChatMessage, ChatParticipant, ChatRoom
from kernel import clock
from kernel.errors import NotFound
from kernel.viewer import SYSTEM, Viewer
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.chat import ChatRoomFactory, MessageFactory, ParticipantFactory

pytestmark = pytest.mark.django_db

MODELS: tuple[Any, ...] = (ChatRoom, ChatParticipant, ChatMessage)


@pytest.fixture
def room(cast: Cast) -> ChatRoom:
    """A room of Ben's and Ada's in which Ben said something."""
    found: ChatRoom = ChatRoomFactory(between=[cast.ben, cast.ada])
    MessageFactory(room=found, sender=cast.ben)
    return found


def _seen(viewer: Viewer) -> list[int]:
    """How many rooms, participants and messages a viewer sees."""
    return [model.objects.visible_to(viewer).count() for model in MODELS]


def test_those_who_take_part_see_the_room_and_all_in_it(cast: Cast, room: ChatRoom):
    MessageFactory(room=ChatRoomFactory(between=[cast.cleo]))

    assert _seen(Viewer(user=cast.ben)) == [1, 2, 1]
    assert _seen(Viewer(user=cast.ada)) == [1, 2, 1]
    for viewer in (Viewer(user=cast.eve), Viewer()):
        assert _seen(viewer) == [0, 0, 0]


def test_who_left_or_whose_room_is_deleted_sees_nothing(cast: Cast, room: ChatRoom):
    ChatParticipant.objects.filter(user=cast.ada).update(left_at=clock.now())
    left = _seen(Viewer(user=cast.ada))
    room.soft_delete()

    assert left == [0, 0, 0]
    assert _seen(Viewer(user=cast.ben)) == [0, 0, 0]


def test_staff_see_just_what_they_oversee(cast: Cast, room: ChatRoom):
    names = ("chatroom", "chatparticipant", "chatmessage")

    seen = [
        _seen(Viewer(user=cast.eve, staff_permissions=frozenset({f"chat.view_{name}"})))
        for name in names
    ]

    assert seen == [[1, 0, 0], [0, 2, 0], [0, 0, 1]]
    assert _seen(Viewer(user=cast.dora)) == [1, 2, 1]
    assert _seen(SYSTEM) == [1, 2, 1]


def test_single_rows_are_found_by_who_may_see_them(cast: Cast, room: ChatRoom):
    viewer, stranger = Viewer(user=cast.ada), Viewer(user=cast.cleo)
    message = room.messages.get()

    assert room_visible_to(viewer, room.pk) == room
    assert message_visible_to(viewer, message.pk) == message
    assert own_participation(viewer, room.pk).user == cast.ada
    assert participant_in(room, cast.ben.pk).user == cast.ben
    for find, key in (
        (room_visible_to, room.pk),
        (message_visible_to, message.pk),
        (own_participation, room.pk),
    ):
        with pytest.raises(NotFound):
            find(stranger, key)
    with pytest.raises(NotFound):
        own_participation(Viewer(user=cast.dora), room.pk)
    with pytest.raises(NotFound):
        participant_in(room, cast.cleo.pk)


def _knows(user: User, other: User) -> bool:
    return bool(User.objects.visible_to(Viewer(user=user)).filter(pk=other.pk).exists())


def test_those_who_share_a_room_know_of_each_other(cast: Cast, room: ChatRoom):
    assert (_knows(cast.ada, cast.ben), _knows(cast.ben, cast.ada)) == (True, True)
    assert (_knows(cast.cleo, cast.ben), _knows(cast.ben, cast.cleo)) == (False, False)


def test_the_name_of_who_left_can_still_be_read_and_they_know_nobody_any_more(
    cast: Cast, room: ChatRoom
):
    ChatParticipant.objects.filter(user=cast.ada).update(left_at=clock.now())

    assert _knows(cast.ben, cast.ada)
    assert not _knows(cast.ada, cast.ben)


def test_a_deleted_room_makes_nobody_known(cast: Cast, room: ChatRoom):
    room.soft_delete()

    assert not _knows(cast.ben, cast.ada)


def test_two_living_rooms_of_one_kind_and_two_messages_of_one_number_cannot_be(cast: Cast):
    room = ChatRoomFactory(direct=True, identity="direct:a:b")
    MessageFactory(room=room, client_id="a", sender=cast.ben)
    for factory, details in (
        (ChatRoomFactory, {"direct": True, "identity": "direct:a:b"}),
        (MessageFactory, {"room": room, "number": 1}),
        (MessageFactory, {"room": room, "client_id": "a", "sender": cast.ben}),
        (ParticipantFactory, {"room": room, "user": cast.ben, "read_number": 2}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            factory(**details)
    room.soft_delete()

    assert ChatRoomFactory(direct=True, identity="direct:a:b") != room


@pytest.mark.parametrize(
    "details",
    [
        {"content": "x" * 20_001},
        {"sender": None},
        {"latitude": 1.0, "longitude": 1.0},
        {"message_type": "LOCATION", "latitude": 1.0},
        {"message_type": "LOCATION", "latitude": 91.0, "longitude": 1.0},
    ],
)
def test_messages_that_make_no_sense_cannot_be(details: dict[str, Any]):
    room = ChatRoomFactory()
    ParticipantFactory(room=room)

    with pytest.raises(IntegrityError), transaction.atomic():
        MessageFactory(room=room, **details)


@pytest.mark.parametrize(
    "details",
    [
        {"chat_type": "ORDER", "identity": "a"},
        {"chat_type": "LEAD", "identity": "a"},
        {"chat_type": "DIRECT", "identity": None},
        {"chat_type": "GROUP", "identity": "a"},
    ],
)
def test_rooms_that_make_no_sense_cannot_be(details: dict[str, Any]):
    with pytest.raises(IntegrityError), transaction.atomic():
        ChatRoomFactory(**details)


def test_rooms_say_what_they_are_called_and_messages_tell_nothing(cast: Cast):
    message = MessageFactory(room=ChatRoomFactory(direct=True), sender=UserFactory())

    assert str(ChatRoomFactory()) == "Roof crew"
    assert str(message.room) == f"DIRECT {message.room_id}"
    assert message.content not in str(message)
