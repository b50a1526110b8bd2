"""Saying something in a room."""

from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from strawberry.relay import to_base64

from apps.chat.events import MessageSent
from apps.chat.models import ChatMessage, ChatParticipant, ChatRoom, ChatTemplate
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.chat import ChatRoomFactory, ChatTemplateFactory, MessageFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes

SELECT = """... on ChatMessage { id number messageType content latitude longitude clientId isRead
  sender { firstName } replyTo { number } room { lastNumber me { unreadCount readNumber } } }"""


def _send(graphql: GraphQL, room: ChatRoom, *, by: Any, **given: Any) -> Answer:
    return graphql.mutate("sendMessage", {"roomId": gid(room)} | given, SELECT, by=by)


def _sent(answer: Answer) -> dict[str, Any]:
    return dict(answer.data["sendMessage"])


def test_it_gets_the_next_number_and_the_others_have_one_more_to_read(
    graphql: GraphQL, cast: Cast, room: ChatRoom
):
    MessageFactory(room=room, sender=cast.ada)

    with announced() as heard:
        sent = _sent(_send(graphql, room, by=cast.ben, content="Which tap?", clientId="ben-1"))

    message = ChatMessage.objects.get(number=2)
    assert sent == {
        "__typename": "ChatMessage",
        "id": gid(message),
        "number": 2,
        "messageType": "TEXT",
        "content": "Which tap?",
        "latitude": None,
        "longitude": None,
        "clientId": "ben-1",
        "isRead": False,
        "sender": {"firstName": "Ben"},
        "replyTo": None,
        "room": {"lastNumber": 2, "me": {"unreadCount": 0, "readNumber": 2}},
    }
    fact = {"room_id": room.pk, "message_id": message.pk, "number": 2, "sender_id": cast.ben.pk}
    assert heard == [MessageSent(**fact)]
    assert ChatParticipant.objects.get(user=cast.ada).unread_count == 1


def test_it_answers_another(graphql: GraphQL, cast: Cast, room: ChatRoom):
    question = MessageFactory(room=room, sender=cast.ada)

    sent = _sent(_send(graphql, room, by=cast.ben, content="Yes", replyToId=gid(question)))

    assert sent["replyTo"] == {"number": 1}


def test_a_place_needs_no_words(graphql: GraphQL, cast: Cast, room: ChatRoom):
    sent = _sent(_send(graphql, room, by=cast.ben, latitude=-33.9, longitude=18.4))

    kept = {name: sent[name] for name in ("messageType", "latitude", "longitude", "content")}
    assert kept == {"messageType": "LOCATION", "latitude": -33.9, "longitude": 18.4, "content": ""}


def test_a_template_is_filled_in_and_counted(graphql: GraphQL, cast: Cast, room: ChatRoom):
    template = ChatTemplateFactory(content="Hello {{name}}, I am {{name}}.")
    values = [{"name": "name", "value": "Ben"}]

    sent = _sent(_send(graphql, room, by=cast.ben, templateId=gid(template), templateValues=values))

    assert (sent["messageType"], sent["content"]) == ("TEMPLATE", "Hello Ben, I am Ben.")
    assert ChatTemplate.objects.get().usage_count == 1


@pytest.mark.parametrize("traits", [{"is_active": False}, {"is_deleted": True}])
def test_a_template_that_is_not_offered_is_not_found(
    graphql: GraphQL, cast: Cast, room: ChatRoom, traits: Any
):
    template = ChatTemplateFactory(**traits)

    with nothing_changes():
        answer = _send(graphql, room, by=cast.ben, templateId=gid(template))

    assert answer.code == "not_found"


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({}, "empty_message", "content"),
        ({"content": "  \n "}, "empty_message", "content"),
        ({"content": "x" * 20_001}, "message_too_long", "content"),
        (
            {"content": "x" * 20_001, "latitude": 1.0, "longitude": 1.0},
            "message_too_long",
            "content",
        ),
        ({"latitude": 1.0}, "invalid_place", "latitude"),
        ({"content": "Here", "longitude": 1.0}, "invalid_place", "latitude"),
        ({"latitude": 91.0, "longitude": 1.0}, "invalid_place", "latitude"),
        ({"latitude": 1.0, "longitude": -181.0}, "invalid_place", "latitude"),
        ({"content": "Hi", "clientId": "x" * 65}, "max_length", "clientId"),
        ({"content": "Hi", "replyToId": to_base64("ChatMessage", uuid4())}, "reply_elsewhere",
         "replyToId"),
        ({"content": "Hi", "replyToId": to_base64("ChatRoom", uuid4())}, "invalid_id", "id"),
        ({"templateId": to_base64("ChatTemplate", uuid4())}, "not_found", None),
    ],
    ids=["nothing", "blank", "long", "long at a place", "half", "other half", "north", "west",
         "client id", "reply", "reply to a room", "template"],
)  # fmt: skip
def test_what_cannot_be_said_is_refused(
    graphql: GraphQL, cast: Cast, room: ChatRoom, given: Any, code: str, field: str | None
):
    with nothing_changes():
        answer = _send(graphql, room, by=cast.ben, **given)

    assert (answer.code, answer.refusal["field"]) == (code, field)


