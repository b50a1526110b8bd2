"""What is said in rooms: sent, changed, deleted."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from apps.accounts.models import User
from apps.chat import errors
from apps.chat.events import MessageDeleted, MessageEdited, MessageEvent, MessageSent
from apps.chat.models import (
    ChatMessage,
    ChatMessageEdit,
    ChatParticipant,
    ChatRoom,
    ChatTemplate,
)
from apps.chat.models.messages import LONGEST
from apps.chat.services.locks import locked_room, require_writer
from apps.chat.services.notifying import pass_over, read_notifications
from apps.chat.services.templates import count_use, render
from kernel import clock, events, uploads
from kernel.lookup import one_of
from kernel.models import require_version

Type = ChatMessage.Type


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody wants to say: words, a file, a place, or a template with its blanks filled in.

    ``client_id`` is the sender's own name for it: sent again under it, it is not said twice.
    """

    content: str = ""
    file: BinaryIO | None = None
    latitude: float | None = None
    longitude: float | None = None
    reply_to_id: UUID | None = None
    client_id: str = ""
    template: ChatTemplate | None = None
    values: Mapping[str, str] = field(default_factory=dict)


def send_message(*, room: ChatRoom, sender: User, draft: Draft) -> ChatMessage:
    """Say something in a room: it gets the room's next number, and all others have one more message
    to read. Sent again under the same ``client_id``, it answers what was said then.

    Raises NotFound for who takes no part, ChatBlocked, RoomClosed, EmptyMessage, MessageTooLong,
    InvalidPlace, ReplyElsewhere, MissingVariable, InvalidFile, FileTooLarge or ValidationError.
    """
    message = _read(draft)
    message.room, message.sender = room, sender
    with _kept(message, draft.file), transaction.atomic():
        room = locked_room(room.pk)
        # Also where the sender may say nothing new by now: it was said.
        if (said := _said_before(message)) is not None:
            return said
        require_writer(room, sender.pk)
        message.reply_to = _answered(room, draft.reply_to_id)
        return _say(room, message)


@transaction.atomic
def edit_message(*, message: ChatMessage, content: str, version: int | None = None) -> ChatMessage:
    """Change the words of a message; what it said before is kept.

    Raises ChatBlocked, RoomClosed, NotEditable, EditTooLate, EmptyMessage, MessageTooLong,
    VersionConflict, or NotFound where it was deleted.
    """
    room = locked_room(message.room_id)
    message = _locked(message)
    assert message.sender_id is not None
    require_writer(room, message.sender_id)
    require_version(message, version)
    if message.message_type not in (Type.TEXT, Type.TEMPLATE):
        raise errors.NotEditable
    if clock.now() - message.created_at > timedelta(hours=settings.CHAT_EDIT_HOURS):
        raise errors.EditTooLate
    _require_words(content)
    if content == message.content:
        return message
    ChatMessageEdit.objects.create(message=message, content=message.content)
    message.content, message.edited_at = content, clock.now()
    message.save(update_fields=["content", "edited_at"])
    events.publish(_fact(MessageEdited, message))
    return message


@transaction.atomic
def delete_message(*, message: ChatMessage) -> ChatMessage:
    """Have a message tell nothing any more: it keeps its place in the room, and nobody has it to
    read. Does nothing to a deleted one. Raises NotFound.
    """
    room = locked_room(message.room_id)
    message = one_of(ChatMessage.objects.all(), pk=message.pk)
    if message.is_deleted:
        return message
    # Not of its sender, who has read up to it.
    unread = present_in(room).filter(read_number__lt=message.number)
    unread.update(unread_count=F("unread_count") - 1)
    message.soft_delete()
    pass_over([message])
    events.publish(_fact(MessageDeleted, message))
    return message


def present_in(room: ChatRoom) -> Any:
    """Those who take part in a room now."""
    return ChatParticipant.objects.present().filter(room=room)


def _read(draft: Draft) -> ChatMessage:
    """The message of a draft, without its file; raises what is wrong with it."""
    template = draft.template
    content = render(template=template, values=draft.values) if template else draft.content
    has_place = draft.latitude is not None or draft.longitude is not None
    if draft.file is None and not has_place:
        _require_words(content)
    elif len(content) > LONGEST:
        raise errors.MessageTooLong
    _require_place(draft)
    kind = Type.LOCATION if has_place else Type.TEMPLATE if template else Type.TEXT
    message = ChatMessage(
        message_type=kind,
        content=content,
        latitude=draft.latitude,
        longitude=draft.longitude,
        client_id=draft.client_id,
        template=template,
    )
    message.clean_fields(exclude={"room", "sender", "number", "words"})
    return message


