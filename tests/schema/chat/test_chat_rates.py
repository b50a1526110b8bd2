"""Nobody wears others down by signs of life, or by changing things all the time."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.services.sessions import start_session
from apps.chat.models import ChatRoom
from kernel.rates import Rate
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.chat import MessageFactory, ParticipantFactory
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

#: What each mutation is given besides the room, by the rate that it is held to.
SIGNALS: dict[str, dict[str, Any]] = {
    "setTyping": {},
    "setPresence": {},
    "markRoomRead": {},
    "markRoomDelivered": {},
}
CHANGES: dict[str, dict[str, Any]] = {
    "updateChatRoom": {"title": "Painters"},
    "closeChatRoom": {},
    "reopenChatRoom": {},
    "muteRoom": {},
    "leaveChatRoom": {},
}
RETRY = "... on OperationInfo { messages { retryAfter } }"


@pytest.fixture
def once_each(settings: Any) -> None:
    """Both rates let one call through, and the next one in a minute."""
    once = (Rate(1, 60), Rate(100, 60))
    settings.RATES = settings.RATES | {"CHAT_SIGNAL": once, "CHAT_CHANGE": once}


def _is_done(answer: Answer) -> bool:
    (payload,) = answer.data.values()
    return payload["__typename"] != "OperationInfo"


def _second_is_refused(ask: Callable[[], Answer], capture: Any) -> None:
    """The first call does it, the second one nothing, and nothing of it is passed on."""
    assert _is_done(ask())

    with capture() as passed_on, nothing_changes():
        answer = ask()

    assert answer.code == "rate_limited"
    assert 0 < answer.refusal["retryAfter"] <= 60
    assert passed_on == []


@pytest.mark.parametrize("name", [*SIGNALS, *CHANGES])
def test_what_one_does_in_a_room_is_held_to_a_rate(
    graphql: GraphQL,
    cast: Cast,
    group: ChatRoom,
    once_each: None,
    name: str,
    django_capture_on_commit_callbacks: Any,
):
    MessageFactory(room=group, sender=cast.ben)
    token = start_session(user=cast.ada).access_token
    given = {"roomId": gid(group)} | (SIGNALS | CHANGES)[name]

    _second_is_refused(
        lambda: graphql.mutate(name, given, RETRY, token=token), django_capture_on_commit_callbacks
    )


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("editMessage", {"content": "Another word"}),
        ("deleteMessage", {}),
        ("reportMessage", {"reason": "SPAM"}),
    ],
)
def test_so_is_what_one_does_to_messages(
    graphql: GraphQL,
    cast: Cast,
    group: ChatRoom,
    once_each: None,
    name: str,
    more: dict[str, Any],
    django_capture_on_commit_callbacks: Any,
):
    sender = cast.ben if name == "reportMessage" else cast.ada
    messages = iter([MessageFactory(room=group, sender=sender) for _ in range(2)])
    token = start_session(user=cast.ada).access_token

    def ask() -> Answer:
        given = {"messageId": gid(next(messages))} | more
        return graphql.mutate(name, given, RETRY, token=token)

    _second_is_refused(ask, django_capture_on_commit_callbacks)


@pytest.mark.parametrize("name", ["addChatParticipants", "removeChatParticipant"])
def test_so_is_whom_one_lets_in_and_takes_out(
    graphql: GraphQL,
    cast: Cast,
    group: ChatRoom,
    once_each: None,
    name: str,
    django_capture_on_commit_callbacks: Any,
):
    users = [UserFactory() for _ in range(2)]
    lets_in = name == "addChatParticipants"
    for user in users:
        cast.ada.friends.add(user) if lets_in else ParticipantFactory(room=group, user=user)
    token, left = start_session(user=cast.ada).access_token, iter(users)

    def ask() -> Answer:
        whom = gid(next(left))
        who = {"userIds": [whom]} if lets_in else {"userId": whom}
        return graphql.mutate(name, {"roomId": gid(group)} | who, RETRY, token=token)

    _second_is_refused(ask, django_capture_on_commit_callbacks)


def test_so_is_opening_groups(
    graphql: GraphQL, cast: Cast, once_each: None, django_capture_on_commit_callbacks: Any
):
    cast.ada.friends.add(cast.ben)
    token = start_session(user=cast.ada).access_token
    given = {"chatType": "GROUP", "title": "Roof crew", "userIds": [gid(cast.ben)]}

    _second_is_refused(
        lambda: graphql.mutate("openChatRoom", given, RETRY, token=token),
        django_capture_on_commit_callbacks,
    )


def test_signs_of_life_take_nothing_from_what_one_changes(
    graphql: GraphQL, cast: Cast, group: ChatRoom, once_each: None
):
    token, given = start_session(user=cast.ada).access_token, {"roomId": gid(group)}

    typed, muted = (
        graphql.mutate(name, given, RETRY, token=token) for name in ("setTyping", "muteRoom")
    )

    assert _is_done(typed)
    assert _is_done(muted)


def test_two_signs_of_life_a_second_and_a_change_a_second_are_let_through(settings: Any):
    rates = {name: settings.RATES[name] for name in ("CHAT_SIGNAL", "CHAT_CHANGE")}

    assert rates == {
        "CHAT_SIGNAL": (Rate(120, 60), Rate(2400, 60)),
        "CHAT_CHANGE": (Rate(60, 60), Rate(1200, 60)),
    }
