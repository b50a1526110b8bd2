"""Rooms and messages are read by index: seen in the database's own plans, on 100,000 messages."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from apps.accounts.models import User
from apps.chat.models import ChatMessage, ChatParticipant, ChatRoom
from apps.chat.selectors import newest_of_rooms, search_messages
from kernel.viewer import Viewer
from tests.factories.accounts import UserFactory
from tests.factories.chat import ChatRoomFactory, ParticipantFactory

pytestmark = pytest.mark.django_db

#: 2,000 users in 2,000 rooms of two, with 50 messages each; of a hundred messages one is rare.
STATEMENTS = (
    """
    INSERT INTO accounts_user (id, created_at, updated_at, version, is_deleted, email, first_name,
        last_name, name, user_type, description, photo, blocked, firebase_user_id, password,
        is_email_verified, is_staff, is_superuser, timezone, points, day_streak, max_day_streak)
    SELECT md5('user' || n)::uuid, now(), now(), 1, false, n || '@example.org', '', '', '',
        'CLIENT', '', '', false, '', '!', true, false, false, 'UTC', 0, 0, 0
    FROM generate_series(1, 2000) n
    """,
    """
    INSERT INTO chat_chatroom (id, created_at, updated_at, version, is_deleted, chat_type, title,
        is_active, last_number, last_message_at, identity)
    SELECT md5('room' || n)::uuid, now() - n * interval '1 minute', now(), 1, false, 'DIRECT', '',
        true, 50, now() - n * interval '1 minute', 'direct:' || n
    FROM generate_series(1, 2000) n
    """,
    """
    INSERT INTO chat_chatparticipant (id, created_at, updated_at, version, room_id, user_id, role,
        joined_at, read_number, delivered_number, unread_count, notifications_enabled,
        is_away)
    SELECT md5('part' || n || ':' || side)::uuid, now(), now(), 1, md5('room' || n)::uuid,
        md5('user' || (CASE side WHEN 0 THEN n ELSE (n * 7) % 2000 + 1 END))::uuid, 'MEMBER',
        now(), 50 - n % 5, 50, n % 5, true, false
    FROM generate_series(1, 2000) n, generate_series(0, 1) side
    ON CONFLICT DO NOTHING
    """,
)
#: 50 messages in each room, or many in one: of a hundred one has a rare word.
MESSAGES = """
    INSERT INTO chat_chatmessage (id, created_at, updated_at, version, is_deleted, room_id,
        sender_id, number, message_type, content, attachment_url, attachment_name,
        attachment_type, client_id)
    SELECT md5('message' || r.id || ':' || n)::uuid, now(), now(), 1, false, r.id,
        md5('user1')::uuid, n, 'TEXT', 'thank you for word' || n * m % 997
            || CASE WHEN (n + m) % 100 = 0 THEN ' geyser' ELSE '' END, '', '', '', ''
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS m FROM chat_chatroom WHERE {rooms}) r,
        generate_series(1, {count}) n
"""
ANALYZE = "ANALYZE accounts_user, chat_chatroom, chat_chatparticipant, chat_chatmessage"


@pytest.fixture(scope="module")
def viewer(django_db_setup: None, django_db_blocker: Any) -> Iterator[Viewer]:
    """Somebody in three rooms, among all the others, until the module is done."""
    with django_db_blocker.unblock(), transaction.atomic():
        user = UserFactory()
        _run(*STATEMENTS, MESSAGES.format(rooms="true", count=50))
        for room in ChatRoom.objects.order_by("pk")[:3]:
            ParticipantFactory(room=room, user=user, unread_count=1)
        _run(ANALYZE)
        yield Viewer(user=user)
        transaction.set_rollback(True)


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _plan(rows: Any) -> str:
    plan: str = rows.explain()
    assert "Seq Scan" not in plan, plan
    return plan


def _indexes(rows: Any) -> set[str]:
    """The indexes that a query is planned with; no table is read as a whole."""
    return {
        part.split()[0]
        for word in ("Scan using ", "Index Scan on ")
        for part in _plan(rows).split(word)[1:]
    }


def test_ones_rooms_are_found_from_ones_own_parts(viewer: Viewer):
    rooms = ChatRoom.objects.visible_to(viewer)

    assert _indexes(rooms.order_by("-last_message_at", "pk")[:20]) == {
        "chat_participant_user",
        "chat_chatroom_pkey",
    }
    assert rooms.count() == 3


def test_the_rooms_with_something_to_read_are_found_likewise(viewer: Viewer):
    unread = ChatParticipant.objects.present().unread().filter(user=viewer.user_id)

    rooms = ChatRoom.objects.visible_to(viewer).filter(pk__in=unread.values("room"))

    assert _indexes(unread) == {"chat_participant_user"}
    assert "chat_participant_user" in _indexes(rooms)
    assert rooms.count() == 3


def test_the_messages_that_one_may_see_are_found_by_their_rooms(viewer: Viewer):
    messages = ChatMessage.objects.visible_to(viewer)

    assert _indexes(messages) == {
        "chat_participant_user",
        "chat_chatroom_pkey",
        "chat_message_number",
    }
    assert messages.count() == 150


def test_the_newest_messages_of_a_room_are_read_in_their_order(viewer: Viewer):
    room = ChatRoom.objects.visible_to(viewer)[0]
    newest = ChatMessage.objects.visible_to(viewer).filter(room=room).order_by("-number")[:20]

    plan = _plan(newest)

    assert "Index Scan Backward using chat_message_number" in plan
    assert "Sort" not in plan


def test_the_newest_message_of_each_room_is_one_look_into_an_index(viewer: Viewer):
    newest = newest_of_rooms(ChatMessage.objects.visible_to(viewer))

    assert re.search(r"Index Cond: .*number = \(SubPlan", _plan(newest))
    assert [*newest.values_list("number", flat=True)] == [50] * 3


@pytest.mark.parametrize("text", ["thank you", "geyser", "nowhere"])
def test_words_are_looked_for_in_ones_own_rooms_alone(viewer: Viewer, text: str):
    found = search_messages(ChatMessage.objects.visible_to(viewer), text).order_by("-pk")[:20]

    indexes = _indexes(found)

    assert "chat_participant_user" in indexes
    assert indexes & {"chat_message_words", "chat_message_number"}


def test_rare_words_are_found_among_all_messages_by_the_index_of_words(viewer: Viewer):
    everything = ChatMessage.objects.all()

    assert _indexes(search_messages(everything, "word42 geyser")) == {"chat_message_words"}


def test_in_a_room_of_very_many_messages_words_are_found_by_their_index(viewer: Viewer):
    room = ChatRoomFactory()
    _run(MESSAGES.format(rooms=f"id = '{room.pk}'", count=20_000), ANALYZE)
    ParticipantFactory(room=room, user=viewer.user)

    found = search_messages(
        ChatMessage.objects.visible_to(viewer).filter(room=room), "word42 geyser"
    )

    assert "chat_message_words" in _indexes(found)


def test_those_whom_one_knows_from_rooms_are_found_from_ones_own_parts(viewer: Viewer):
    known = User._base_manager.filter(
        chat_participations__room__is_deleted=False,
        chat_participations__room__participations__user=viewer.user_id,
        chat_participations__room__participations__left_at=None,
    )

    indexes = _indexes(known.values("pk"))

    assert {"chat_participant_user", "chat_participant_once"} <= indexes
    assert User.objects.visible_to(viewer).count() == 7
