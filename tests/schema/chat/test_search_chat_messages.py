"""Searching all of one's own rooms, the best match first."""

from typing import Any

import pytest

from apps.chat.models import ChatParticipant, ChatRoom
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.chat import ChatRoomFactory, MessageFactory
from tests.support.graphql import GraphQL, gid

FIND = """query($search: String!, $filter: ChatMessageFilter) {
  searchChatMessages(search: $search, filter: $filter) {
    totalCount edges { node { content room { id } } } } }"""


def _said(answer: Any) -> list[str]:
    return [edge["node"]["content"] for edge in answer.data["searchChatMessages"]["edges"]]


def test_the_best_match_of_all_rooms_comes_first(graphql: GraphQL, cast: Cast, room: ChatRoom):
    other = ChatRoomFactory(between=[cast.ben, cast.cleo])
    MessageFactory(room=other, content="tap tap tap")
    MessageFactory(room=room, content="A tap, and then nothing of it for a long time")
    MessageFactory(room=room, content="A roof")

    answer = graphql(FIND, {"search": "tap"}, by=cast.ben)

    assert _said(answer) == ["tap tap tap", "A tap, and then nothing of it for a long time"]
    assert answer.data["searchChatMessages"]["totalCount"] == 2


def test_only_what_one_may_read_is_found(graphql: GraphQL, cast: Cast, room: ChatRoom):
    left = ChatRoomFactory(between=[cast.ben, cast.cleo])
    MessageFactory(room=left, content="tap left")
    ChatParticipant.objects.filter(room=left, user=cast.ben).update(left_at=clock.now())
    MessageFactory(room=room, content="tap deleted", deleted=True)
    MessageFactory(room=room, content="tap mine")

    found = [graphql(FIND, {"search": "tap"}, by=who) for who in (cast.ben, cast.dora, cast.eve)]

    assert _said(found[0]) == ["tap mine"]
    assert sorted(_said(found[1])) == ["tap left", "tap mine"]
    assert _said(found[2]) == []


def test_what_is_found_is_filtered(graphql: GraphQL, cast: Cast, room: ChatRoom):
    MessageFactory(room=room, sender=cast.ada, content="tap Ada")
    MessageFactory(room=room, sender=cast.ben, content="tap Ben")

    wanted = {"senderId": {"exact": gid(cast.ada)}}
    answer = graphql(FIND, {"search": "tap", "filter": wanted}, by=cast.ben)

    assert _said(answer) == ["tap Ada"]


@pytest.mark.parametrize(
    ("search", "who", "code"),
    [("x" * 201, "ben", "search_too_long"), ("tap", "nobody", "not_signed_in")],
    ids=["long", "signed out"],
)
def test_a_bad_question_gets_its_code(
    graphql: GraphQL, cast: Cast, room: ChatRoom, search: str, who: str, code: str
):
    assert graphql(FIND, {"search": search}, by=getattr(cast, who)).code == code


@pytest.mark.parametrize("search", ["", "   ", "\x00", "&|!:*()", "'"])
def test_a_text_that_asks_for_nothing_finds_nothing(
    graphql: GraphQL, cast: Cast, room: ChatRoom, search: str
):
    MessageFactory(room=room)

    assert _said(graphql(FIND, {"search": search}, by=cast.ben)) == []
