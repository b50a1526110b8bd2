"""Rooms: opened, renamed, closed, and who comes and goes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from apps.accounts.models import User
from apps.chat import errors
from apps.chat.access import Opening, require_group_size
from apps.chat.events import (
    ParticipantAdded,
    ParticipantBlocked,
    ParticipantLeft,
    ParticipantPromoted,
    ParticipantUnblocked,
    RoomOpened,
    RoomUpdated,
)
from apps.chat.models import ChatParticipant, ChatRoom
from apps.chat.services.locks import locked_participant, locked_room
from apps.chat.services.notifying import read_notifications
from apps.leads.models import LeadAssignment
from apps.orders.models import Order
from kernel import clock, events
from kernel.lookup import one_of
from kernel.models import require_version

Role, Type = ChatParticipant.Role, ChatRoom.Type


@transaction.atomic
def open_room(*, opening: Opening, by: User) -> ChatRoom:
    """Open a room, or answer the one of its kind that there is; who had left it is back then.

    Of two who open it at once, one opens it. Raises NotFound where what it is about was deleted.
    """
    _hold_subject(opening)
    room = ChatRoom(
        chat_type=opening.chat_type,
        identity=opening.identity,
        title=opening.title,
        created_by=by,
        **opening.subject,
    )
    room.clean_fields()
    ChatRoom.objects.bulk_create([room], ignore_conflicts=True)
    if opening.identity is not None:
        living = ChatRoom.objects.select_for_update(no_key=True)
        there: ChatRoom = living.get(identity=opening.identity)
        if there.pk != room.pk:
            _bring_in(there, opening.roles.items())
            return there
    _place(room, opening.roles.items())
    events.publish(
        RoomOpened(
            room_id=room.pk,
            chat_type=room.chat_type,
            opened_by_id=by.pk,
            user_ids=[str(user_id) for user_id in opening.roles],
        )
    )
    return room


@transaction.atomic
def update_room(*, room: ChatRoom, title: str, version: int | None = None) -> ChatRoom:
    """Call a group something else.

    Raises NotAGroup, TitleRequired, VersionConflict, NotFound or ValidationError.
    """
    room = _locked_group(room)
    require_version(room, version)
    if not title.strip():
        raise errors.TitleRequired
    room.title = title.strip()
    room.clean_fields()
    room.save(update_fields=["title"])
    return _announced(room)


@transaction.atomic
def close_room(*, room: ChatRoom) -> ChatRoom:
    """Have nothing more be said in a room, which can still be read. Raises NotFound."""
    return _set_active(room, is_active=False)


@transaction.atomic
def reopen_room(*, room: ChatRoom) -> ChatRoom:
    """Let a closed room be written in again. Raises NotFound."""
    return _set_active(room, is_active=True)


@transaction.atomic
def add_participants(*, room: ChatRoom, users: Iterable[User]) -> ChatRoom:
    """Bring users into a group, who read all of it from then on; those in it stay as they are.

    Raises NotAGroup, RoomClosed, GroupTooLarge or NotFound.
    """
    room = _locked_group(room)
    if not room.is_active:
        raise errors.RoomClosed
    _bring_in(room, [(user.pk, Role.MEMBER) for user in users])
    require_group_size(ChatParticipant.objects.present().filter(room=room).count())
    return room


@transaction.atomic
def remove_participant(*, room: ChatRoom, user_id: UUID) -> ChatRoom:
    """Take somebody out of a group. Raises NotAGroup, or NotFound where they are not in it."""
    room = _locked_group(room)
    depart(locked_participant(room, user_id))
    return room


@transaction.atomic
def leave_room(*, participant: ChatParticipant) -> ChatParticipant:
    """Take part in a room no longer; of a group that has no owner then, the longest-standing
    member is it.

    Raises CannotLeave for a party to an order, a lead or a request for help, or NotFound.
    """
    room = locked_room(participant.room_id)
    participant = locked_participant(room, participant.user_id)
    is_free = room.chat_type in (Type.GROUP, Type.DIRECT) or participant.role == Role.AGENT
    if not is_free:
        raise errors.CannotLeave
    depart(participant)
    return participant


@transaction.atomic
def mute_room(
    *,
    participant: ChatParticipant,
    until: datetime | None = None,
    notifications_enabled: bool | None = None,
) -> ChatParticipant:
    """Have somebody not be told of messages until an instant, or be told again without one; and
    switch that on or off for good, where it is said.

    Raises InvalidMute or NotFound.
    """
    if until is not None and until <= clock.now():
        raise errors.InvalidMute
    participant = locked_participant(participant.room, participant.user_id)
    participant.mute_until = until
    if notifications_enabled is not None:
        participant.notifications_enabled = notifications_enabled
    participant.save(update_fields=["mute_until", "notifications_enabled"])
    return participant


@transaction.atomic
def block_participant(*, room: ChatRoom, user_id: UUID) -> ChatParticipant:
    """Let somebody read in a room, and write no longer. Raises NotFound."""
    participant = locked_participant(locked_room(room.pk), user_id)
    if participant.blocked_at is None:
        participant.blocked_at = clock.now()
        participant.save(update_fields=["blocked_at"])
        events.publish(ParticipantBlocked(room_id=room.pk, user_id=user_id))
    return participant


@transaction.atomic
def unblock_participant(*, room: ChatRoom, user_id: UUID) -> ChatParticipant:
    """Let somebody write in a room again. Raises NotFound."""
    participant = locked_participant(locked_room(room.pk), user_id)
    if participant.blocked_at is not None:
        participant.blocked_at = None
        participant.save(update_fields=["blocked_at"])
        events.publish(ParticipantUnblocked(room_id=room.pk, user_id=user_id))
    return participant


def depart(participant: ChatParticipant) -> None:
    """End a locked participant's part, and have a group be somebody's."""
    participant.left_at = clock.now()
    participant.unread_count = 0
    participant.save(update_fields=["left_at", "unread_count"])
    read_notifications(room_id=participant.room_id, user_id=participant.user_id)
    if participant.role == Role.OWNER:
        _pass_on(participant.room)
    events.publish(ParticipantLeft(room_id=participant.room_id, user_id=participant.user_id))


def _hold_subject(opening: Opening) -> None:
    """Keep what a room is about from being deleted, which would take its rooms along."""
    held = {"order_id": Order, "lead_assignment_id": LeadAssignment}
    for name, key in opening.subject.items():
        rows: Any = held[name].objects
        one_of(rows.select_for_update(no_key=True, of=("self",)), pk=key)


def _locked_group(room: ChatRoom) -> ChatRoom:
    room = locked_room(room.pk)
    if not room.is_group:
        raise errors.NotAGroup
    return room


def _set_active(room: ChatRoom, *, is_active: bool) -> ChatRoom:
    room = locked_room(room.pk)
    if room.is_active == is_active:
        return room
    room.is_active = is_active
    room.save(update_fields=["is_active"])
    return _announced(room)


def _announced(room: ChatRoom) -> ChatRoom:
    events.publish(RoomUpdated(room_id=room.pk, title=room.title, closed=not room.is_active))
    return room


def _place(room: ChatRoom, roles: Iterable[tuple[UUID, ChatParticipant.Role]]) -> None:
    """Have users take part who never did, and who have read what was said before."""
    now = clock.now()
    ChatParticipant.objects.bulk_create(
        [
            ChatParticipant(
                room=room,
                user_id=user_id,
                role=role,
                joined_at=now,
                read_number=room.last_number,
                delivered_number=room.last_number,
            )
            for user_id, role in roles
        ]
    )


def _bring_in(room: ChatRoom, roles: Iterable[tuple[UUID, ChatParticipant.Role]]) -> None:
    """Have users take part in a locked room who do not. Who was blocked stays so."""
    known = {found.user_id: found for found in ChatParticipant.objects.filter(room=room)}
    wanted = [
        (user_id, role)
        for user_id, role in roles
        if user_id not in known or not known[user_id].is_present
    ]
    _place(room, [(user_id, role) for user_id, role in wanted if user_id not in known])
    for user_id, role in wanted:
        if user_id in known:
            _rejoin(known[user_id], room, role)
        events.publish(ParticipantAdded(room_id=room.pk, user_id=user_id))


def _rejoin(participant: ChatParticipant, room: ChatRoom, role: ChatParticipant.Role) -> None:
    participant.role, participant.left_at, participant.joined_at = role, None, clock.now()
    participant.read_number = participant.delivered_number = room.last_number
    participant.unread_count = 0
    participant.save(
        update_fields=[
            *("role", "left_at", "joined_at"),
            *("read_number", "delivered_number", "unread_count"),
        ]
    )


def _pass_on(room: ChatRoom) -> None:
    """Give a group without an owner to the longest-standing member who may write."""
    present = ChatParticipant.objects.present().filter(room=room)
    if present.filter(role=Role.OWNER).exists():
        return
    able = present.filter(role=Role.MEMBER, user__is_deleted=False, user__blocked=False)
    heirs = able.select_related(None).order_by(
        F("blocked_at").asc(nulls_first=True), "joined_at", "pk"
    )
    heir = heirs.first()
    if heir is not None:
        heir.role = Role.OWNER
        heir.save(update_fields=["role"])
        events.publish(ParticipantPromoted(room_id=room.pk, user_id=heir.user_id))
