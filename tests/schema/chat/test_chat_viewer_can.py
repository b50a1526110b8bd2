"""What each of a room's people may do with it and with what is said there."""

import pytest

from apps.chat.models import ChatRoom
from tests.factories.cast import Cast
from tests.factories.chat import ChatReportFactory, ChatRoomFactory, MessageFactory
from tests.support.graphql import GraphQL, gid

READING = {"markRoomRead", "markRoomDelivered"}
TALKING = READING | {"sendMessage", "setTyping", "setPresence", "muteRoom"}
OWNING = {"updateChatRoom", "addChatParticipants"}
MINDING = {"removeChatParticipant", "closeChatRoom", "reopenChatRoom"}
BLOCKING = {"blockChatParticipant", "unblockChatParticipant"}
NODE = """query($id: ID!) { node(id: $id) { ... on ChatRoom { viewerCan }
  ... on ChatMessage { viewerCan } ... on ChatReport { viewerCan } } }"""


def _may(graphql: GraphQL, row: object, by: object) -> set[str]:
    answer = graphql(NODE, {"id": gid(row)}, by=by)
    return set(answer.data["node"]["viewerCan"])


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("ada", TALKING | OWNING | MINDING | {"leaveChatRoom"}),
        ("ben", TALKING | {"leaveChatRoom"}),
        ("dora", MINDING | BLOCKING),
    ],
)
def test_a_group_says_what_each_of_its_people_may_do(
    graphql: GraphQL, cast: Cast, group: ChatRoom, who: str, may: set[str]
):
    assert _may(graphql, group, getattr(cast, who)) == may


def test_where_somebody_needs_help_staff_may_join(graphql: GraphQL, cast: Cast):
    asked = ChatRoomFactory(support=True, between=[cast.ben])

    assert _may(graphql, asked, cast.dora) == MINDING | BLOCKING | {"joinSupportRoom"}
    assert "joinSupportRoom" not in _may(graphql, asked, cast.ben)


def test_of_a_room_for_two_nobody_is_the_owner(graphql: GraphQL, cast: Cast, room: ChatRoom):
    assert _may(graphql, room, cast.ada) == TALKING | {"leaveChatRoom"}


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("ada", {"deleteMessage", "reportMessage"}),
        ("ben", {"editMessage", "deleteMessage"}),
        ("dora", {"deleteMessage"}),
    ],
)
def test_a_message_says_what_each_may_do(
    graphql: GraphQL, cast: Cast, group: ChatRoom, who: str, may: set[str]
):
    message = MessageFactory(room=group, sender=cast.ben)

    assert _may(graphql, message, getattr(cast, who)) == may


@pytest.mark.parametrize(("who", "may"), [("ben", set()), ("dora", {"resolveChatReport"})])
def test_a_report_says_who_decides_it(
    graphql: GraphQL, cast: Cast, group: ChatRoom, who: str, may: set[str]
):
    message = MessageFactory(room=group, sender=cast.ada)
    report = ChatReportFactory(message=message, reporter=cast.ben)

    assert _may(graphql, report, getattr(cast, who)) == may
