"""How far somebody has read a room, and how far messages have reached them."""

from typing import Any

import pytest
from strawberry.relay import to_base64

from apps.chat.events import MessagesDelivered, MessagesRead
from apps.chat.models import ChatNotification, ChatRoom
from tests.factories.cast import Cast
from tests.factories.chat import ChatNotificationFactory, MessageFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

SELECT = "... on ChatParticipant { readNumber deliveredNumber unreadCount }"
BOTH = pytest.mark.parametrize("name", ["markRoomRead", "markRoomDelivered"])


@pytest.fixture
def news(room: ChatRoom, cast: Cast) -> ChatRoom:
    """The room with three messages of Ada's."""
    for _ in range(3):
        MessageFactory(room=room, sender=cast.ada)
    return room


def _mark(graphql: GraphQL, name: str, room: ChatRoom, *, by: Any, **given: Any) -> Answer:
    return graphql.mutate(name, {"roomId": gid(room)} | given, SELECT, by=by)


def _reached(answer: Answer) -> tuple[int, int, int]:
    ((_, part),) = answer.data.items()
    return part["readNumber"], part["deliveredNumber"], part["unreadCount"]


def test_what_was_read_was_delivered_and_counts_no_more(
    graphql: GraphQL, cast: Cast, news: ChatRoom
):
    with announced() as heard:
        answer = _mark(graphql, "markRoomRead", news, by=cast.ben, upTo=2)

    assert _reached(answer) == (2, 2, 1)
    assert heard == [MessagesRead(room_id=news.pk, user_id=cast.ben.pk, up_to=2)]


def test_what_was_delivered_is_still_to_be_read(graphql: GraphQL, cast: Cast, news: ChatRoom):
    with announced() as heard:
        answer = _mark(graphql, "markRoomDelivered", news, by=cast.ben, upTo=2)

    assert _reached(answer) == (0, 2, 3)
    assert heard == [MessagesDelivered(room_id=news.pk, user_id=cast.ben.pk, up_to=2)]


def test_without_a_number_it_is_all(graphql: GraphQL, cast: Cast, news: ChatRoom):
    delivered = _mark(graphql, "markRoomDelivered", news, by=cast.ben)
    read = _mark(graphql, "markRoomRead", news, by=cast.ben)

    assert (_reached(delivered), _reached(read)) == ((0, 3, 3), (3, 3, 0))


def test_deleted_messages_and_ones_own_are_not_counted(
    graphql: GraphQL, cast: Cast, news: ChatRoom
):
    MessageFactory(room=news, sender=cast.ada, deleted=True)
    MessageFactory(room=news, sender=cast.ada)

    answer = _mark(graphql, "markRoomRead", news, by=cast.ben, upTo=3)

    assert _reached(answer) == (3, 3, 1)


@BOTH
def test_it_never_goes_back(graphql: GraphQL, cast: Cast, news: ChatRoom, name: str):
    _mark(graphql, "markRoomRead", news, by=cast.ben, upTo=3)

    with nothing_changes():
        answer = _mark(graphql, name, news, by=cast.ben, upTo=1)

    assert _reached(answer) == (3, 3, 0)


def test_what_one_was_told_of_is_read_with_it(graphql: GraphQL, cast: Cast, news: ChatRoom):
    first, second = news.messages.filter(number__lte=2).order_by("number")
    told = ChatNotificationFactory(user=cast.ben, message=second)

    _mark(graphql, "markRoomRead", news, by=cast.ben, upTo=first.number)
    before = ChatNotification.objects.get(pk=told.pk).is_read
    _mark(graphql, "markRoomRead", news, by=cast.ben, upTo=second.number)

    assert (before, ChatNotification.objects.get(pk=told.pk).is_read) == (False, True)


@BOTH
@pytest.mark.parametrize("number", [4, -1, 2**31 - 1])
def test_what_was_not_said_yet_is_not_read(
    graphql: GraphQL, cast: Cast, news: ChatRoom, name: str, number: int
):
    with nothing_changes():
        answer = _mark(graphql, name, news, by=cast.ben, upTo=number)

    assert (answer.code, answer.refusal["field"]) == ("message_not_there", "upTo")


@BOTH
@pytest.mark.parametrize(
    ("who", "code"), [("cleo", "not_found"), ("dora", "not_found"), ("nobody", "not_signed_in")]
)
def test_who_takes_no_part_marks_nothing(
    graphql: GraphQL, cast: Cast, news: ChatRoom, name: str, who: str, code: str
):
    by = getattr(cast, who)

    with nothing_changes():
        answer = _mark(graphql, name, news, by=by, upTo=1)

    assert answer.code == code


@BOTH
def test_an_id_of_another_type_is_refused(graphql: GraphQL, cast: Cast, room: ChatRoom, name: str):
    given = {"roomId": to_base64("Order", room.pk)}

    with nothing_changes():
        answer = graphql.mutate(name, given, SELECT, by=cast.ben)

    assert answer.code == "invalid_id"
