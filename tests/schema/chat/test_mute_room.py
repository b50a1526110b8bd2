"""Not being told of messages for some time."""

from datetime import timedelta
from typing import Any

import pytest

from apps.chat.models import ChatRoom
from kernel import clock
from tests.factories.cast import Cast
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

SELECT = "... on ChatParticipant { muteUntil notificationsEnabled }"


def _mute(graphql: GraphQL, room: ChatRoom, *, by: Any, **given: Any) -> Answer:
    return graphql.mutate("muteRoom", {"roomId": gid(room)} | given, SELECT, by=by)


def _told(answer: Answer) -> tuple[Any, bool]:
    part = answer.data["muteRoom"]
    return part["muteUntil"], part["notificationsEnabled"]


def test_it_is_quiet_until_then_and_loud_again_when_asked(
    graphql: GraphQL, cast: Cast, room: ChatRoom
):
    until = (clock.now() + timedelta(hours=8)).isoformat(timespec="microseconds")

    muted = _mute(graphql, room, by=cast.ben, until=until)
    again = _mute(graphql, room, by=cast.ben)

    assert (_told(muted), _told(again)) == ((until, True), (None, True))
    assert room.participations.get(user=cast.ada).mute_until is None


def test_notifications_are_switched_off_and_stay_so_until_they_are_switched_on(
    graphql: GraphQL, cast: Cast, room: ChatRoom
):
    given: list[dict[str, Any]] = [
        {"notificationsEnabled": False},
        {},
        {"notificationsEnabled": True},
    ]

    answers = [_mute(graphql, room, by=cast.ben, **each) for each in given]

    assert [_told(answer)[1] for answer in answers] == [False, False, True]


def test_no_room_is_muted_until_a_time_that_is_past(graphql: GraphQL, cast: Cast, room: ChatRoom):
    past = (clock.now() - timedelta(seconds=1)).isoformat()

    with nothing_changes():
        answer = _mute(graphql, room, by=cast.ben, until=past)

    assert (answer.code, answer.refusal["field"]) == ("invalid_mute", "until")


@pytest.mark.parametrize(
    ("who", "code"), [("cleo", "not_found"), ("dora", "not_found"), ("nobody", "not_signed_in")]
)
def test_who_takes_no_part_mutes_nothing(
    graphql: GraphQL, cast: Cast, room: ChatRoom, who: str, code: str
):
    by = getattr(cast, who)

    with nothing_changes():
        answer = _mute(graphql, room, by=by, notificationsEnabled=False)

    assert answer.code == code
