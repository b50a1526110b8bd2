"""Who has a room open: told by beats, and written down now and then."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from apps.chat.events import PresenceChanged, Typing
from apps.chat.models import ChatParticipant
from apps.chat.selectors import present_now
from apps.chat.services.locks import require_writer
from kernel import clock, events

#: A beat that follows another one so soon writes nothing.
SECONDS_BETWEEN = 15


@transaction.atomic
def beat(*, participant: ChatParticipant, is_online: bool = True) -> bool:
    """Note that somebody has a room open, or that they close it: they count as away at once then.

    Returns whether that is news, which is passed on: they were away before, or they were not.
    """
    is_news = _note(participant, is_online)
    if is_news:
        events.pass_on(
            PresenceChanged(
                room_id=participant.room_id, user_id=participant.user_id, is_online=is_online
            )
        )
    return is_news


def set_typing(*, participant: ChatParticipant, is_typing: bool = True) -> None:
    """Pass on that somebody is writing in a room, or stopped. Raises RoomClosed, ChatBlocked."""
    require_writer(participant.room, participant.user_id)
    events.pass_on(
        Typing(room_id=participant.room_id, user_id=participant.user_id, is_typing=is_typing)
    )


def _note(participant: ChatParticipant, is_online: bool) -> bool:
    now = clock.now()
    rows: Any = ChatParticipant.objects.present().filter(pk=participant.pk)
    there = rows.filter(present_now())
    if not is_online:
        return bool(there.update(last_seen=now, is_away=True))
    was_there = there.exists()
    lately = Q(last_seen__gte=now - timedelta(seconds=SECONDS_BETWEEN), is_away=False)
    return bool(rows.exclude(lately).update(last_seen=now, is_away=False)) and not was_there
