"""Changing the words of one's own message."""

from datetime import timedelta
from typing import Any

import pytest

from apps.chat.events import MessageEdited
from apps.chat.models import ChatMessage, ChatParticipant, ChatRoom
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.chat import MessageFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

SELECT = """... on ChatMessage { content editedAt version
  edits { edges { node { content } } } }"""


def _edit(graphql: GraphQL, message: Any, *, by: Any, **given: Any) -> Answer:
    given = {"messageId": gid(message), "content": "The pipe drips."} | given
    return graphql.mutate("editMessage", given, SELECT, by=by)


@pytest.mark.parametrize("kind", ["TEXT", "TEMPLATE"])
def test_its_sender_changes_it_and_what_it_said_is_kept(
    graphql: GraphQL, cast: Cast, room: ChatRoom, kind: str
):
    message = MessageFactory(room=room, sender=cast.ben, message_type=kind)

    with announced() as heard:
        edited = _edit(graphql, message, by=cast.ben, version=1).data["editMessage"]

    assert (edited["content"], edited["version"]) == ("The pipe drips.", 2)
    assert edited["editedAt"] is not None
    assert [edge["node"]["content"] for edge in edited["edits"]["edges"]] == [
        "The tap drips again."
    ]
    fact = {"room_id": room.pk, "message_id": message.pk, "number": 1, "sender_id": cast.ben.pk}
    assert heard == [MessageEdited(**fact)]


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_allowed"),
        ("dora", "not_allowed"),
        ("cleo", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_nobody_else_does(graphql: GraphQL, cast: Cast, room: ChatRoom, who: str, code: str):
    message, by = MessageFactory(room=room, sender=cast.ben), getattr(cast, who)

    with nothing_changes():
        answer = _edit(graphql, message, by=by)

    assert answer.code == code


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"content": " "}, "empty_message"),
        ({"content": "x" * 20_001}, "message_too_long"),
        ({"version": 7}, "version_conflict"),
    ],
    ids=["blank", "long", "version"],
)
def test_bad_words_and_another_version_are_refused(
    graphql: GraphQL, cast: Cast, room: ChatRoom, given: Any, code: str
):
    message = MessageFactory(room=room, sender=cast.ben)

    with nothing_changes():
        answer = _edit(graphql, message, by=cast.ben, **given)

    assert answer.code == code


@pytest.mark.parametrize(
    ("traits", "code"),
    [
        ({"message_type": "IMAGE"}, "not_editable"),
        ({"created_at": clock.now() - timedelta(hours=24, seconds=1)}, "edit_too_late"),
        ({"deleted": True}, "not_found"),
    ],
    ids=["picture", "late", "deleted"],
)
def test_what_is_no_text_any_more_stays(
    graphql: GraphQL, cast: Cast, room: ChatRoom, traits: Any, code: str
):
    message = MessageFactory(room=room, sender=cast.ben, **traits)

    with nothing_changes():
        answer = _edit(graphql, message, by=cast.ben)

    assert answer.code == code


def test_within_a_day_it_can_be_changed(graphql: GraphQL, cast: Cast, room: ChatRoom):
    sent = clock.now() - timedelta(hours=23, minutes=59)
    message = MessageFactory(room=room, sender=cast.ben, created_at=sent)

    _edit(graphql, message, by=cast.ben)

    assert ChatMessage.objects.get().content == "The pipe drips."


@pytest.mark.parametrize(
    ("where", "change", "code"),
    [
        (ChatRoom, {"is_active": False}, "room_closed"),
        (ChatParticipant, {"blocked_at": clock.now()}, "chat_blocked"),
        (ChatParticipant, {"left_at": clock.now()}, "not_found"),
    ],
    ids=["closed", "blocked", "left"],
)
def test_who_may_not_write_changes_nothing(
    graphql: GraphQL, cast: Cast, room: ChatRoom, where: Any, change: Any, code: str
):
    message = MessageFactory(room=room, sender=cast.ben)
    where.objects.update(**change)

    with nothing_changes():
        answer = _edit(graphql, message, by=cast.ben)

    assert answer.code == code
