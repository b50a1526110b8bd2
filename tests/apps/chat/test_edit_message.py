"""Changing the words of a message."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from apps.accounts.models import User
from apps.chat import errors
from apps.chat.access import MESSAGE_ACTIONS
from apps.chat.events import MessageEdited
from apps.chat.models import ChatMessage, ChatMessageEdit, ChatRoom
from apps.chat.services.messages import delete_message, edit_message
from apps.chat.services.rooms import block_participant, close_room, leave_room
from kernel.errors import NotFound, VersionConflict
from kernel.viewer import SYSTEM, Viewer
from tests.factories.cast import Cast
from tests.factories.chat import ChatRoomFactory, MessageFactory
from tests.support.announced import announced

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(cast: Cast) -> ChatRoom:
    """A room of Ben's and Ada's."""
    return ChatRoomFactory(between=[cast.ben, cast.ada])


@pytest.fixture
def message(cast: Cast, room: ChatRoom) -> ChatMessage:
    """What Ben said there."""
    found: ChatMessage = MessageFactory(room=room, sender=cast.ben, content="At nine")
    return found


def test_what_a_message_said_before_is_kept(message: ChatMessage, room: ChatRoom):
    with announced() as heard:
        edit_message(message=message, content="At ten", version=1)
        edit_message(message=message, content="At eleven", version=2)

    message.refresh_from_db()
    edits = ChatMessageEdit.objects.order_by("created_at")
    assert (message.content, message.number, message.version) == ("At eleven", 1, 3)
    assert message.edited_at is not None
    assert [*edits.values_list("content", flat=True)] == ["At nine", "At ten"]
    told = {"room_id": room.pk, "number": 1, "sender_id": message.sender_id}
    assert heard == [MessageEdited(message_id=message.pk, **told)] * 2


def test_nobody_has_more_to_read_by_it(cast: Cast, message: ChatMessage, room: ChatRoom):
    before = {*room.participations.values_list("user", "unread_count", "read_number")}

    edit_message(message=message, content="At ten")

    assert {*room.participations.values_list("user", "unread_count", "read_number")} == before


def test_the_same_words_change_nothing(message: ChatMessage):
    with announced() as heard:
        edit_message(message=message, content="At nine")

    message.refresh_from_db()
    assert (message.edited_at, message.version, heard) == (None, 1, [])
    assert not ChatMessageEdit.objects.exists()


def test_what_somebody_changed_meanwhile_stays(message: ChatMessage):
    with pytest.raises(VersionConflict):
        edit_message(message=message, content="At ten", version=3)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [("  ", errors.EmptyMessage), ("x" * 20_001, errors.MessageTooLong)],
)
def test_nothing_and_too_much_are_refused(
    message: ChatMessage, content: str, refusal: type[Exception]
):
    with pytest.raises(refusal):
        edit_message(message=message, content=content)

    message.refresh_from_db()
    assert message.content == "At nine"


def test_a_message_can_be_changed_for_as_long_as_the_setting_says(
    message: ChatMessage, settings: Any
):
    settings.CHAT_EDIT_HOURS = 2
    limit = message.created_at + timedelta(hours=2)

    with time_machine.travel(limit, tick=False):
        edit_message(message=message, content="At ten")
    with (
        time_machine.travel(limit + timedelta(seconds=1), tick=False),
        pytest.raises(errors.EditTooLate),
    ):
        edit_message(message=message, content="At eleven")

    message.refresh_from_db()
    assert message.content == "At ten"


@pytest.mark.parametrize("kind", ["IMAGE", "FILE", "LOCATION"])
def test_only_words_are_changed(room: ChatRoom, cast: Cast, kind: str):
    message = MessageFactory(room=room, sender=cast.ben, message_type=kind)

    with pytest.raises(errors.NotEditable):
        edit_message(message=message, content="At ten")


def test_what_came_from_a_template_is_changed_like_words(room: ChatRoom, cast: Cast):
    message = MessageFactory(room=room, sender=cast.ben, message_type="TEMPLATE")

    assert edit_message(message=message, content="At ten").content == "At ten"


def test_a_deleted_message_is_not_changed(message: ChatMessage):
    delete_message(message=message)

    with pytest.raises(NotFound):
        edit_message(message=message, content="At ten")


def test_who_may_not_write_any_more_changes_nothing(
    cast: Cast, message: ChatMessage, room: ChatRoom
):
    block_participant(room=room, user_id=cast.ben.pk)
    with pytest.raises(errors.ChatBlocked):
        edit_message(message=message, content="At ten")

    room.participations.update(blocked_at=None)
    close_room(room=room)
    with pytest.raises(errors.RoomClosed):
        edit_message(message=message, content="At ten")

    leave_room(participant=room.participations.get(user=cast.ben))
    with pytest.raises(NotFound):
        edit_message(message=message, content="At ten")


def _edits_seen_by(user: User | None) -> int:
    viewer = Viewer(user=user)
    return ChatMessageEdit.objects.visible_to(viewer).count()


def test_its_sender_and_staff_who_oversee_messages_read_what_it_said_before(
    cast: Cast, message: ChatMessage, room: ChatRoom
):
    edit_message(message=message, content="At ten")
    platform = MessageFactory(room=room, sender=None, message_type="SYSTEM")
    ChatMessageEdit.objects.create(message=platform, content="Noise")
    overseer = Viewer(user=cast.eve, staff_permissions=frozenset({"chat.view_chatmessage"}))

    assert [_edits_seen_by(user) for user in (cast.ben, cast.ada, cast.eve, None)] == [1, 0, 0, 0]
    assert ChatMessageEdit.objects.visible_to(overseer).count() == 2
    assert ChatMessageEdit.objects.visible_to(SYSTEM).count() == 2


def test_nobody_but_the_sender_may_change_it(cast: Cast, message: ChatMessage):
    found = MESSAGE_ACTIONS.permit(Viewer(user=cast.ben), "editMessage", message.pk)

    assert found == message
    for user, refusal in (
        (cast.ada, errors.NotSender),
        (cast.dora, errors.NotSender),
        (cast.cleo, NotFound),
    ):
        with pytest.raises(refusal):
            MESSAGE_ACTIONS.permit(Viewer(user=user), "editMessage", message.pk)
