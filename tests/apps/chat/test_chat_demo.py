"""The rooms of the demo data: as services would have left them, and worth reading."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, F, Max, Min, Q
from PIL import Image

from apps.accounts.models import User
from apps.chat import access
from apps.chat.demo import PICTURE, PICTURE_SIZE, keep_files
from apps.chat.models import (
    ChatMessage,
    ChatMessageEdit,
    ChatNotification,
    ChatParticipant,
    ChatReport,
    ChatRoom,
    ChatTemplate,
)
from apps.chat.selectors import search_messages, wrong_unread_counts
from apps.chat.services.messages import Draft, send_message
from kernel import clock
from kernel.storage import private_storage
from kernel.viewer import Viewer
from tests.support.demo import demo_data

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demo data, until the module is done."""
    with demo_data(django_db_blocker):
        yield


def _user(name: str) -> User:
    found: User = User.objects.get(email=f"{name}@fundi.example")
    return found


def test_there_are_some_hundred_rooms_of_all_kinds_but_leads(demo: None):
    kinds = Counter(ChatRoom.objects.values_list("chat_type", flat=True))

    assert 300 < kinds["ORDER"] < 600
    assert {*kinds} == {"ORDER", "DIRECT", "SUPPORT", "GROUP"}
    assert ChatMessage.objects.count() > 2000
    assert {"TEXT", "IMAGE", "LOCATION", "TEMPLATE"} == {
        *ChatMessage.objects.values_list("message_type", flat=True)
    }


def test_numbers_have_no_gaps_and_counts_are_exact(demo: None):
    counted = ChatRoom.objects.annotate(
        count=Count("messages"),
        least=Min("messages__number"),
        most=Max("messages__number"),
        newest=Max("messages__created_at"),
    )

    assert not counted.exclude(
        count=F("last_number"), most=F("last_number"), least=1, newest=F("last_message_at")
    ).exists()
    assert not wrong_unread_counts().exists()
    assert ChatParticipant.objects.unread().count() > 30


def test_times_run_with_numbers_from_when_the_room_was_opened_until_now(demo: None):
    rows = ChatMessage.objects.order_by("room", "number").values_list("room", "created_at")

    assert all(a[0] != b[0] or a[1] < b[1] for a, b in pairwise(rows))
    assert not ChatMessage.objects.filter(created_at__gt=clock.now()).exists()
    assert not ChatMessage.objects.filter(created_at__lt=F("room__created_at")).exists()


def test_rooms_of_orders_are_those_that_the_two_may_open(demo: None):
    rooms = ChatRoom.objects.filter(chat_type="ORDER")
    opened = 0

    for room in rooms.order_by("pk")[::20]:
        client = room.order.client_profile.user_profile.user
        (other,) = room.participants.exclude(pk=client.pk)
        opening = access.order_room(Viewer(user=other), room.order_id)
        opened += opening.identity == room.identity
        assert {*opening.roles} == {*room.participants.values_list("pk", flat=True)}

    assert opened == len(rooms.order_by("pk")[::20])


def test_all_who_speak_take_part_and_have_read_to_their_own_words(demo: None):
    parts = ChatParticipant.objects.annotate(
        own=Max("room__messages__number", filter=Q(room__messages__sender=F("user")))
    )
    speaking = ChatMessage.objects.filter(room__participants=F("sender")).count()

    assert speaking == ChatMessage.objects.count()
    assert not parts.filter(read_number__lt=F("own")).exists()
    assert ChatRoom.objects.filter(chat_type="GROUP", participations__role="OWNER").count() == 20


def test_who_has_not_read_all_is_told_from_the_first_message_that_they_miss(demo: None):
    told = ChatNotification.objects.select_related("message")

    assert told.count() == ChatParticipant.objects.unread().count()
    for notification in told:
        part = ChatParticipant.objects.get(user=notification.user_id, room=notification.room_id)
        missed = ChatMessage.objects.filter(room=part.room_id, number__gt=part.read_number)
        assert notification.message == missed.of_others(part.user_id).order_by("number").first()


def test_ben_and_ada_talk_about_all_that_they_have_in_common(demo: None):
    ben, ada = _user("ben"), _user("ada")
    rooms = ChatRoom.objects.filter(participants=ben).filter(participants=ada)
    tap = rooms.get(order__service_subcategory__slug="leaking-tap-repair")

    assert rooms.count() == 5
    assert ChatParticipant.objects.get(room=tap, user=ben).unread_count == 2
    assert tap.messages.order_by("-number")[0].content == "I could come tomorrow morning."
    seen = ChatMessage.objects.visible_to(Viewer(user=ben))
    assert search_messages(seen, "cartridge").get().room == tap


def test_the_next_message_goes_on_from_there(demo: None):
    ben = _user("ben")
    room = ChatRoom.objects.filter(participants=ben, chat_type="ORDER").order_by("pk")[0]

    with transaction.atomic():
        message = send_message(room=room, sender=ben, draft=Draft(content="One more thing"))
        wrong = wrong_unread_counts().exists()
        transaction.set_rollback(True)

    assert message.number == room.last_number + 1
    assert not wrong


def test_people_write_in_their_languages(demo: None):
    for word in ("thank", "merci", "спасибо", "asante"):
        assert search_messages(ChatMessage.objects.all(), word).exists(), word
    assert not ChatMessage.objects.filter(content__contains="{").exists()


def test_templates_are_counted_and_one_report_is_open(demo: None):
    used = ChatTemplate.objects.annotate(sent=Count("messages"))
    report = ChatReport.objects.get()

    assert ChatTemplate.objects.count() == 7
    assert not used.exclude(usage_count=F("sent")).exists()
    assert used.filter(sent__gt=0).count() == 2
    for template in ChatTemplate.objects.all():
        template.full_clean()
    assert (report.status, report.reason) == ("OPEN", "SCAM")
    assert report.message.sender != report.reporter
    assert report.evidence["content"] == report.message.content


def test_some_messages_were_changed_or_taken_back(demo: None):
    assert ChatMessageEdit.objects.count() > 10
    assert not ChatMessageEdit.objects.filter(message__edited_at=None).exists()
    assert ChatMessage.objects.filter(is_deleted=True).exists()


def test_the_picture_is_there(demo: None):
    sent = ChatMessage.objects.filter(message_type="IMAGE")

    for _ in range(2):
        keep_files()

    with private_storage().open(PICTURE) as file, Image.open(file) as picture:
        assert picture.size == PICTURE_SIZE
    assert {*sent.values_list("attachment_url", flat=True)} == {PICTURE}
    assert {*sent.values_list("attachment_size", flat=True)} == {private_storage().size(PICTURE)}
