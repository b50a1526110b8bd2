"""Telling those who are away that a room has news."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery

from apps.chat.models import ChatMessage, ChatNotification, ChatParticipant, ChatRoom
from apps.chat.selectors import present_now
from apps.chat.services.locks import locked_room
from kernel import clock
from kernel.errors import NotFound

Type = ChatNotification.Type


def notify_missed(*, room_id: UUID, message_id: UUID) -> None:
    """Tell those of a room who are away of a message, where they want to be told, have not read it,
    and know of no earlier one. Safe to run twice.
    """
    # Locked, so that nobody reads the message while it is noted as missed.
    if _held(room_id) is None:
        return
    message = ChatMessage.objects.active_only().filter(pk=message_id).first()
    if message is None:
        return
    answered = ChatMessage.objects.filter(pk=message.reply_to_id).values_list("sender", flat=True)
    author_id = answered.first()
    missing = _to_be_told(room_id).filter(read_number__lt=message.number)
    ChatNotification.objects.bulk_create(
        [
            ChatNotification(
                user_id=user_id,
                room_id=room_id,
                message=message,
                notification_type=Type.REPLY if user_id == author_id else Type.MESSAGE,
            )
            for user_id in missing.exclude(user=message.sender_id).values_list("user", flat=True)
        ],
        ignore_conflicts=True,
    )


def notify_added(*, room_id: UUID, user_ids: Iterable[UUID]) -> None:
    """Tell users that they are in a group now, where they have no other news of it."""
    room = _held(room_id)
    if room is None or not room.is_group:
        return
    added = _to_be_told(room_id).filter(user__in=list(user_ids))
    ChatNotification.objects.bulk_create(
        [
            ChatNotification(user_id=user_id, room_id=room_id, notification_type=Type.ADDED)
            for user_id in added.values_list("user", flat=True)
        ],
        ignore_conflicts=True,
    )


def read_notifications(*, room_id: UUID, user_id: UUID, up_to: int | None = None) -> None:
    """Have somebody have read what they were told of a room, or of its messages up to a number."""
    told: Any = ChatNotification.objects.unread().filter(user=user_id, room=room_id)
    if up_to is not None:
        told = told.filter(Q(message=None) | Q(message__number__lte=up_to))
    told.update(is_read=True, read_at=clock.now())


def pass_over(messages: Iterable[ChatMessage]) -> None:
    """Have those who were told of messages that are deleted now be told of the next one that they
    missed, or of nothing.
    """
    for message in messages:
        told = ChatNotification.objects.unread().filter(message=message)
        keys = list(told.values_list("pk", flat=True))
        if keys:
            _move_on(keys, message)


def _move_on(keys: list[UUID], message: ChatMessage) -> None:
    missed = ChatMessage.objects.filter(room=message.room_id, number__gt=message.number)
    of_others = missed.of_others(OuterRef("user")).order_by("number")
    rows = ChatNotification.objects.filter(pk__in=keys)
    rows.update(message=Subquery(of_others.values("pk")[:1]), notification_type=Type.MESSAGE)
    rows.filter(message=None).delete()


def _held(room_id: UUID) -> ChatRoom | None:
    """The room, locked; None for one that is gone."""
    try:
        return locked_room(room_id)
    except NotFound:
        return None


def _to_be_told(room_id: UUID) -> Any:
    """The participants of a room who are away, and want to know what they miss."""
    wanting = ChatParticipant.objects.present().filter(
        Q(mute_until=None) | Q(mute_until__lte=clock.now()),
        room=room_id,
        notifications_enabled=True,
        user__is_deleted=False,
        user__blocked=False,
    )
    return wanting.exclude(present_now()).order_by("pk")
