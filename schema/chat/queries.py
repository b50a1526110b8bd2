"""Reading rooms, what was said there, and what goes with it."""

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import Annotated, Any, cast

import strawberry
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from strawberry import relay

from apps.chat import access, models, selectors
from apps.providers.words import words_of
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.nodes import fetch
from schema.base.pagination import Connection, connection, query
from schema.chat.filters import (
    ChatMessageFilter,
    ChatMessageOrder,
    ChatRoomFilter,
    ChatRoomOrder,
)
from schema.chat.other_filters import (
    ChatNotificationFilter,
    ChatNotificationOrder,
    ChatReportFilter,
    ChatReportOrder,
    ChatTemplateFilter,
    ChatTemplateOrder,
)
from schema.chat.types.messages import ChatMessage
from schema.chat.types.notifications import ChatNotification
from schema.chat.types.reports import ChatReport
from schema.chat.types.rooms import ChatRoom
from schema.chat.types.templates import ChatTemplate

WORDS = (
    'words, up to 200 characters: all have to be there, "words in quotes" in that order, `-words`'
    " not at all; `or` parts alternatives."
)
RoomId = Annotated[relay.GlobalID, strawberry.argument(description="The room.")]
RoomSearch = Annotated[
    str | None,
    strawberry.argument(
        description="Words in the title or in the names of those who take part, up to 200"
        " characters."
    ),
]
MessageSearch = Annotated[
    str | None,
    strawberry.argument(description=f"Those that say, or whose file is called by, {WORDS}"),
]
Search = Annotated[str, strawberry.argument(description=f"What they say: {WORDS}")]
TemplateSearch = Annotated[
    str | None,
    strawberry.argument(
        description="Words in the name, the subject or the text, up to 200 characters."
    ),
]
Deleted = Annotated[
    bool,
    strawberry.argument(
        description="Deleted ones instead, which restoreChatTemplate brings back: for staff."
    ),
]


def _having(text: str, rows: QuerySet[Any], condition: Callable[[str], Q]) -> QuerySet[Any]:
    """The rows that have each word of a text; none for a text without words.

    Raises SearchTooLong.
    """
    words = words_of(text)
    for word in words:
        rows = rows.filter(condition(word))
    return rows if words else rows.none()


def _rooms(info: Info, search: RoomSearch = None) -> Iterable[ChatRoom]:
    """Rooms, those with news first; of all rooms, which staff see, the newest first."""
    viewer, rows = info.context.viewer, models.ChatRoom.objects.all()
    if search is not None:
        present = models.ChatParticipant.objects.present().filter(room=OuterRef("pk"))
        others = present.exclude(user=viewer.user_id)
        rows = _having(
            search,
            rows,
            lambda word: (
                Q(title__icontains=word) | Q(Exists(others.filter(user__name__icontains=word)))
            ),
        )
    if not viewer.oversees(models.ChatRoom):
        rows = rows.order_by(F("last_message_at").desc(nulls_last=True), "-pk")
    return cast("Iterable[ChatRoom]", rows)


def _messages(info: Info, room_id: RoomId, search: MessageSearch = None) -> Iterable[ChatMessage]:
    """What was said in a room; raises NotFound for who may not see it."""
    room = access.room_visible_to(info.context.viewer, key(room_id, of=models.ChatRoom))
    rows: QuerySet[models.ChatMessage] = models.ChatMessage.objects.filter(room=room)
    if search is not None:
        rows = selectors.search_messages(rows, search)
    return cast("Iterable[ChatMessage]", rows.order_by("-number"))


def _found(search: Search) -> Iterable[ChatMessage]:
    """What was said anywhere, the best match first."""
    rows: Any = selectors.search_messages(models.ChatMessage.objects.all(), search)
    return cast("Iterable[ChatMessage]", rows.order_by("-relevance", "-pk"))


def _templates(
    info: Info, search: TemplateSearch = None, deleted: Deleted = False
) -> Iterable[ChatTemplate]:
    """Templates, or the trash."""
    viewer = info.context.viewer
    rows = access.deleted_templates(viewer) if deleted else models.ChatTemplate.objects.all()
    if search is not None:
        columns = ("name", "subject", "content")
        rows = _having(
            search,
            rows,
            lambda word: reduce(or_, [Q(**{f"{name}__icontains": word}) for name in columns]),
        )
    return cast("Iterable[ChatTemplate]", rows.order_by("name", "pk"))


@strawberry.type
class ChatQuery:
    """Root fields of chat."""

    chat_rooms: Connection[ChatRoom] = connection(
        gate=SignedIn,
        filters=ChatRoomFilter,
        order=ChatRoomOrder,
        description="The rooms that one takes part in, those with the newest messages first; for"
        " staff all of them, the newest room first.",
        resolver=_rooms,
    )
    chat_messages: Connection[ChatMessage] = connection(
        gate=SignedIn,
        filters=ChatMessageFilter,
        order=ChatMessageOrder,
        description="What was said in a room, the newest first.",
        resolver=_messages,
    )
    search_chat_messages: Connection[ChatMessage] = connection(
        gate=SignedIn,
        filters=ChatMessageFilter,
        description="What was said in any of one's rooms, the best match first.",
        resolver=_found,
    )
    chat_templates: Connection[ChatTemplate] = connection(
        gate=SignedIn,
        filters=ChatTemplateFilter,
        order=ChatTemplateOrder,
        description="The templates in use, by name; for staff all of them.",
        resolver=_templates,
    )
    chat_notifications: Connection[ChatNotification] = connection(
        gate=SignedIn,
        filters=ChatNotificationFilter,
        order=ChatNotificationOrder,
        description="What one missed in rooms while one was away.",
    )
    chat_reports: Connection[ChatReport] = connection(
        gate=SignedIn,
        filters=ChatReportFilter,
        order=ChatReportOrder,
        description="The reports that one made; all of them for staff.",
    )

    @query(gate=SignedIn, description="A room.")
    def chat_room(self, info: Info, id: relay.GlobalID) -> ChatRoom:
        """A room by id."""
        return fetch(models.ChatRoom, id, info)
