"""Listing what one missed in rooms."""

from typing import Any

import pytest

from apps.chat.models import ChatNotification, ChatRoom
from apps.chat.services.rooms import remove_participant
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.chat import ChatNotificationFactory, ChatRoomFactory, MessageFactory
from tests.support.graphql import GraphQL, gid

LIST = """query($filter: ChatNotificationFilter, $order: [ChatNotificationOrder!]! = []) {
  chatNotifications(filter: $filter, order: $order) { totalCount edges { node {
    id notificationType isRead readAt sentVia room { id } message { content } } } } }"""


@pytest.fixture
def told(cast: Cast, room: ChatRoom) -> list[ChatNotification]:
    """Ben missed a message, read an answer, was added to a group; Ada missed something too."""
    message = MessageFactory(room=room, sender=cast.ada)
    read = {"is_read": True, "read_at": clock.now(), "notification_type": "REPLY"}
    group = ChatRoomFactory(between=[cast.ada, cast.ben])
    return [
        ChatNotificationFactory(user=cast.ben, message=message),
        ChatNotificationFactory(user=cast.ben, message=message, **read),
        ChatNotificationFactory(user=cast.ben, message=None, room=group, notification_type="ADDED"),
        ChatNotificationFactory(user=cast.ada, message=message),
    ]


def _ids(answer: Any) -> list[str]:
    return [edge["node"]["id"] for edge in answer.data["chatNotifications"]["edges"]]


def test_one_sees_ones_own_the_newest_first(
    graphql: GraphQL, cast: Cast, room: ChatRoom, told: list[ChatNotification]
):
    answer = graphql(LIST, by=cast.ben)

    assert _ids(answer) == [gid(told[place]) for place in (2, 1, 0)]
    oldest = answer.data["chatNotifications"]["edges"][-1]["node"]
    assert oldest == {
        "id": gid(told[0]),
        "notificationType": "MESSAGE",
        "isRead": False,
        "readAt": None,
        "sentVia": "IN_APP",
        "room": {"id": gid(room)},
        "message": {"content": "The tap drips again."},
    }


@pytest.mark.parametrize("who", ["cleo", "dora"])
def test_nobody_else_sees_them(
    graphql: GraphQL, cast: Cast, told: list[ChatNotification], who: str
):
    assert _ids(graphql(LIST, by=getattr(cast, who))) == []


def test_those_of_a_room_that_one_left_are_gone(
    graphql: GraphQL, cast: Cast, told: list[ChatNotification]
):
    remove_participant(room=told[2].room, user_id=cast.ben.pk)

    assert _ids(graphql(LIST, by=cast.ben)) == [gid(told[place]) for place in (1, 0)]


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ({"isRead": {"exact": False}}, [2, 0]),
        ({"notificationType": "REPLY"}, [1]),
        ({"NOT": {"notificationType": "ADDED"}}, [1, 0]),
        ({"createdAt": {"lt": "2020-01-01T00:00:00Z"}}, []),
    ],
)
def test_they_are_filtered(
    graphql: GraphQL, cast: Cast, told: list[ChatNotification], wanted: Any, places: list[int]
):
    answer = graphql(LIST, {"filter": wanted}, by=cast.ben)

    assert _ids(answer) == [gid(told[place]) for place in places]


def test_they_are_found_by_their_room_and_ordered(
    graphql: GraphQL, cast: Cast, room: ChatRoom, told: list[ChatNotification]
):
    wanted = {"roomId": {"exact": gid(room)}}

    answer = graphql(LIST, {"filter": wanted, "order": [{"createdAt": "ASC"}]}, by=cast.ben)

    assert _ids(answer) == [gid(told[0]), gid(told[1])]


def test_the_signed_out_are_refused(graphql: GraphQL):
    assert graphql(LIST).code == "not_signed_in"
