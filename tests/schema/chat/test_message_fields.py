"""What a message tells, to whom: everything while it stands, and its place alone once deleted."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from apps.chat.models import ChatMessageEdit, ChatParticipant, ChatRoom
from apps.core.models import AuditEntry
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.chat import ChatTemplateFactory, MessageFactory, ParticipantFactory
from tests.support.graphql import GraphQL, gid

ALL = """query($id: ID!) { node(id: $id) { ... on ChatMessage {
  number messageType content attachmentUrl attachmentName attachmentSize attachmentType
  latitude longitude isDeleted sender { firstName } replyTo { number content } template { name }
} } }"""
READ = "query($id: ID!) { node(id: $id) { ... on ChatMessage { isRead readAt } } }"
OWN = """query($id: ID!) { node(id: $id) { ... on ChatMessage {
  clientId edits { totalCount edges { node { content } } } } } }"""
DELETED = (
    "query($id: ID!) { node(id: $id) { ... on ChatMessage { deletedAt replyTo { number } } } }"
)
HIDDEN = {
    **dict.fromkeys(("content", "attachmentName", "attachmentType"), ""),
    **dict.fromkeys(("attachmentUrl", "attachmentSize", "latitude", "longitude")),
    **dict.fromkeys(("replyTo", "template")),
}


def _full(room: ChatRoom, cast: Cast) -> Any:
    """A message of Ada's that has all that a message can have."""
    question = MessageFactory(room=room, sender=cast.ben, content="Where?")
    message = MessageFactory(
        room=room,
        sender=cast.ada,
        message_type="LOCATION",
        content="There.",
        latitude=-33.9,
        longitude=18.4,
        reply_to=question,
        template=ChatTemplateFactory(name="Place"),
        attachment_name="there.pdf",
        attachment_size=9,
        attachment_type="application/pdf",
        client_id="ada-1",
    )
    message.attachment_url.save("there.pdf", ContentFile(b"%PDF-1.4"))
    return message


@pytest.mark.parametrize("who", ["ada", "ben", "dora"])
def test_it_tells_all_to_those_in_the_room_and_staff(
    graphql: GraphQL, cast: Cast, room: ChatRoom, who: str
):
    message = _full(room, cast)

    seen = graphql(ALL, {"id": gid(message)}, by=getattr(cast, who)).data["node"]

    url = seen.pop("attachmentUrl")
    assert b"".join(Client().get(url).streaming_content) == b"%PDF-1.4"
    assert seen == {
        "number": 2,
        "messageType": "LOCATION",
        "content": "There.",
        "attachmentName": "there.pdf",
        "attachmentSize": 9,
        "attachmentType": "application/pdf",
        "latitude": -33.9,
        "longitude": 18.4,
        "isDeleted": False,
        "sender": {"firstName": "Ada"},
        "replyTo": {"number": 1, "content": "Where?"},
        "template": {"name": "Place"},
    }


@pytest.mark.parametrize("who", ["ada", "ben", "dora"])
def test_a_deleted_one_tells_its_place_and_its_sender_alone(
    graphql: GraphQL, cast: Cast, room: ChatRoom, who: str
):
    message = _full(room, cast)
    message.soft_delete()

    seen = graphql(ALL, {"id": gid(message)}, by=getattr(cast, who)).data["node"]

    kept = {"number": 2, "messageType": "LOCATION", "isDeleted": True}
    assert seen == kept | {"sender": {"firstName": "Ada"}} | HIDDEN


def test_of_a_deleted_one_the_relations_alone_can_be_asked_for(
    graphql: GraphQL, cast: Cast, room: ChatRoom
):
    message = _full(room, cast)
    message.soft_delete()

    seen = graphql(DELETED, {"id": gid(message)}, by=cast.ben).data["node"]

    at = message.deleted_at.isoformat(timespec="microseconds")
    assert seen == {"deletedAt": at, "replyTo": None}


def test_an_answer_to_a_deleted_one_shows_that_it_was_deleted(
    graphql: GraphQL, cast: Cast, room: ChatRoom
):
    message = _full(room, cast)
    message.reply_to.soft_delete()

    seen = graphql(ALL, {"id": gid(message)}, by=cast.ben).data["node"]

    assert seen["replyTo"] == {"number": 1, "content": ""}


def test_the_platforms_own_has_no_sender(graphql: GraphQL, cast: Cast, room: ChatRoom):
    message = MessageFactory(room=room, sender=None, message_type="SYSTEM", content="Welcome.")

    seen = graphql(ALL, {"id": gid(message)}, by=cast.ben).data["node"]

    assert (seen["sender"], seen["content"]) == (None, "Welcome.")


