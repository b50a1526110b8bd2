"""Reading what was said in a room, the newest first."""

from typing import Any
from uuid import uuid4

import pytest
from strawberry.relay import to_base64

from apps.chat.models import ChatParticipant, ChatRoom
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.chat import ChatRoomFactory, MessageFactory
from tests.support.graphql import GraphQL, gid

LIST = """query($id: ID!, $filter: ChatMessageFilter, $order: [ChatMessageOrder!]! = [],
  $search: String, $first: Int, $after: String) {
  chatMessages(roomId: $id, filter: $filter, order: $order, search: $search, first: $first,
    after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node { number } } } }"""
BELOW = """query($id: ID!) { chatRoom(id: $id) {
  messages(first: 2) { totalCount edges { node { number } } } } }"""


def _numbers(answer: Any, name: str = "chatMessages") -> list[int]:
    return [edge["node"]["number"] for edge in answer.data[name]["edges"]]


def _three(room: ChatRoom, cast: Cast) -> None:
    """A message of Ada's, Ben's answer with a file, and one that he deleted; and noise."""
    first = MessageFactory(room=room, sender=cast.ada, content="The tap drips")
    MessageFactory(
        room=room,
        sender=cast.ben,
        reply_to=first,
        content="Here is the plan",
        message_type="FILE",
        attachment_url="chat/a.pdf",
        attachment_name="Roof and tap sketch.pdf",
    )
    MessageFactory(
        room=room,
        sender=cast.ben,
        reply_to=first,
        content="A tap on the shoulder",
        attachment_url="chat/b.pdf",
        deleted=True,
    )
    MessageFactory(room=ChatRoomFactory(between=[cast.ada, cast.ben]), content="tap noise")


@pytest.mark.parametrize("who", ["ada", "ben", "dora"])
def test_the_newest_comes_first_and_deleted_ones_keep_their_place(
    graphql: GraphQL, cast: Cast, room: ChatRoom, who: str
):
    _three(room, cast)

    answer = graphql(LIST, {"id": gid(room)}, by=getattr(cast, who))

    assert _numbers(answer) == [3, 2, 1]
    assert answer.data["chatMessages"]["totalCount"] == 3


def test_a_room_shows_its_own(graphql: GraphQL, cast: Cast, room: ChatRoom):
    _three(room, cast)

    seen = graphql(BELOW, {"id": gid(room)}, by=cast.ben).data["chatRoom"]

    assert _numbers(type("A", (), {"data": seen}), "messages") == [3, 2]
    assert seen["messages"]["totalCount"] == 3


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({"messageType": "FILE"}, [2]),
        ({"number": {"gt": 1}}, [3, 2]),
        ({"number": {"lte": 2}, "isDeleted": {"exact": False}}, [2, 1]),
        ({"isDeleted": {"exact": True}}, [3]),
        ({"hasAttachment": True}, [2]),
        ({"hasAttachment": False}, [3, 1]),
        ({"editedAt": {"isNull": False}}, []),
        ({"NOT": {"messageType": "TEXT"}}, [2]),
        ({"OR": {"messageType": "FILE"}, "number": {"exact": 1}}, [2, 1]),
    ],
)
def test_they_are_filtered(
    graphql: GraphQL, cast: Cast, room: ChatRoom, wanted: Any, numbers: list[int]
):
    _three(room, cast)

    answer = graphql(LIST, {"id": gid(room), "filter": wanted}, by=cast.ben)

    assert _numbers(answer) == numbers


def test_they_are_found_by_who_sent_them_and_by_what_they_answer(
    graphql: GraphQL, cast: Cast, room: ChatRoom
):
    _three(room, cast)
    first = room.messages.get(number=1)

    of_ada = graphql(
        LIST, {"id": gid(room), "filter": {"senderId": {"exact": gid(cast.ada)}}}, by=cast.ben
    )
    answers = graphql(LIST, {"id": gid(room), "filter": {"replyToId": gid(first)}}, by=cast.ben)

    assert (_numbers(of_ada), _numbers(answers)) == ([1], [2])


@pytest.mark.parametrize(
    ("search", "numbers"),
    [
        ("tap", [2, 1]),
        ("TAP drips", [1]),
        ('"the plan"', [2]),
        ("tap -plan", [1]),
        ("drips or plan", [2, 1]),
        ("roof", [2]),
        ("shoulder", []),
        ("", []),
        ("noise", []),
    ],
)
def test_they_are_searched_in_what_they_say_and_the_names_of_files(
    graphql: GraphQL, cast: Cast, room: ChatRoom, search: str, numbers: list[int]
):
    _three(room, cast)

    answer = graphql(LIST, {"id": gid(room), "search": search}, by=cast.ben)

    assert _numbers(answer) == numbers


def test_they_are_ordered_as_asked_and_paged(graphql: GraphQL, cast: Cast, room: ChatRoom):
    _three(room, cast)
    given = {"id": gid(room), "order": [{"number": "ASC"}], "first": 2}

    first = graphql(LIST, given, by=cast.ben)
    page = first.data["chatMessages"]["pageInfo"]
    second = graphql(LIST, given | {"after": page["endCursor"]}, by=cast.ben)

    assert (_numbers(first), page["hasNextPage"]) == ([1, 2], True)
    assert _numbers(second) == [3]


def test_a_strangers_room_one_that_was_left_and_none_look_alike(
    graphql: GraphQL, cast: Cast, room: ChatRoom
):
    left = ChatRoomFactory(between=[cast.ada, cast.cleo])
    ChatParticipant.objects.filter(room=left, user=cast.cleo).update(left_at=clock.now())

    ids = gid(room), gid(left), to_base64("ChatRoom", uuid4())
    hidden, gone, missing = (graphql(LIST, {"id": id}, by=cast.cleo) for id in ids)

    assert hidden.code == "not_found"
    assert hidden == gone == missing


@pytest.mark.parametrize(("who", "code"), [("nobody", "not_signed_in"), ("eve", "not_found")])
def test_others_read_nothing(graphql: GraphQL, cast: Cast, room: ChatRoom, who: str, code: str):
    assert graphql(LIST, {"id": gid(room)}, by=getattr(cast, who)).code == code


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"first": 101}, "invalid_page"),
        ({"search": "x" * 201}, "search_too_long"),
        ({"id": to_base64("Order", uuid4())}, "invalid_id"),
    ],
    ids=["page", "search", "id"],
)
def test_a_bad_question_gets_its_code(
    graphql: GraphQL, cast: Cast, room: ChatRoom, given: Any, code: str
):
    assert graphql(LIST, {"id": gid(room)} | given, by=cast.ben).code == code
