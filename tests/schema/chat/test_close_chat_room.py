"""Closing rooms, and opening closed ones again."""

import pytest

from apps.chat.events import RoomUpdated
from apps.chat.models import ChatRoom
from tests.factories.cast import Cast
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

SELECT = "... on ChatRoom { isActive title }"


@pytest.mark.parametrize("who", ["ada", "dora"])
def test_its_owner_or_staff_close_it_and_open_it_again(
    graphql: GraphQL, cast: Cast, group: ChatRoom, who: str
):
    given, by = {"roomId": gid(group)}, getattr(cast, who)

    with announced() as heard:
        closed = graphql.mutate("closeChatRoom", given, SELECT, by=by).data["closeChatRoom"]
        opened = graphql.mutate("reopenChatRoom", given, SELECT, by=by).data["reopenChatRoom"]

    assert (closed["isActive"], opened["isActive"]) == (False, True)
    facts = [RoomUpdated(room_id=group.pk, title="Roof crew", closed=c) for c in (True, False)]
    assert heard == facts


def test_a_room_without_an_owner_is_closed_by_staff_alone(
    graphql: GraphQL, cast: Cast, room: ChatRoom
):
    by_member = graphql.mutate("closeChatRoom", {"roomId": gid(room)}, by=cast.ada)
    by_staff = graphql.mutate("closeChatRoom", {"roomId": gid(room)}, SELECT, by=cast.dora)

    assert by_member.code == "not_allowed"
    assert by_staff.data["closeChatRoom"]["isActive"] is False


def test_what_is_closed_already_stays_as_it_is(graphql: GraphQL, cast: Cast, group: ChatRoom):
    ChatRoom.objects.filter(pk=group.pk).update(is_active=False)

    with nothing_changes():
        answer = graphql.mutate("closeChatRoom", {"roomId": gid(group)}, SELECT, by=cast.ada)

    assert answer.data["closeChatRoom"]["isActive"] is False


@pytest.mark.parametrize("name", ["closeChatRoom", "reopenChatRoom"])
@pytest.mark.parametrize(
    ("who", "code"),
    [("ben", "not_allowed"), ("cleo", "not_found"), ("eve", "not_found"),
     ("nobody", "not_signed_in")],
)  # fmt: skip
def test_nobody_else_does(
    graphql: GraphQL, cast: Cast, group: ChatRoom, name: str, who: str, code: str
):
    ChatRoom.objects.filter(pk=group.pk).update(is_active=name == "closeChatRoom")
    by = getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate(name, {"roomId": gid(group)}, by=by)

    assert answer.code == code