def _require_words(content: str) -> None:
    if not content.strip():
        raise errors.EmptyMessage
    if len(content) > LONGEST:
        raise errors.MessageTooLong


def _require_place(draft: Draft) -> None:
    latitude, longitude = draft.latitude, draft.longitude
    if latitude is None and longitude is None:
        return
    if latitude is None or longitude is None:
        raise errors.InvalidPlace
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise errors.InvalidPlace


@contextmanager
def _kept(message: ChatMessage, file: BinaryIO | None) -> Iterator[None]:
    """Keep a file made safe for a message, before anything is locked: both take their time. It goes
    again where the block does not send the message.
    """
    if file is None:
        yield
        return
    accepted = uploads.accepted(file)
    column: Any = ChatMessage._meta.get_field("attachment_url")
    name = column.storage.save(f"{column.upload_to}{accepted.key}", accepted.content)
    message.attachment_url = name
    message.attachment_name = accepted.name or accepted.key
    message.attachment_size = accepted.content.size
    message.attachment_type = accepted.content_type
    if message.message_type == Type.TEXT:
        message.message_type = Type.FILE if accepted.content_type == uploads.PDF else Type.IMAGE
    is_sent = False
    try:
        yield
        is_sent = not message._state.adding
    finally:
        if not is_sent:
            column.storage.delete(name)


def _answered(room: ChatRoom, reply_to_id: UUID | None) -> ChatMessage | None:
    if reply_to_id is None:
        return None
    rows = ChatMessage.objects.active_only().filter(room=room, pk=reply_to_id)
    found: ChatMessage | None = rows.first()
    if found is None:
        raise errors.ReplyElsewhere
    return found


def _said_before(message: ChatMessage) -> ChatMessage | None:
    """The message that the sender sent under the same name of theirs, deleted or not."""
    if not message.client_id:
        return None
    rows = ChatMessage.objects.filter(room=message.room_id, sender=message.sender_id)
    found: ChatMessage | None = rows.filter(client_id=message.client_id).first()
    return found


def _say(room: ChatRoom, message: ChatMessage) -> ChatMessage:
    """Write a message into a locked room, counted by all who take part."""
    message.room, message.number = room, room.last_number + 1
    message.created_at = message.updated_at = clock.now()
    message.save(force_insert=True)
    _count(message)
    assert message.sender_id is not None
    read_notifications(room_id=room.pk, user_id=message.sender_id)
    if message.template is not None:
        count_use(template=message.template)
    room.last_number, room.last_message_at = message.number, message.created_at
    room.save(update_fields=["last_number", "last_message_at"])
    events.publish(_fact(MessageSent, message))
    return message


def _count(message: ChatMessage) -> None:
    """Have all others have one more message to read, and the sender none, in one statement."""
    own = Q(user=message.sender_id)
    reached: dict[str, Any] = {
        **dict.fromkeys(("read_number", "delivered_number"), message.number),
        **dict.fromkeys(("read_at", "delivered_at"), message.created_at),
        "unread_count": 0,
    }
    others = {"unread_count": F("unread_count") + 1}
    columns: Any = {name: ChatParticipant._meta.get_field(name) for name in reached}
    present_in(message.room).update(
        **{
            name: Case(
                When(own, then=Value(value)),
                default=others.get(name, F(name)),
                output_field=columns[name],
            )
            for name, value in reached.items()
        }
    )


def _locked(message: ChatMessage) -> ChatMessage:
    """The message as it stands now, locked after its room. Raises NotFound for a deleted one."""
    rows = ChatMessage.objects.active_only().select_for_update(no_key=True, of=("self",))
    found: ChatMessage = one_of(rows, pk=message.pk)
    return found


def _fact(kind: type[MessageEvent], message: ChatMessage) -> MessageEvent:
    return kind(
        room_id=message.room_id,
        message_id=message.pk,
        number=message.number,
        sender_id=message.sender_id,
    )
