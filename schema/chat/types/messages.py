"""What is said in rooms. A deleted message keeps its place, and tells nothing."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

import strawberry
import strawberry_django
from django.db.models import Case, Exists, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from strawberry import auto
from strawberry_django.fields.field import StrawberryDjangoField

from apps.chat import models
from apps.chat.access import MESSAGE_ACTIONS
from kernel.viewer import Viewer, current_viewer
from schema.accounts.types.users import User
from schema.base.actions import viewer_can
from schema.base.context import Info
from schema.base.looks import note_look
from schema.base.pagination import Connection, connection
from schema.base.types import SHARED, Node, choices, computed, only_for
from schema.chat.types.rooms import ChatRoom

if TYPE_CHECKING:
    from schema.chat.types.templates import ChatTemplate

TemplateType = Annotated["ChatTemplate", strawberry.lazy("schema.chat.types.templates")]
ReplyType = Annotated["ChatMessage", strawberry.lazy("schema.chat.types.messages")]

ChatMessageType = choices(
    models.ChatMessage.Type,
    "ChatMessageType",
    "What kind of message it is.",
    TEXT="Words.",
    IMAGE="A picture, perhaps with words.",
    FILE="A file, perhaps with words.",
    LOCATION="A place, perhaps with words.",
    SYSTEM="The platform tells what happened.",
    TEMPLATE="A template that was filled in.",
)

NOBODY = UUID(int=0)


class UnlessDeleted(StrawberryDjangoField):
    """A relation that a deleted message does not tell."""

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """The related row; null of a deleted message."""
        return None if source.is_deleted else super().get_result(source, info, args, kwargs)


def unless_deleted(description: str) -> Any:
    """A relation that a deleted message does not tell."""
    return strawberry_django.field(
        field_cls=UnlessDeleted, only=["is_deleted"], description=description
    )


def told(root: Any) -> models.ChatMessage | None:
    """The message, if it tells anything: none that is deleted. That staff looked is noted, once
    for its room.
    """
    row = cast("models.ChatMessage", root)
    if row.is_deleted:
        return None
    if current_viewer().is_staff:
        note_look(models.ChatRoom(pk=row.room_id))
    return row


#: The columns that ``told`` reads.
TOLD = ["is_deleted", "room"]


def others() -> QuerySet[models.ChatParticipant]:
    """Those who take part in a message's room now, but for who sent it."""
    sender = Coalesce(OuterRef("sender"), Value(NOBODY))
    rows: QuerySet[models.ChatParticipant] = models.ChatParticipant.objects.present()
    return rows.filter(room=OuterRef("room")).exclude(user=sender)


def was_read() -> Q:
    """The messages that all others have read, of whom there is one at least."""
    behind = others().filter(read_number__lt=OuterRef("number"))
    return Q(Exists(others())) & ~Q(Exists(behind))


def _is_read(_info: Any) -> Case:
    return Case(When(was_read(), then=Value(True)), default=Value(False))


def _read_at(_info: Any) -> Case:
    # Who came when it had been said has read it from then on.
    at = Max(Coalesce("read_at", "joined_at"))
    latest = others().order_by().values("room").annotate(at=at).values("at")
    return Case(When(was_read(), then=Subquery(latest)), default=None)


def is_sender(viewer: Viewer) -> Q:
    """The viewer's own messages."""
    return Q(sender=viewer.user_id)


@strawberry_django.type(models.ChatMessage)
class ChatMessage(Node):
    """Something said in a room. A deleted one keeps its number and its sender."""

    @classmethod
    def get_queryset(cls, queryset: QuerySet[Any], info: Info, **_kwargs: Any) -> QuerySet[Any]:
        """By ``visible_to``, to-one fields too: who left a room reads no more of it."""
        return queryset.visible_to(info.context.viewer)  # type: ignore[attr-defined]

    room: ChatRoom
    sender: User | None
    number: auto
    message_type: models.ChatMessage.Type
    edited_at: auto
    is_deleted: auto
    deleted_at: auto
    created_at: auto
    version: auto
    viewer_can = viewer_can(MESSAGE_ACTIONS)
    client_id = only_for(models.ChatMessage, "client_id", rule=is_sender, otherwise="")
    reply_to: ReplyType | None = unless_deleted("The message that it answers.")
    template: TemplateType | None = unless_deleted("The template that it was made from.")
    is_read: bool = strawberry_django.field(
        annotate=_is_read,
        metadata={SHARED: True},
        description="Whether everybody else in the room has read it.",
    )
    read_at: datetime | None = strawberry_django.field(
        annotate=_read_at,
        metadata={SHARED: True},
        description="By when everybody else had read it; null before that.",
    )
    edits: Connection["ChatMessageEdit"] = connection(
        description="What it said before; for its sender and staff."
    )

    @computed(needs=["content", *TOLD], description="What is said; empty once it was deleted.")
    def content(self) -> str:
        """The words."""
        return row.content if (row := told(self)) else ""

    @computed(
        needs=["attachment_url", *TOLD],
        description="Where the file can be had for some minutes; null without one.",
    )
    def attachment_url(self) -> str | None:
        """An address that expires."""
        return row.attachment_url.url if (row := told(self)) and row.attachment_url else None

    @computed(
        needs=["attachment_name", *TOLD],
        description="What its sender calls the file; empty without one.",
    )
    def attachment_name(self) -> str:
        """The file's name."""
        return row.attachment_name if (row := told(self)) else ""

    @computed(needs=["attachment_size", *TOLD], description="The file's length in bytes.")
    def attachment_size(self) -> int | None:
        """The file's length."""
        return row.attachment_size if (row := told(self)) else None

    @computed(
        needs=["attachment_type", *TOLD],
        description="What kind of file it is, such as application/pdf; empty without one.",
    )
    def attachment_type(self) -> str:
        """The kind of file."""
        return row.attachment_type if (row := told(self)) else ""

    @computed(needs=["latitude", *TOLD], description="Degrees north of a place.")
    def latitude(self) -> float | None:
        """Degrees north."""
        return row.latitude if (row := told(self)) else None

    @computed(needs=["longitude", *TOLD], description="Degrees east of a place.")
    def longitude(self) -> float | None:
        """Degrees east."""
        return row.longitude if (row := told(self)) else None


@strawberry_django.type(models.ChatMessageEdit)
class ChatMessageEdit(Node):
    """What a message said before it was changed, for its sender and staff."""

    content: auto
    created_at: auto
