"""Letting somebody read in a room, and write no longer."""

import pytest

from apps.chat.events import ParticipantBlocked, ParticipantUnblocked
from apps.chat.models import ChatRoom
from tests.factories.cast import Cast
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

READ = "query($id: ID!) { chatMessages(roomId: $id) { totalCount } }"


def _call(graphql: GraphQL, name: str, room: ChatRoom, user: object, *, by: object) -> Answer:
    given = {"roomId": gid(room), "userId": gid(user)}
    return graphql.mutate(name, given, "... on ChatRoom { id }", by=by)


def _say(graphql: GraphQL, room: ChatRoom, *, by: object) -> Answer:
    given = {"roomId": gid(room), "content": "Hello"}
    return graphql.mutate("sendMessage", given, "... on ChatMessage { number }", by=by)


def test_who_is_blocked_reads_and_writes_no_more_until_that_ends(
    graphql: GraphQL, cast: Cast, room: ChatRoom
):
    with announced() as heard:
        _call(graphql, "blockChatParticipant", room, cast.ben, by=cast.dora)
        refused = _say(graphql, room, by=cast.ben)
        read = graphql(READ, {"id": gid(room)}, by=cast.ben)
        _call(graphql, "unblockChatParticipant", room, cast.ben, by=cast.dora)
    said = _say(graphql, room, by=cast.ben)

    assert refused.code == "chat_blocked"
    assert read.data["chatMessages"] == {"totalCount": 0}
    assert said.data["sendMessage"]["number"] == 1
    kinds = (ParticipantBlocked, ParticipantUnblocked)
    assert heard == [kind(room_id=room.pk, user_id=cast.ben.pk) for kind in kinds]


@pytest.mark.parametrize("name", ["blockChatParticipant", "unblockChatParticipant"])
@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("cleo", "not_allowed"),
        ("eve", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_nobody_but_staff_does(
    graphql: GraphQL, cast: Cast, group: ChatRoom, name: str, who: str, code: str
):
    by, user = getattr(cast, who), cast.ben

    with nothing_changes():
        answer = _call(graphql, name, group, user, by=by)

    assert answer.code == code


@pytest.mark.parametrize("name", ["blockChatParticipant", "unblockChatParticipant"])
def test_who_is_not_there_is_not_found(graphql: GraphQL, cast: Cast, room: ChatRoom, name: str):
    by, user = cast.dora, cast.cleo

    with nothing_changes():
        answer = _call(graphql, name, room, user, by=by)

    assert answer.code == "not_found"
