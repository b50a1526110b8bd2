"""Lists of one room cost as many statements for twenty rows as for two."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.services.sessions import start_session
from apps.chat.models import ChatMessageEdit, ChatRoom
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.chat import ChatTemplateFactory, MessageFactory, ParticipantFactory
from tests.support.graphql import GraphQL, gid

MESSAGE = """{ totalCount edges { node { id number content isRead readAt viewerCan clientId
  attachmentUrl sender { name photoUrl } replyTo { content sender { name } } template { name }
  edits { edges { node { content } } } room { title me { unreadCount } } } } }"""
PEOPLE = "{ edges { node { isOnline unreadCount readNumber user { name photoUrl } } } }"
IN_ROOM = (
    "lastMessage { content isRead } participants(first: 100) "
    + PEOPLE
    + " messages(first: 100) "
    + MESSAGE
)
DOCUMENTS = {
    "chatMessages": "query($id: ID!) { chatMessages(roomId: $id, first: 100) " + MESSAGE + " }",
    "chatRoom": "query($id: ID!) { chatRoom(id: $id) { " + IN_ROOM + " } }",
    "searchChatMessages": 'query { searchChatMessages(search: "tap", first: 100) ' + MESSAGE + " }",
}  # fmt: skip


def _grow(room: ChatRoom, cast: Cast, count: int) -> None:
    """Have some more people say something, in answer to the first of it."""
    for _ in range(count):
        author = ParticipantFactory(room=room, user=UserFactory()).user
        message = MessageFactory(
            room=room,
            sender=author,
            reply_to=room.messages.order_by("number").first(),
            template=ChatTemplateFactory(),
            attachment_url="chat/a.pdf",
        )
        ChatMessageEdit.objects.create(message=message, content="The tap")
        MessageFactory(room=room, sender=cast.ben)


@pytest.mark.usefixtures("unpriced")
@pytest.mark.parametrize("name", sorted(DOCUMENTS))
@pytest.mark.parametrize("who", ["ben", "dora"])
def test_a_room_costs_the_same_for_two_rows_and_for_twenty(
    graphql: GraphQL, cast: Cast, group: ChatRoom, name: str, who: str
):
    token = start_session(user=getattr(cast, who)).access_token
    ask: dict[str, Any] = {"variables": {"id": gid(group)}, "token": token}
    _grow(group, cast, 2)
    graphql(DOCUMENTS[name], **ask)

    with CaptureQueriesContext(connection) as for_two:
        assert graphql(DOCUMENTS[name], **ask).data
    _grow(group, cast, 18)
    with CaptureQueriesContext(connection) as for_twenty:
        assert graphql(DOCUMENTS[name], **ask).data

    assert len(for_twenty) == len(for_two), "\n".join(q["sql"][:200] for q in for_twenty)
