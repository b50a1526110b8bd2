"""Which fields are the same for all in a room, so that news of it is read once for everybody."""

from typing import Any

import pytest

from schema.base.sharing import says_shared
from schema.root import schema

TYPES = schema._schema.type_map
#: What depends on who looks.
OWN = {
    "ChatRoom": {"viewerCan", "me", "participants", "messages"},
    "ChatParticipant": {"unreadCount", "notificationsEnabled", "muteUntil", "blockedAt"},
    "ChatMessage": {"viewerCan", "clientId", "edits"},
}


@pytest.mark.parametrize("name", sorted(OWN))
def test_all_that_does_not_depend_on_who_looks_says_so(name: str):
    kind: Any = TYPES[name]

    own = {field for field, part in kind.fields.items() if not says_shared(part)}

    assert own - {"id"} == OWN[name]
