"""Messages are found by their words, by those who may read them."""

import pytest

from apps.chat import errors
from apps.chat.models import ChatMessage, ChatRoom
from apps.chat.selectors import search_messages
from apps.chat.services.messages import delete_message, edit_message
from kernel.viewer import Viewer
from tests.factories.cast import Cast
from tests.factories.chat import ChatRoomFactory, MessageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(cast: Cast) -> ChatRoom:
    """A room of Ben's and Ada's."""
    return ChatRoomFactory(between=[cast.ben, cast.ada])


def _found(cast: Cast, text: str) -> set[str]:
    rows = ChatMessage.objects.visible_to(Viewer(user=cast.ada))
    return {*search_messages(rows, text).values_list("content", flat=True)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tap", {"The tap drips", "A new tap"}),
        ("TAP drips", {"The tap drips"}),
        ('"tap drips"', {"The tap drips"}),
        ('"drips tap"', set()),
        ("tap -drips", {"A new tap"}),
        ("drips or new", {"The tap drips", "A new tap"}),
        ("robinet", {"Le robinet goutte"}),
        ("bomba", {"Bomba linavuja"}),
        ("plan", {"See this"}),
        ("ta", set()),
        ("", set()),
        (" & | ! ( : * \x00", set()),
    ],
)
def test_messages_are_found_by_words_in_any_language_and_by_the_names_of_files(
    cast: Cast, room: ChatRoom, text: str, found: set[str]
):
    for content in ("The tap drips", "A new tap", "Le robinet goutte", "Bomba linavuja"):
        MessageFactory(room=room, content=content)
    MessageFactory(room=room, content="See this", attachment_name="roof_plan-2.pdf")
    MessageFactory(room=ChatRoomFactory(), content="A tap elsewhere")

    assert _found(cast, text) == found


def test_deleted_messages_and_what_was_said_before_are_not_found(cast: Cast, room: ChatRoom):
    deleted, edited = (MessageFactory(room=room, content="A new tap") for _ in range(2))

    delete_message(message=deleted)
    edit_message(message=edited, content="A new sink")

    assert _found(cast, "tap") == set()
    assert _found(cast, "sink") == {"A new sink"}


def test_a_search_may_be_so_long_and_no_longer(cast: Cast, room: ChatRoom):
    assert _found(cast, "x" * 200) == set()
    with pytest.raises(errors.SearchTooLong):
        _found(cast, "x" * 201)


def test_the_words_of_the_index_are_not_read_with_messages(room: ChatRoom):
    MessageFactory(room=room)

    message = ChatMessage.objects.get()

    assert message.get_deferred_fields() == {"words"}
