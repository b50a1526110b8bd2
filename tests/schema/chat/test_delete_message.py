"""Having a message tell nothing any more."""

import pytest

from apps.chat.events import MessageDeleted
from apps.chat.models import ChatMessage, ChatParticipant, ChatRoom
from tests.factories.cast import Cast
from tests.factories.chat import ChatRoomFactory, MessageFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

SELECT = "... on ChatMessage { number isDeleted content sender { firstName } }"


def _delete(graphql: GraphQL, message: ChatMessage, *, by: object) -> Answer:
    return graphql.mutate("deleteMessage", {"messageId": gid(message)}, SELECT, by=by)


@pytest.mark.parametrize("who", ["ben", "ada", "dora"])
def test_its_sender_an_owner_of_the_group_or_staff_delete_it(
    graphql: GraphQL, cast: Cast, group: ChatRoom, who: str
):
    message = MessageFactory(room=group, sender=cast.ben)

    with announced() as heard:
        deleted = _delete(graphql, message, by=getattr(cast, who)).data["deleteMessage"]

    tombstone = {"number": 1, "isDeleted": True, "content": "", "sender": {"firstName": "Ben"}}
    assert deleted == {"__typename": "ChatMessage"} | tombstone
    fact = {"room_id": group.pk, "message_id": message.pk, "number": 1, "sender_id": cast.ben.pk}
    assert heard == [MessageDeleted(**fact)]
    assert ChatParticipant.objects.get(user=cast.ada).unread_count == 0


def test_what_is_deleted_stays_so(graphql: GraphQL, cast: Cast, room: ChatRoom):
    message = MessageFactory(room=room, sender=cast.ben, deleted=True)

    with nothing_changes():
        answer = _delete(graphql, message, by=cast.ben)

    assert answer.data["deleteMessage"]["isDeleted"] is True


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("cleo", "not_found"),
        ("eve", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_nobody_else_does(graphql: GraphQL, cast: Cast, room: ChatRoom, who: str, code: str):
    message, by = MessageFactory(room=room, sender=cast.ben), getattr(cast, who)

    with nothing_changes():
        answer = _delete(graphql, message, by=by)

    assert answer.code == code


def test_who_owns_another_group_does_not(graphql: GraphQL, cast: Cast, room: ChatRoom):
    message = MessageFactory(room=room, sender=cast.ben)
    ChatRoomFactory(between=[cast.ada, cast.ben])

    with nothing_changes():
        answer = _delete(graphql, message, by=cast.ada)

    assert answer.code == "not_allowed"
