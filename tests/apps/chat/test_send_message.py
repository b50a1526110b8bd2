"""Saying something in a room."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from apps.accounts.models import User
from apps.chat import errors
from apps.chat.events import MessageSent
from apps.chat.models import ChatMessage, ChatParticipant, ChatRoom
from apps.chat.selectors import wrong_unread_counts
from apps.chat.services.messages import Draft, send_message
from apps.chat.services.rooms import block_participant, close_room, leave_room
from kernel import clock
from kernel.errors import NotFound
from kernel.uploads import FileTooLarge, InvalidFile
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.chat import (
    ChatNotificationFactory,
    ChatRoomFactory,
    ChatTemplateFactory,
    MessageFactory,
    ParticipantFactory,
)
from tests.support.announced import announced
from tests.support.pictures import bomb, photo_with_exif, picture

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def room(cast: Cast) -> ChatRoom:
    """A room of Ben, Ada and Cleo."""
    return ChatRoomFactory(between=[cast.ben, cast.ada, cast.cleo])


def _send(room: ChatRoom, sender: User, **details: Any) -> ChatMessage:
    return send_message(room=room, sender=sender, draft=Draft(**details))


def _named(content: bytes, name: str) -> BytesIO:
    file = BytesIO(content)
    file.name = name  # type: ignore[misc]
    return file


def _files() -> list[Path]:
    folder = Path(settings.PRIVATE_MEDIA_ROOT)
    return [path for path in folder.rglob("*") if path.is_file()]


def _unread(room: ChatRoom) -> dict[str, int]:
    return dict(room.participations.values_list("user__first_name", "unread_count"))


def test_a_message_gets_the_next_number_and_is_unread_by_all_others(cast: Cast, room: ChatRoom):
    MessageFactory(room=room, sender=cast.ada)

    with announced() as heard:
        message = _send(room, cast.ben, content="  When can you come?\n")

    message.refresh_from_db()
    room.refresh_from_db()
    assert (message.number, message.message_type, message.sender) == (2, "TEXT", cast.ben)
    assert message.content == "  When can you come?\n"
    assert (room.last_number, room.last_message_at) == (2, message.created_at)
    assert _unread(room) == {"Ben": 0, "Ada": 1, "Cleo": 2}
    assert heard == [
        MessageSent(room_id=room.pk, message_id=message.pk, number=2, sender_id=cast.ben.pk)
    ]
    assert heard[0].topics() == [f"chat:{room.pk}"]


def test_who_says_something_has_read_what_was_said_before(cast: Cast, room: ChatRoom):
    told = ChatNotificationFactory(message=MessageFactory(room=room), user=cast.ada)

    message = _send(room, cast.ada, content="Yes")

    part = ChatParticipant.objects.get(room=room, user=cast.ada)
    told.refresh_from_db()
    assert (part.read_number, part.delivered_number, part.unread_count) == (2, 2, 0)
    assert (part.read_at, part.delivered_at) == (message.created_at, message.created_at)
    assert told.is_read
    others = ChatParticipant.objects.filter(room=room).exclude(user=cast.ada)
    assert {*others.values_list("user", "read_number", "read_at")} == {
        (cast.ben.pk, 1, None),
        (cast.cleo.pk, 0, None),
    }


def test_who_left_has_nothing_to_read(cast: Cast, room: ChatRoom):
    leave_room(participant=room.participations.get(user=cast.cleo))

    _send(room, cast.ben, content="She is gone")

    assert _unread(room) == {"Ben": 0, "Ada": 1, "Cleo": 0}


def test_all_who_take_part_are_counted_in_one_statement(cast: Cast, room: ChatRoom):
    for _ in range(20):
        ParticipantFactory(room=room)

    with CaptureQueriesContext(connection) as queries:
        _send(room, cast.ben, content="All of you")

    writes = [q["sql"] for q in queries.captured_queries if "UPDATE" in q["sql"][:6]]
    assert sum('"chat_chatparticipant"' in sql for sql in writes) == 1
    assert len(queries) <= 14
    assert not wrong_unread_counts().exists()


def test_a_picture_is_encoded_anew_and_kept_where_only_some_may_open_it(cast: Cast, room: ChatRoom):
    file = _named(photo_with_exif(), "tap.jpg")

    message = _send(room, cast.ben, content="This one", file=file)

    message.refresh_from_db()
    (stored,) = _files()
    assert (message.message_type, message.attachment_type) == ("IMAGE", "image/jpeg")
    assert (message.attachment_name, message.content) == ("tap.jpg", "This one")
    assert message.attachment_size == stored.stat().st_size
    assert Path(message.attachment_url.path) == stored
    assert "tap" not in stored.name
    with Image.open(stored) as kept:
        assert not kept.getexif()


def test_a_pdf_is_kept_as_it_is(cast: Cast, room: ChatRoom):
    message = _send(room, cast.ben, file=_named(PDF, "plan.pdf"))

    assert (message.message_type, message.attachment_type) == ("FILE", "application/pdf")
    assert [path.read_bytes() for path in _files()] == [PDF]


def test_a_place_is_sent(cast: Cast, room: ChatRoom):
    message = _send(room, cast.ben, latitude=-33.9, longitude=18.4)

    message.refresh_from_db()
    assert (message.message_type, message.content) == ("LOCATION", "")
    assert (message.latitude, message.longitude) == (-33.9, 18.4)


@pytest.mark.parametrize(
    "place",
    [(-33.9, None), (None, 18.4), (91.0, 18.4), (-33.9, 181.0), (float("nan"), 18.4)],
)
def test_half_a_place_and_one_that_is_not_on_earth_are_refused(
    cast: Cast, room: ChatRoom, place: tuple[Any, Any]
):
    with pytest.raises(errors.InvalidPlace):
        _send(room, cast.ben, content="Here", latitude=place[0], longitude=place[1])

    assert not ChatMessage.objects.exists()


def test_a_message_answers_another_one_of_the_room(cast: Cast, room: ChatRoom):
    question = MessageFactory(room=room)

    answer = _send(room, cast.ada, content="At noon", reply_to_id=question.pk)

    answer.refresh_from_db()
    assert answer.reply_to == question


def test_what_was_said_elsewhere_or_deleted_is_not_answered(cast: Cast, room: ChatRoom):
    elsewhere = MessageFactory(room=ChatRoomFactory(between=[cast.ada]))
    deleted = MessageFactory(room=room, deleted=True)

    for message in (elsewhere, deleted):
        with pytest.raises(errors.ReplyElsewhere):
            _send(room, cast.ada, content="At noon", reply_to_id=message.pk)


def test_a_template_is_filled_in_and_its_use_counted(cast: Cast, room: ChatRoom):
    template = ChatTemplateFactory(content="Hello {{name}}!", variables=["name"])

    message = _send(room, cast.ben, template=template, values={"name": "Ada"})

    template.refresh_from_db()
    assert (message.message_type, message.content) == ("TEMPLATE", "Hello Ada!")
    assert message.template == template
    assert (template.usage_count, template.version) == (1, 1)


def test_a_template_with_a_blank_left_open_is_not_sent(cast: Cast, room: ChatRoom):
    template = ChatTemplateFactory()

    with pytest.raises(errors.MissingVariable):
        _send(room, cast.ben, template=template)

    template.refresh_from_db()
    assert template.usage_count == 0


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        ("", errors.EmptyMessage),
        (" \n\t", errors.EmptyMessage),
        ("x" * 20_001, errors.MessageTooLong),
    ],
)
def test_nothing_and_too_much_are_refused(
    cast: Cast, room: ChatRoom, content: str, refusal: type[Exception]
):
    with announced() as heard, pytest.raises(refusal):
        _send(room, cast.ben, content=content)

    assert heard == []
    assert not ChatMessage.objects.exists()


def test_the_longest_message_is_sent_and_too_long_words_with_a_file_are_not(
    cast: Cast, room: ChatRoom
):
    _send(room, cast.ben, content="x" * 20_000)
    with pytest.raises(errors.MessageTooLong):
        _send(room, cast.ben, content="x" * 20_001, file=BytesIO(PDF))

    assert ChatMessage.objects.count() == 1
    assert _files() == []


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"MZ\x90\x00", InvalidFile),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", InvalidFile),
        (bomb((30_000, 30_000)), FileTooLarge),
    ],
    ids=["program", "svg", "bomb"],
)
def test_other_files_are_refused(
    cast: Cast, room: ChatRoom, content: bytes, refusal: type[Exception]
):
    with pytest.raises(refusal):
        _send(room, cast.ben, file=_named(content, "tap.jpg"))

    assert not ChatMessage.objects.exists()
    assert _files() == []


def test_who_takes_no_part_finds_no_room(cast: Cast, room: ChatRoom):
    left = ParticipantFactory(room=room, left_at=clock.now()).user

    for stranger in (left, UserFactory(), cast.dora):
        with pytest.raises(NotFound):
            _send(room, stranger, content="Hello", file=BytesIO(PDF))

    assert not ChatMessage.objects.exists()
    assert _files() == []


def test_who_was_blocked_says_nothing(cast: Cast, room: ChatRoom):
    block_participant(room=room, user_id=cast.ben.pk)
    User.objects.filter(pk=cast.ada.pk).update(blocked=True)

    for user in (cast.ben, cast.ada):
        with pytest.raises(errors.ChatBlocked):
            _send(room, user, content="Hello")


def test_nothing_is_said_in_a_closed_or_deleted_room(cast: Cast, room: ChatRoom):
    close_room(room=room)
    with pytest.raises(errors.RoomClosed):
        _send(room, cast.ben, content="Hello")

    room.soft_delete()
    with pytest.raises(NotFound):
        _send(room, cast.ben, content="Hello")


def test_what_is_sent_again_under_the_same_name_is_said_once(cast: Cast, room: ChatRoom):
    first = _send(room, cast.ben, content="Hello", client_id="a", file=BytesIO(picture()))

    with announced() as heard:
        again = _send(room, cast.ben, content="Hello", client_id="a", file=BytesIO(picture()))
    others = [
        _send(room, cast.ada, content="Hello", client_id="a"),
        _send(ChatRoomFactory(between=[cast.ben]), cast.ben, content="Hello", client_id="a"),
        _send(room, cast.ben, content="Hello", client_id="A"),
        _send(room, cast.ben, content="Hello"),
        _send(room, cast.ben, content="Hello"),
    ]

    assert again == first
    assert heard == []
    assert len(_files()) == 1
    assert len({first, *others}) == 6


def test_a_deleted_message_is_not_said_again(cast: Cast, room: ChatRoom):
    first = _send(room, cast.ben, content="Hello", client_id="a")
    first.soft_delete()

    assert _send(room, cast.ben, content="Hello", client_id="a") == first


def test_what_was_said_is_answered_again_in_a_room_that_was_closed_since(
    cast: Cast, room: ChatRoom
):
    first = _send(room, cast.ben, content="Hello", client_id="a")
    close_room(room=room)

    assert _send(room, cast.ben, content="Hello", client_id="a") == first


def test_a_name_of_the_senders_that_is_too_long_is_refused(cast: Cast, room: ChatRoom):
    with pytest.raises(ValidationError) as refused:
        _send(room, cast.ben, content="Hello", client_id="x" * 65)

    assert [*refused.value.error_dict] == ["client_id"]
