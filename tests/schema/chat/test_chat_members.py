"""Who takes part in a group: let in, taken out, gone."""

from typing import Any

import pytest

from apps.chat.events import ParticipantAdded, ParticipantLeft, ParticipantPromoted
from apps.chat.models import ChatParticipant, ChatRoom
from tests.factories.cast import Cast
from tests.factories.chat import MessageFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

PEOPLE = "... on ChatRoom { participants { edges { node { role user { firstName } } } } }"


def _add(graphql: GraphQL, room: ChatRoom, *users: Any, by: Any) -> Answer:
    given = {"roomId": gid(room), "userIds": [gid(user) for user in users]}
    return graphql.mutate("addChatParticipants", given, PEOPLE, by=by)


def _remove(graphql: GraphQL, room: ChatRoom, user: Any, *, by: Any) -> Answer:
    given = {"roomId": gid(room), "userId": gid(user)}
    return graphql.mutate("removeChatParticipant", given, PEOPLE, by=by)


def _leave(graphql: GraphQL, room: ChatRoom, *, by: Any) -> Answer:
    return graphql.mutate("leaveChatRoom", {"roomId": gid(room)}, "... on Done { ok }", by=by)


def _people(answer: Answer) -> dict[str, str]:
    ((_, room),) = answer.data.items()
    edges = room["participants"]["edges"]
    return {edge["node"]["user"]["firstName"]: edge["node"]["role"] for edge in edges}


def test_an_owner_lets_friends_in_who_have_nothing_to_catch_up_on(
    graphql: GraphQL, cast: Cast, group: ChatRoom
):
    cast.ada.friends.add(cast.cleo, cast.ben)
    MessageFactory(room=group)

    with announced() as heard:
        answer = _add(graphql, group, cast.cleo, cast.ben, by=cast.ada)

    assert _people(answer) == {"Ada": "OWNER", "Ben": "MEMBER", "Cleo": "MEMBER"}
    assert heard == [ParticipantAdded(room_id=group.pk, user_id=cast.cleo.pk)]
    part = ChatParticipant.objects.get(room=group, user=cast.cleo)
    assert (part.read_number, part.unread_count) == (1, 0)


def test_who_is_no_friend_is_not_let_in(graphql: GraphQL, cast: Cast, group: ChatRoom):
    assert cast.cleo

    with nothing_changes():
        answer = _add(graphql, group, cast.cleo, by=cast.ada)

    assert answer.code == "not_found"


@pytest.mark.parametrize(
    ("change", "code"),
    [({"is_active": False}, "room_closed"), ({"chat_type": "DIRECT", "identity": "d"}, "")],
)
def test_a_closed_group_and_what_is_no_group_let_nobody_in(
    graphql: GraphQL, cast: Cast, group: ChatRoom, change: Any, code: str
):
    cast.ada.friends.add(cast.cleo)
    ChatRoom.objects.filter(pk=group.pk).update(**change)

    with nothing_changes():
        answer = _add(graphql, group, cast.cleo, by=cast.ada)

    assert answer.code == (code or "not_allowed")


def test_a_group_has_a_size(graphql: GraphQL, cast: Cast, group: ChatRoom, settings: Any):
    settings.CHAT_GROUP_SIZE = 2
    cast.ada.friends.add(cast.cleo)

    with nothing_changes():
        answer = _add(graphql, group, cast.cleo, by=cast.ada)

    assert (answer.code, answer.refusal["field"]) == ("group_too_large", "userIds")


@pytest.mark.parametrize("who", ["ada", "dora"])
def test_an_owner_or_staff_takes_somebody_out(
    graphql: GraphQL, cast: Cast, group: ChatRoom, who: str
):
    by = getattr(cast, who)

    with announced() as heard:
        answer = _remove(graphql, group, cast.ben, by=by)

    assert _people(answer) == {"Ada": "OWNER"}
    assert heard == [ParticipantLeft(room_id=group.pk, user_id=cast.ben.pk)]
    assert (
        graphql(
            "query($id: ID!) { chatRoom(id: $id) { title } }", {"id": gid(group)}, by=cast.ben
        ).code
        == "not_found"
    )


def test_who_is_not_in_it_is_not_taken_out(graphql: GraphQL, cast: Cast, group: ChatRoom):
    assert cast.cleo

    with nothing_changes():
        answer = _remove(graphql, group, cast.cleo, by=cast.ada)

    assert answer.code == "not_found"


@pytest.mark.parametrize("change", [_add, _remove], ids=["add", "remove"])
@pytest.mark.parametrize(
    ("who", "code"),
    [("ben", "not_allowed"), ("cleo", "not_found"), ("eve", "not_found"),
     ("nobody", "not_signed_in")],
)  # fmt: skip
def test_nobody_else_lets_in_or_takes_out(
    graphql: GraphQL, cast: Cast, group: ChatRoom, change: Any, who: str, code: str
):
    by, friend = getattr(cast, who), cast.dora
    cast.ben.friends.add(friend)

    with nothing_changes():
        answer = change(graphql, group, friend if change is _add else cast.ada, by=by)

    assert answer.code == code


def test_a_member_leaves(graphql: GraphQL, cast: Cast, group: ChatRoom):
    with announced() as heard:
        answer = _leave(graphql, group, by=cast.ben)

    assert answer.data["leaveChatRoom"]["ok"] is True
    assert heard == [ParticipantLeft(room_id=group.pk, user_id=cast.ben.pk)]
    assert list(group.participations.present().values_list("user", flat=True)) == [cast.ada.pk]


def test_a_group_that_its_last_owner_leaves_is_its_oldest_members(
    graphql: GraphQL, cast: Cast, group: ChatRoom
):
    with announced() as heard:
        _leave(graphql, group, by=cast.ada)

    facts = [ParticipantPromoted, ParticipantLeft]
    users = [cast.ben, cast.ada]
    assert heard == [
        kind(room_id=group.pk, user_id=user.pk) for kind, user in zip(facts, users, strict=True)
    ]
    assert group.participations.present().get().role == "OWNER"


def test_a_party_to_an_order_stays(graphql: GraphQL, cast: Cast, room: ChatRoom):
    ChatRoom.objects.filter(pk=room.pk).update(
        chat_type="ORDER", order=cast.ben_order(published=True)
    )

    with nothing_changes():
        answer = _leave(graphql, room, by=cast.ben)

    assert answer.code == "cannot_leave"


@pytest.mark.parametrize(
    ("who", "code"),
    [("cleo", "not_found"), ("dora", "cannot_leave"), ("nobody", "not_signed_in")],
)
def test_who_takes_no_part_leaves_nothing(
    graphql: GraphQL, cast: Cast, group: ChatRoom, who: str, code: str
):
    by = getattr(cast, who)

    with nothing_changes():
        answer = _leave(graphql, group, by=by)

    assert answer.code == code
