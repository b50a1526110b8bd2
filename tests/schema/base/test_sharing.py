"""Which documents are executed once for all who hear of something."""

import pytest

from schema.base.execution import prepare
from schema.base.sharing import is_shared
from schema.root import schema

MESSAGE = "... on ChatMessageSent { message { content sender { id } } }"


def shares(selection: str, *, more: str = "", room: str = "Q2hhdFJvb206eA==") -> bool:
    """Whether a document that follows a room by a selection is executed once."""
    text = f'subscription S {{ chatEvents(roomId: "{room}") {{ {selection} }} }} {more}'
    return is_shared(schema, prepare(schema, text, "S"))


@pytest.mark.parametrize(
    "selection",
    [
        "__typename",
        MESSAGE,
        "... on ChatHappening { cursor occurredAt room { id title chatType } }",
        "... on ChatMessageSent { message { number isDeleted attachmentUrl replyTo { id } } }",
        "... { ... on ChatMessageSent { message { isRead readAt } } }",
        "... on ChatMessagesRead { user { id name firstName } upTo }",
    ],
)
def test_what_is_the_same_for_all_is_executed_once(selection: str):
    assert shares(selection)


@pytest.mark.parametrize(
    "selection",
    [
        "... on ChatHappening { room { me { id } } }",
        "... on ChatHappening { room { viewerCan } }",
        "... on ChatHappening { room { participants { totalCount } } }",
        "... on ChatMessageSent { message { clientId } }",
        "... on ChatMessageSent { message { edits { totalCount } } }",
        "... on ChatMessagesRead { user { email } }",
        "... on ChatMessageSent { message { replyTo { clientId } } }",
    ],
)
def test_what_differs_is_executed_for_each(selection: str):
    assert not shares(selection)


def test_fragments_are_looked_into():
    same = "fragment F on ChatMessageSent { message { ...G } } fragment G on ChatMessage { id }"
    differs = same.replace("{ id }", "{ clientId }")

    assert shares("...F", more=same)
    assert not shares("...F", more=differs)


def test_one_field_that_differs_is_enough():
    assert not shares(f"{MESSAGE} ... on ChatHappening {{ room {{ id me {{ id }} }} }}")
