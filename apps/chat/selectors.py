"""Reads that join or count."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import (
    Count,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from apps.chat import errors
from apps.chat.models import ChatMessage, ChatParticipant
from kernel import clock

LONGEST_SEARCH = 200


def search_messages(rows: QuerySet[ChatMessage], text: str) -> QuerySet[ChatMessage]:
    """Those of the messages that have all the words, in what they say or in the file's name.

    As search engines read it: ``"words in quotes"`` one after the other, ``-word`` must not be
    there, ``or`` parts alternatives. Deleted messages are not found. They can be ordered by their
    ``relevance``. Raises SearchTooLong.
    """
    if len(text) > LONGEST_SEARCH:
        raise errors.SearchTooLong
    wanted = SearchQuery(text.replace("\x00", " "), config="simple", search_type="websearch")
    found = rows.filter(words=wanted, is_deleted=False)
    return found.alias(relevance=SearchRank(F("words"), wanted))


def newest_of_rooms(rows: QuerySet[ChatMessage]) -> QuerySet[ChatMessage]:
    """Those of some messages that are the newest of their rooms: mostly of the room's last number,
    but retention removes deleted ones.
    """
    # Asked by the room's key, so that it is looked up once for a room, and not for each message.
    there = ChatMessage.objects.filter(room=OuterRef("_in__pk")).order_by("-number")
    of_room = rows.alias(_in=FilteredRelation("room"))
    return of_room.filter(number=Subquery(there.values("number")[:1]))


def present_now() -> Q:
    """A condition on participants: that they have the room open."""
    since = clock.now() - timedelta(seconds=settings.PRESENCE_SECONDS)
    return Q(last_seen__gte=since, is_away=False)


def count_unread(*, room_id: UUID, user_id: UUID, after: int) -> int:
    """How many messages after a number count as unread for a user."""
    messages = ChatMessage.objects.filter(room=room_id, number__gt=after)
    return int(messages.of_others(user_id).count())


def unread_counts() -> Subquery | Coalesce:
    """An expression over participants: how many messages they have not read."""
    unread = (
        ChatMessage.objects.filter(room=OuterRef("room"), number__gt=OuterRef("read_number"))
        .of_others(OuterRef("user"))
        .order_by()
        .values("room")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return Coalesce(Subquery(unread), Value(0), output_field=IntegerField())


def wrong_unread_counts() -> QuerySet[Any]:
    """The participants of living rooms whose kept count is not what they have not read."""
    rows = ChatParticipant.objects.present().filter(room__is_deleted=False)
    wrong: QuerySet[Any] = rows.annotate(counted=unread_counts()).exclude(unread_count=F("counted"))
    return wrong
