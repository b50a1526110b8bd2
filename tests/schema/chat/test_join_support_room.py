"""Staff who help in the room of somebody who asked for it."""

import pytest

from apps.chat.events import ParticipantAdded
from apps.chat.models import ChatRoom
from tests.factories.cast import Cast
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

JOIN = "... on ChatRoom { id me { role } participants { totalCount } }"


def _asking(graphql: GraphQL, cast: Cast) -> ChatRoom:
    """The room in which Ben asks for help."""
    graphql.mutate("openChatRoom", {"chatType": "SUPPORT"}, by=cast.ben)
    return ChatRoom.objects.get(chat_type="SUPPORT")


def _join(graphql: GraphQL, room: ChatRoom, *, by: object) -> Answer:
    return graphql.mutate("joinSupportRoom", {"roomId": gid(room)}, JOIN, by=by)


def test_staff_join_it_as_agents_and_write_there(graphql: GraphQL, cast: Cast):
    room = _asking(graphql, cast)

    with announced() as heard:
        joined = _join(graphql, room, by=cast.dora).data["joinSupportRoom"]
    said = {"roomId": gid(room), "content": "How can I help?"}
    sent = graphql.mutate("sendMessage", said, "... on ChatMessage { number }", by=cast.dora)

    assert joined["id"] == gid(room)
    assert (joined["me"], joined["participants"]) == ({"role": "AGENT"}, {"totalCount": 2})
    assert heard == [ParticipantAdded(room_id=room.pk, user_id=cast.dora.pk)]
    assert sent.data["sendMessage"]["number"] == 1


def test_who_joined_already_stays(graphql: GraphQL, cast: Cast):
    room = _asking(graphql, cast)
    _join(graphql, room, by=cast.dora)

    with nothing_changes():
        again = _join(graphql, room, by=cast.dora)

    assert again.data["joinSupportRoom"]["me"] == {"role": "AGENT"}


def test_an_agent_leaves_when_all_is_said(graphql: GraphQL, cast: Cast):
    room = _asking(graphql, cast)
    _join(graphql, room, by=cast.dora)

    answer = graphql.mutate(
        "leaveChatRoom", {"roomId": gid(room)}, "... on Done { ok }", by=cast.dora
    )

    assert answer.data["leaveChatRoom"]["ok"] is True
    assert list(room.participations.present().values_list("user", flat=True)) == [cast.ben.pk]


def test_other_rooms_are_not_joined(graphql: GraphQL, cast: Cast, room: ChatRoom):
    by = cast.dora

    with nothing_changes():
        answer = _join(graphql, room, by=by)

    assert answer.code == "not_found"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ben", "not_allowed"),
        ("cleo", "not_allowed"),
        ("eve", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_nobody_else_joins(graphql: GraphQL, cast: Cast, who: str, code: str):
    room, by = _asking(graphql, cast), getattr(cast, who)

    with nothing_changes():
        answer = _join(graphql, room, by=by)

    assert answer.code == code