def test_twenty_thousand_characters_are_taken(graphql: GraphQL, cast: Cast, room: ChatRoom):
    sent = _sent(_send(graphql, room, by=cast.ben, content="x" * 20_000))

    assert len(sent["content"]) == 20_000


def test_a_blank_without_a_value_is_refused(graphql: GraphQL, cast: Cast, room: ChatRoom):
    template = ChatTemplateFactory()

    with nothing_changes():
        answer = _send(graphql, room, by=cast.ben, templateId=gid(template))

    assert (answer.code, answer.refusal["field"]) == ("missing_variable", "templateValues")


def test_a_message_of_another_room_or_a_deleted_one_is_not_answered(
    graphql: GraphQL, cast: Cast, room: ChatRoom
):
    elsewhere = MessageFactory(room=ChatRoomFactory(between=[cast.ben, cast.cleo]))
    gone = MessageFactory(room=room, deleted=True)

    with nothing_changes():
        answers = [
            _send(graphql, room, by=cast.ben, content="Yes", replyToId=gid(message))
            for message in (elsewhere, gone)
        ]

    assert [answer.code for answer in answers] == ["reply_elsewhere"] * 2


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("cleo", "not_found"),
        ("dora", "not_found"),
        ("eve", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_who_takes_no_part_says_nothing(
    graphql: GraphQL, cast: Cast, room: ChatRoom, who: str, code: str
):
    by = getattr(cast, who)

    with nothing_changes():
        answer = _send(graphql, room, by=by, content="Hello")

    assert answer.code == code


def test_a_room_that_one_left_and_one_of_strangers_look_alike(
    graphql: GraphQL, cast: Cast, room: ChatRoom
):
    left = ChatRoomFactory(between=[cast.ada, cast.cleo])
    ChatParticipant.objects.filter(room=left, user=cast.cleo).update(left_at=clock.now())

    with nothing_changes():
        answers = [_send(graphql, r, by=cast.cleo, content="Hello") for r in (room, left)]

    assert [answer.code for answer in answers] == ["not_found"] * 2
    assert answers[0].refusal == answers[1].refusal


def test_nothing_is_said_in_a_closed_room(graphql: GraphQL, cast: Cast, room: ChatRoom):
    ChatRoom.objects.filter(pk=room.pk).update(is_active=False)

    with nothing_changes():
        answer = _send(graphql, room, by=cast.ben, content="Hello")

    assert answer.code == "room_closed"


def test_who_is_blocked_says_nothing(graphql: GraphQL, cast: Cast, room: ChatRoom):
    ChatParticipant.objects.filter(room=room, user=cast.ben).update(blocked_at=clock.now())

    with nothing_changes():
        answer = _send(graphql, room, by=cast.ben, content="Hello")

    assert answer.code == "chat_blocked"


def test_sent_again_under_the_same_name_it_is_not_said_twice(
    graphql: GraphQL, cast: Cast, room: ChatRoom
):
    first = _send(graphql, room, by=cast.ben, content="Hello", clientId="1")
    again = _send(graphql, room, by=cast.ben, content="Hello", clientId="1")
    other = _send(graphql, room, by=cast.ada, content="Hello", clientId="1")

    assert _sent(first)["id"] == _sent(again)["id"] != _sent(other)["id"]
    assert list(room.messages.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_a_repeat_under_the_same_key_answers_the_same_message(
    graphql: GraphQL, cast: Cast, room: ChatRoom
):
    given = {"content": "Hello", "idempotencyKey": "hello"}

    first, again = (_send(graphql, room, by=cast.ben, **given) for _ in range(2))
    other = _send(graphql, room, by=cast.ben, **given | {"content": "Bye"})

    assert first.data == again.data
    assert other.code == "idempotency_mismatch"
    assert ChatMessage.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_numbers_without_a_gap(cast: Cast, room: ChatRoom):
    both = (cast.ada, cast.ben) * 8
    calls = [partial(_send, GraphQL(), room, by=by, content="Hello") for by in both]

    answers = race(*calls)

    assert sorted(_sent(answer)["number"] for answer in answers) == list(range(1, 17))
    counts = ChatMessage.objects.filter(room=room).count()
    assert (counts, ChatRoom.objects.get().last_number) == (16, 16)


@pytest.mark.django_db(transaction=True)
def test_one_that_is_sent_again_at_once_is_said_once(cast: Cast, room: ChatRoom):
    send = partial(_send, GraphQL(), room, by=cast.ben, content="Hello", clientId="1")

    answers = race(*[send] * 8)

    assert {_sent(answer)["id"] for answer in answers} == {gid(ChatMessage.objects.get())}
