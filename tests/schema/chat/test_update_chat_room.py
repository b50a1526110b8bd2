"""Calling a group something else."""

from typing import Any

import pytest

from apps.chat.events import RoomUpdated
from apps.chat.models import ChatRoom
from tests.factories.cast import Cast
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes


def _update(graphql: GraphQL, room: ChatRoom, *, by: Any, **given: Any) -> Answer:
    given = {"roomId": gid(room), "title": "Tap crew"} | given
    return graphql.mutate("updateChatRoom", given, "... on ChatRoom { title version }", by=by)


def test_its_owner_renames_it(graphql: GraphQL, cast: Cast, group: ChatRoom):
    with announced() as heard:
        answer = _update(graphql, group, by=cast.ada, title=" Tap crew ", version=group.version)

    renamed = {"title": "Tap crew", "version": group.version + 1}
    assert answer.data["updateChatRoom"] == {"__typename": "ChatRoom"} | renamed
    assert heard == [RoomUpdated(room_id=group.pk, title="Tap crew", closed=False)]


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ben", "not_allowed"),
        ("dora", "not_allowed"),
        ("cleo", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_nobody_else_does(graphql: GraphQL, cast: Cast, group: ChatRoom, who: str, code: str):
    by = getattr(cast, who)

    with nothing_changes():
        answer = _update(graphql, group, by=by)

    assert answer.code == code


def test_only_groups_have_a_name(graphql: GraphQL, cast: Cast, room: ChatRoom):
    room.participations.update(role="OWNER")

    with nothing_changes():
        answer = _update(graphql, room, by=cast.ada)

    assert answer.code == "not_allowed"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"title": " "}, "title_required"),
        ({"title": "x" * 121}, "max_length"),
        ({"version": 99}, "version_conflict"),
    ],
    ids=["blank", "long", "version"],
)
def test_a_bad_name_or_another_version_is_refused(
    graphql: GraphQL, cast: Cast, group: ChatRoom, given: Any, code: str
):
    with nothing_changes():
        answer = _update(graphql, group, by=cast.ada, **given)

    assert answer.code == code
