"""Telling staff of a message that should not have been sent."""

from typing import Any

import pytest

from apps.chat.events import ReportFiled
from apps.chat.models import ChatParticipant, ChatReport, ChatRoom
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.chat import MessageFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

SELECT = """... on ChatReport { id reason description status actionTaken evidence adminNotes
  message { number } reporter { firstName } resolvedBy { id } viewerCan }"""


def _report(graphql: GraphQL, message: Any, *, by: Any, **given: Any) -> Answer:
    given = {"messageId": gid(message), "reason": "SCAM", "description": "He wants money."} | given
    return graphql.mutate("reportMessage", given, SELECT, by=by)


def test_who_reads_it_reports_it_and_it_is_kept_for_staff_as_it_stands(
    graphql: GraphQL, cast: Cast, room: ChatRoom
):
    message = MessageFactory(room=room, sender=cast.ada, content="Send me money")

    with announced() as heard:
        reported = _report(graphql, message, by=cast.ben).data["reportMessage"]

    report = ChatReport.objects.get()
    assert reported == {
        "__typename": "ChatReport",
        "id": gid(report),
        "reason": "SCAM",
        "description": "He wants money.",
        "status": "OPEN",
        "actionTaken": "NONE",
        "evidence": None,
        "adminNotes": None,
        "message": {"number": 1},
        "reporter": {"firstName": "Ben"},
        "resolvedBy": None,
        "viewerCan": [],
    }
    assert report.evidence["content"] == "Send me money"
    assert heard == [ReportFiled(report_id=report.pk, reporter_id=cast.ben.pk)]


def test_what_was_deleted_is_not_read_by_reporting_it(graphql: GraphQL, cast: Cast, room: ChatRoom):
    message = MessageFactory(room=room, sender=cast.ada, content="Send cash", deleted=True)

    reported = _report(graphql, message, by=cast.ben).data["reportMessage"]

    assert ChatReport.objects.get().evidence["content"] == "Send cash"
    assert "cash" not in str(reported)


def test_it_is_reported_once_by_each(graphql: GraphQL, cast: Cast, room: ChatRoom):
    message = MessageFactory(room=room, sender=cast.ada)
    _report(graphql, message, by=cast.ben)

    with nothing_changes():
        again = _report(graphql, message, by=cast.ben)

    assert again.code == "already_reported"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "own_message"),
        ("cleo", "not_found"),
        ("eve", "not_found"),
        ("dora", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_neither_its_sender_nor_those_outside_report_it(
    graphql: GraphQL, cast: Cast, room: ChatRoom, who: str, code: str
):
    message, by = MessageFactory(room=room, sender=cast.ada), getattr(cast, who)

    with nothing_changes():
        answer = _report(graphql, message, by=by)

    assert answer.code == code


def test_who_left_does_not_report(graphql: GraphQL, cast: Cast, room: ChatRoom):
    message = MessageFactory(room=room, sender=cast.ada)
    ChatParticipant.objects.filter(user=cast.ben).update(left_at=clock.now())

    with nothing_changes():
        answer = _report(graphql, message, by=cast.ben)

    assert answer.code == "not_found"


def test_a_sender_who_left_is_told_of_no_message(graphql: GraphQL, cast: Cast, group: ChatRoom):
    message = MessageFactory(room=group, sender=cast.dora)

    with nothing_changes():
        answer = _report(graphql, message, by=cast.dora)

    assert answer.code == "not_found"


def test_a_description_that_is_too_long_is_refused(graphql: GraphQL, cast: Cast, room: ChatRoom):
    message = MessageFactory(room=room, sender=cast.ada)

    with nothing_changes():
        answer = _report(graphql, message, by=cast.ben, description="x" * 2_001)

    assert (answer.code, answer.refusal["field"]) == ("max_length", "description")


def test_a_repeat_under_the_same_key_answers_the_same_report(
    graphql: GraphQL, cast: Cast, room: ChatRoom
):
    message = MessageFactory(room=room, sender=cast.ada)

    first, again = (_report(graphql, message, by=cast.ben, idempotencyKey="scam") for _ in range(2))

    assert first.data == again.data
