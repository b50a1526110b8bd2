"""What remains of what somebody said who is gone for good."""

from io import BytesIO

import pytest

from apps.accounts.events import AccountErased
from apps.accounts.models import User
from apps.chat.events import MessagesErased
from apps.chat.models import (
    ChatMessage,
    ChatMessageEdit,
    ChatNotification,
    ChatParticipant,
    ChatReport,
    ChatRoom,
)
from apps.chat.selectors import wrong_unread_counts
from apps.chat.services import departures
from apps.chat.services.messages import Draft, delete_message, edit_message, send_message
from apps.chat.services.reports import report_message
from apps.core.services.event_log import deliver_due
from kernel import events
from tests.factories.cast import Cast
from tests.factories.chat import (
    ChatNotificationFactory,
    ChatReportFactory,
    ChatRoomFactory,
    MessageFactory,
)
from tests.support.announced import announced
from tests.support.files import private_files
from tests.support.pictures import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(cast: Cast) -> ChatRoom:
    """A group of Ben's, with Ada, in which both said something."""
    found: ChatRoom = ChatRoomFactory(between=[cast.ben, cast.ada])
    drafts = [
        Draft(content="My number is 555", file=BytesIO(picture())),
        Draft(latitude=1.5, longitude=2.5),
    ]
    for draft in drafts:
        send_message(room=found, sender=cast.ben, draft=draft)
    send_message(room=found, sender=cast.ada, draft=Draft(content="I call you"))
    return found


def _erase(user: User) -> None:
    events.publish(AccountErased(user_id=user.pk, photos=[], evidence=[]))
    deliver_due()


def test_what_they_said_and_showed_is_gone_and_what_others_said_stays(cast: Cast, room: ChatRoom):
    text = MessageFactory(room=room, sender=cast.ben, content="At nine")
    edit_message(message=text, content="At ten")
    before = private_files()

    _erase(cast.ben)

    rows = ChatMessage.objects.filter(sender=cast.ben)
    told = {*rows.values_list("content", "attachment_url", "attachment_name", "latitude")}
    assert told == {("", "", "", None)}
    assert {*rows.values_list("is_deleted", flat=True)} == {True}
    assert not ChatMessageEdit.objects.exists()
    assert (len(before), private_files()) == (1, [])
    assert [m.content for m in ChatMessage.objects.active_only()] == ["I call you"]
    assert [*room.messages.order_by("number").values_list("number", flat=True)] == [1, 2, 3, 4]


def test_each_room_is_told_once_which_messages_tell_nothing_any_more(cast: Cast, room: ChatRoom):
    second = ChatRoomFactory(between=[cast.ada, cast.ben])
    numbers = [MessageFactory(room=second, sender=cast.ben).number for _ in range(3)]
    delete_message(message=second.messages.get(number=2))

    with announced() as heard:
        _erase(cast.ben)

    erased = [fact for fact in heard if isinstance(fact, MessagesErased)]
    assert numbers == [1, 2, 3]
    assert sorted(erased, key=lambda fact: fact.room_id) == [
        MessagesErased(room_id=room.pk, numbers=[1, 2]),
        MessagesErased(room_id=second.pk, numbers=[1, 3]),
    ]


def test_no_word_tells_of_more_messages_than_a_batch_has(
    cast: Cast, room: ChatRoom, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(departures, "BATCH", 2)
    MessageFactory(room=room, sender=cast.ben)

    with announced() as heard:
        _erase(cast.ben)

    told = [fact.numbers for fact in heard if isinstance(fact, MessagesErased)]
    assert told == [[1, 2], [4]]


def test_nobody_has_it_to_read_any_more(cast: Cast, room: ChatRoom):
    deliver_due()
    ChatParticipant.objects.filter(user=cast.ada).update(read_number=0, unread_count=2)
    told = ChatNotificationFactory(message=room.messages.get(number=1), user=cast.ada)

    _erase(cast.ben)

    assert ChatParticipant.objects.get(user=cast.ada).unread_count == 0
    assert not ChatNotification.objects.filter(pk=told.pk).exists()
    assert not wrong_unread_counts().exists()


def test_they_are_out_of_all_rooms_which_others_own_then(cast: Cast, room: ChatRoom):
    deleted = ChatRoomFactory(between=[cast.ben, cast.ada])
    deleted.soft_delete()

    _erase(cast.ben)

    part = ChatParticipant.objects.get(room=room, user=cast.ben)
    assert (part.is_present, part.last_seen) == (False, None)
    assert ChatParticipant.objects.get(room=room, user=cast.ada).role == "OWNER"


def test_what_they_told_staff_and_staff_kept_of_what_they_said_is_gone(cast: Cast, room: ChatRoom):
    by_ben = ChatReportFactory(message=room.messages.get(number=3), reporter=cast.ben)
    about_ben = ChatReportFactory(message=room.messages.get(number=1), reporter=cast.ada)

    _erase(cast.ben)

    by_ben.refresh_from_db()
    about_ben.refresh_from_db()
    assert (by_ben.description, by_ben.evidence) == ("", {"content": "I call you"})
    assert (about_ben.description, about_ben.evidence) == ("Advertises something else.", {})


def test_what_staff_kept_of_a_message_that_is_gone_for_good_is_gone_too(cast: Cast, room: ChatRoom):
    message = room.messages.get(number=1)
    report = report_message(message=message, reporter=cast.ada, reason=ChatReport.Reason.OTHER)
    message.hard_delete()

    _erase(cast.ben)

    report.refresh_from_db()
    assert (report.message, report.evidence) == (None, {})


def test_it_is_done_batch_by_batch_and_again_without_harm(
    cast: Cast, room: ChatRoom, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(departures, "BATCH", 2)
    for _ in range(4):
        MessageFactory(room=room, sender=cast.ben)
    deleted_at = room.messages.filter(sender=cast.ben).values_list("deleted_at", flat=True)

    _erase(cast.ben)
    first = {*deleted_at.all()}
    _erase(cast.ben)

    assert not ChatMessage.objects.filter(sender=cast.ben, is_deleted=False).exists()
    assert {*deleted_at.all()} == first
    assert ChatReport.objects.count() == 0


def test_a_restored_order_brings_none_of_it_back(cast: Cast):
    order = cast.ada_work(confirmed=True)
    room = ChatRoomFactory(of_order=True, order=order, between=[cast.ben, cast.ada])
    MessageFactory(room=room, sender=cast.ben)
    order.soft_delete()

    _erase(cast.ben)
    order.restore()

    assert ChatMessage.objects.get().is_deleted
