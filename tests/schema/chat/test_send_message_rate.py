"""Nobody floods a room."""

from functools import partial
from typing import Any

import pytest

from apps.accounts.services.sessions import start_session
from apps.chat.models import ChatMessage, ChatRoom
from kernel.rates import Rate
from tests.factories.cast import Cast
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.races import race

SEND = """mutation($input: SendMessageInput!) { sendMessage(input: $input) { __typename
  ... on ChatMessage { number }
  ... on OperationInfo { messages { code retryAfter } } } }"""


def _send(graphql: GraphQL, room: ChatRoom, token: str) -> Answer:
    return graphql(SEND, {"input": {"roomId": gid(room), "content": "Hello"}}, token=token)


def _is_sent(answer: Answer) -> bool:
    return answer.data["sendMessage"]["__typename"] == "ChatMessage"


def test_thirty_are_sent_at_once_and_two_a_second_after_that(
    graphql: GraphQL, cast: Cast, room: ChatRoom, settings: Any
):
    token = start_session(user=cast.ben).access_token

    answers = [_send(graphql, room, token) for _ in range(60)]

    refused = [answer for answer in answers if not _is_sent(answer)]
    # What comes back into the bucket while they are sent is let through as well.
    assert settings.RATES["SEND_MESSAGE"][0] == Rate(30, 15)
    assert all(map(_is_sent, answers[:30]))
    assert refused[0].data["sendMessage"]["messages"] == [{"code": "rate_limited", "retryAfter": 1}]
    assert ChatMessage.objects.count() == len(answers) - len(refused)


def test_each_has_a_rate_of_their_own(graphql: GraphQL, cast: Cast, room: ChatRoom, settings: Any):
    settings.RATES = settings.RATES | {"SEND_MESSAGE": (Rate(1, 60), Rate(100, 60))}
    ada, ben = (start_session(user=user).access_token for user in (cast.ada, cast.ben))

    answers = [_send(graphql, room, token) for token in (ada, ada, ben)]

    assert [_is_sent(answer) for answer in answers] == [True, False, True]


def test_an_address_has_one_too(graphql: GraphQL, cast: Cast, room: ChatRoom, settings: Any):
    settings.RATES = settings.RATES | {"SEND_MESSAGE": (Rate(9, 60), Rate(1, 60))}
    ada, ben = (start_session(user=user).access_token for user in (cast.ada, cast.ben))

    answers = [_send(graphql, room, token) for token in (ada, ben)]

    assert [_is_sent(answer) for answer in answers] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_of_five_hundred_at_once_those_are_kept_that_were_let_through(
    cast: Cast, room: ChatRoom, settings: Any
):
    settings.RATES = settings.RATES | {"SEND_MESSAGE": (Rate(30, 3600), Rate(9999, 1))}
    send = partial(_send, GraphQL(), room, start_session(user=cast.ben).access_token)

    answers = race(*[send] * 500)

    assert sum(map(_is_sent, answers)) == 30
    assert ChatMessage.objects.count() == ChatRoom.objects.get().last_number == 30