@pytest.mark.parametrize(
    ("who", "client_id", "edits"),
    [("ada", "ada-1", ["Here."]), ("ben", "", []), ("dora", "ada-1", ["Here."])],
)
def test_its_sender_and_staff_read_the_senders_name_for_it_and_what_it_said_before(
    graphql: GraphQL, cast: Cast, room: ChatRoom, who: str, client_id: str, edits: list[str]
):
    message = _full(room, cast)
    ChatMessageEdit.objects.create(message=message, content="Here.")

    seen = graphql(OWN, {"id": gid(message)}, by=getattr(cast, who)).data["node"]

    assert seen["clientId"] == client_id
    assert [edge["node"]["content"] for edge in seen["edits"]["edges"]] == edits


def _reads(room: ChatRoom, user: Any, number: int) -> Any:
    """Somebody reads up to a number; since when."""
    now = clock.now()
    reached = dict.fromkeys(("read_number", "delivered_number"), number)
    ChatParticipant.objects.filter(room=room, user=user).update(read_at=now, **reached)
    return now


def test_it_is_read_once_all_others_have_read_it_and_since_the_last_of_them_did(
    graphql: GraphQL, cast: Cast, group: ChatRoom
):
    ParticipantFactory(room=group, user=cast.cleo)
    message = MessageFactory(room=group, sender=cast.ada)
    ask = {"document": READ, "variables": {"id": gid(message)}, "by": cast.ada}

    unread = graphql(**ask).data["node"]
    _reads(group, cast.ben, 1)
    half = graphql(**ask).data["node"]
    at = _reads(group, cast.cleo, 1)
    read = graphql(**ask).data["node"]

    assert unread == half == {"isRead": False, "readAt": None}
    assert read == {"isRead": True, "readAt": at.isoformat(timespec="microseconds")}


def test_who_left_is_not_waited_for(graphql: GraphQL, cast: Cast, group: ChatRoom):
    ParticipantFactory(room=group, user=cast.cleo, left_at=clock.now())
    message = MessageFactory(room=group, sender=cast.ada)
    _reads(group, cast.ben, 1)

    assert graphql(READ, {"id": gid(message)}, by=cast.ada).data["node"]["isRead"] is True


def test_where_nobody_else_is_nobody_has_read_it(graphql: GraphQL, cast: Cast, room: ChatRoom):
    ChatParticipant.objects.filter(room=room, user=cast.ben).delete()
    message = MessageFactory(room=room, sender=cast.ada)

    seen = graphql(READ, {"id": gid(message)}, by=cast.ada).data["node"]

    assert seen == {"isRead": False, "readAt": None}


def test_of_the_platforms_own_everybody_is_waited_for(graphql: GraphQL, cast: Cast, room: ChatRoom):
    message = MessageFactory(room=room, sender=None, message_type="SYSTEM")
    _reads(room, cast.ada, 1)

    half = graphql(READ, {"id": gid(message)}, by=cast.ada).data["node"]
    _reads(room, cast.ben, 1)
    read = graphql(READ, {"id": gid(message)}, by=cast.ada).data["node"]

    assert (half["isRead"], read["isRead"]) == (False, True)


def test_who_came_later_has_read_it_since_they_came(graphql: GraphQL, cast: Cast, group: ChatRoom):
    message = MessageFactory(room=group, sender=cast.ada)
    _reads(group, cast.ben, 1)
    came = clock.now() + timedelta(hours=1)
    ParticipantFactory(
        room=group, user=cast.cleo, joined_at=came, read_number=1, delivered_number=1
    )

    seen = graphql(READ, {"id": gid(message)}, by=cast.ada).data["node"]

    assert seen == {"isRead": True, "readAt": came.isoformat(timespec="microseconds")}


def test_that_staff_read_what_was_said_is_noted_once_for_the_room(
    graphql: GraphQL, cast: Cast, room: ChatRoom
):
    for _ in range(3):
        MessageFactory(room=room)
    document = """query($id: ID!) { chatMessages(roomId: $id) { edges { node { content
      attachmentUrl latitude } } } }"""

    graphql(document, {"id": gid(room)}, by=cast.ben)
    graphql("query($id: ID!) { chatRoom(id: $id) { title } }", {"id": gid(room)}, by=cast.dora)
    graphql(document, {"id": gid(room)}, by=cast.dora)

    looks = AuditEntry.objects.filter(action="READ").values_list("object_type", "object_id")
    assert list(looks) == [("chat.ChatRoom", room.pk)]
