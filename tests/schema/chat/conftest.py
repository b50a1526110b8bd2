"""A room that the tests of chat talk in."""

import pytest

from apps.chat.models import ChatRoom
from tests.factories.cast import Cast
from tests.factories.chat import ChatRoomFactory


@pytest.fixture
def room(cast: Cast) -> ChatRoom:
    """Where Ada and Ben talk, and nobody else."""
    found: ChatRoom = ChatRoomFactory(direct=True, between=[cast.ada, cast.ben])
    return found


@pytest.fixture
def group(cast: Cast) -> ChatRoom:
    """Ada's group with Ben."""
    found: ChatRoom = ChatRoomFactory(between=[cast.ada, cast.ben])
    return found
