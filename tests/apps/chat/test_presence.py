"""Who has a room open."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from apps.chat import errors
from apps.chat.events import PresenceChanged, Typing
from apps.chat.models import ChatParticipant
from apps.chat.selectors import present_now
from apps.chat.services.presence import beat, set_typing
from apps.chat.services.rooms import (
    block_participant,
    close_room,
    leave_room,
    unblock_participant,
)
from kernel import clock, events
from tests.factories.cast import Cast
from tests.factories.chat import ChatRoomFactory
from tests.support.announced import announced

pytestmark = pytest.mark.django_db


@pytest.fixture
def part(cast: Cast) -> ChatParticipant:
    """Ben's part in a room."""
    found: ChatParticipant = ChatRoomFactory(between=[cast.ben]).participations.get()
    return found


def _present() -> list[ChatParticipant]:
    return [*ChatParticipant.objects.filter(present_now())]


def test_who_beats_is_there_and_who_stops_is_away_after_a_while(
    part: ChatParticipant, settings: Any
):
    settings.PRESENCE_SECONDS = 30
    before, now = _present(), clock.now()

    with time_machine.travel(now, tick=False):
        news = beat(participant=part)
        during = _present()
    with time_machine.travel(now + timedelta(seconds=31), tick=False):
        after = _present()

    assert (before, during, after) == ([], [part], [])
    assert news


def test_a_beat_is_written_down_now_and_then_and_news_once(part: ChatParticipant):
    now, seen, news = clock.now(), [], []

    for seconds in (0, 10, 15, 16, 60, 200):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            news.append(beat(participant=part))
        part.refresh_from_db()
        assert part.last_seen is not None
        seen.append((part.last_seen - now).total_seconds())

    assert seen == [0, 0, 0, 16, 60, 200]
    assert news == [True, False, False, False, False, True]


def test_who_closes_the_room_is_away_at_once_which_is_news_once(part: ChatParticipant):
    beat(participant=part)

    news = [beat(participant=part, is_online=False) for _ in range(2)]

    assert news == [True, False]
    assert _present() == []
    assert beat(participant=part)


def test_who_closes_the_room_was_seen_when_they_did(part: ChatParticipant):
    now = clock.now()
    closed = now + timedelta(seconds=20)

    with time_machine.travel(now, tick=False):
        beat(participant=part)
    with time_machine.travel(closed, tick=False):
        beat(participant=part, is_online=False)

    part.refresh_from_db()
    assert part.last_seen == closed
    assert _present() == []


def test_who_closes_it_long_after_their_last_sign_was_seen_at_that_one(part: ChatParticipant):
    now = clock.now()

    with time_machine.travel(now, tick=False):
        beat(participant=part)
    with time_machine.travel(now + timedelta(seconds=90), tick=False):
        news = beat(participant=part, is_online=False)

    part.refresh_from_db()
    assert (news, part.last_seen) == (False, now)


def test_who_comes_back_at_once_is_there_which_is_news(part: ChatParticipant):
    for is_online in (True, False):
        beat(participant=part, is_online=is_online)

    news = beat(participant=part)

    assert news
    assert _present() == [part]


def test_who_left_beats_in_vain(part: ChatParticipant):
    leave_room(participant=part)

    assert not beat(participant=part)
    assert _present() == []


def test_beats_are_not_in_the_log(part: ChatParticipant):
    with announced() as heard:
        beat(participant=part)
        beat(participant=part, is_online=False)

    assert heard == []


def test_who_may_not_write_is_not_said_to_be_writing(part: ChatParticipant):
    block_participant(room=part.room, user_id=part.user_id)
    with pytest.raises(errors.ChatBlocked):
        set_typing(participant=part)

    unblock_participant(room=part.room, user_id=part.user_id)
    with pytest.raises(errors.RoomClosed):
        set_typing(participant=ChatParticipant.objects.get(room=close_room(room=part.room)))


def test_who_comes_goes_and_writes_is_passed_on_once_it_is_committed(
    part: ChatParticipant,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
):
    heard: list[Any] = []
    monkeypatch.setattr(events, "_passers", [heard.append])

    with django_capture_on_commit_callbacks(execute=True):
        for is_online in (True, True, False):
            beat(participant=part, is_online=is_online)
        set_typing(participant=part, is_typing=False)
        before = [*heard]

    whose = {"room_id": part.room_id, "user_id": part.user_id}
    assert before == []
    assert heard == [
        PresenceChanged(is_online=True, **whose),
        PresenceChanged(is_online=False, **whose),
        Typing(is_typing=False, **whose),
    ]
