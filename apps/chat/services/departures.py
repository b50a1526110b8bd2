"""What becomes of what somebody said who is gone for good."""

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from apps.chat.events import ChatErasureWentOn, MessagesErased
from apps.chat.models import (
    ChatMessage,
    ChatMessageEdit,
    ChatNotification,
    ChatParticipant,
    ChatReport,
    ChatRoom,
)
from apps.chat.selectors import unread_counts
from apps.chat.services.locks import locked_participant, locked_room
from apps.chat.services.notifying import pass_over
from apps.chat.services.rooms import depart
from apps.core.events import FilesDiscarded
from kernel import clock, events
from kernel.errors import NotFound
from kernel.ids import uuid7

#: How many messages are erased at a time: no transaction is to take long.
BATCH = 500


@transaction.atomic
def erase_chats_of(*, user_id: UUID) -> None:
    """Remove for good what a user said, showed and told staff: what others said stays, and so do
    the places of the messages. Then take them out of all rooms. It goes on by a fact after each
    batch. Safe to run twice.
    """
    # Before any room is locked, as who decides a report locks it before its room.
    _empty_reports(user_id)
    if _erase_messages(user_id):
        events.publish(ChatErasureWentOn(user_id=user_id))
        return
    present = ChatParticipant.objects.present().filter(user=user_id)
    for room_id in present.order_by("room").values_list("room", flat=True):
        _take_out(room_id, user_id)
    ChatParticipant.objects.filter(user=user_id).update(last_seen=None, mute_until=None)
    ChatNotification.objects.filter(user=user_id).delete()


def _empty_reports(user_id: UUID) -> None:
    """Empty what a user told staff, and what staff kept of the user's messages, also of those that
    are gone by now.
    """
    about = Q(message__sender=user_id) | Q(evidence__sender=str(user_id))
    ChatReport.objects.filter(about).exclude(evidence={}).update(evidence={})
    ChatReport.objects.filter(reporter=user_id).exclude(description="").update(description="")


def _erase_messages(user_id: UUID) -> int:
    """Erase a batch of a user's messages; returns how many."""
    telling = ChatMessage.objects.filter(
        Q(is_deleted=False) | ~Q(content="") | ~Q(attachment_url="") | Q(latitude__isnull=False),
        sender=user_id,
    )
    messages = list(telling.order_by("room", "number")[:BATCH])
    rooms = ChatRoom.objects.all_with_deleted().filter(pk__in={m.room_id for m in messages})
    list(rooms.order_by("pk").select_for_update(no_key=True))
    _empty(ChatMessage.objects.filter(pk__in=[message.pk for message in messages]))
    files = sorted({message.attachment_url.name for message in messages} - {""})
    if files:
        events.publish(
            FilesDiscarded(model="chat.ChatMessage", column="attachment_url", files=files)
        )
    pass_over(messages)
    counted = ChatParticipant.objects.present().filter(room__in=rooms.values("pk"))
    counted.update(unread_count=unread_counts())
    _tell(message for message in messages if not message.is_deleted)
    return len(messages)


def _tell(erased: Iterable[ChatMessage]) -> None:
    """Tell each room once which of its messages went: one word for each would be as many as there
    are of them, for everybody there.
    """
    for room_id, messages in groupby(erased, key=attrgetter("room_id")):
        numbers = [message.number for message in messages]
        events.publish(MessagesErased(room_id=room_id, numbers=numbers))


def _empty(rows: Any) -> None:
    ChatMessageEdit.objects.filter(message__in=rows.values("pk")).delete()
    # Under a batch of their own, so that nothing brings them back.
    rows.update(
        is_deleted=True,
        deleted_at=Coalesce("deleted_at", clock.now()),
        deletion_batch=uuid7(),
        **dict.fromkeys(("content", "attachment_url", "attachment_name", "attachment_type"), ""),
        **dict.fromkeys(("latitude", "longitude", "attachment_size"), None),
    )


def _take_out(room_id: UUID, user_id: UUID) -> None:
    try:
        depart(locked_participant(locked_room(room_id), user_id))
    except NotFound:  # the room is deleted, or they left it meanwhile
        return
