"""Deciding reports, and what follows from that."""

from typing import Any

import pytest

from apps.accounts.models import User
from apps.chat.events import MessageDeleted, ParticipantBlocked, ReportResolved
from apps.chat.models import ChatMessage, ChatParticipant, ChatReport, ChatRoom
from tests.factories.cast import Cast
from tests.factories.chat import ChatReportFactory, MessageFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

SELECT = """... on ChatReport { status actionTaken adminNotes evidence resolvedAt version
  resolvedBy { firstName } message { content isDeleted } }"""


@pytest.fixture
def report(cast: Cast, room: ChatRoom) -> ChatReport:
    """Ben's report of a message of Ada's."""
    message = MessageFactory(room=room, sender=cast.ada, content="Send me money")
    found: ChatReport = ChatReportFactory(message=message, reporter=cast.ben)
    return found


def _resolve(graphql: GraphQL, report: ChatReport, *, by: Any, **given: Any) -> Answer:
    given = {"reportId": gid(report), "status": "UPHELD"} | given
    return graphql.mutate("resolveChatReport", given, SELECT, by=by)


def _outcome(report: ChatReport, status: str, action: str) -> ReportResolved:
    about = {"report_id": report.pk, "reporter_id": report.reporter_id}
    return ReportResolved(**about, status=status, action_taken=action)


def test_staff_uphold_it_and_delete_the_message(graphql: GraphQL, cast: Cast, report: ChatReport):
    by, given = cast.dora, {"actionTaken": "MESSAGE_DELETED", "notes": "A scam."}

    with announced() as heard:
        resolved = _resolve(graphql, report, by=by, **given).data["resolveChatReport"]

    assert resolved.pop("resolvedAt") is not None
    assert resolved == {
        "__typename": "ChatReport",
        "status": "UPHELD",
        "actionTaken": "MESSAGE_DELETED",
        "adminNotes": "A scam.",
        "evidence": {"content": "Send me money"},
        "version": 2,
        "resolvedBy": {"firstName": "Dora"},
        "message": {"content": "", "isDeleted": True},
    }
    assert isinstance(heard[0], MessageDeleted)
    assert heard[1:] == [_outcome(report, "UPHELD", "MESSAGE_DELETED")]


def test_its_sender_writes_there_no_longer(
    graphql: GraphQL, cast: Cast, report: ChatReport, room: ChatRoom
):
    by = cast.dora

    with announced() as heard:
        _resolve(graphql, report, by=by, actionTaken="PARTICIPANT_BLOCKED")

    assert ChatParticipant.objects.get(user=cast.ada).blocked_at is not None
    assert ChatParticipant.objects.get(user=cast.ben).blocked_at is None
    blocked = ParticipantBlocked(room_id=room.pk, user_id=cast.ada.pk)
    assert heard == [blocked, _outcome(report, "UPHELD", "PARTICIPANT_BLOCKED")]


def test_the_account_of_its_sender_is_shut(graphql: GraphQL, cast: Cast, report: ChatReport):
    _resolve(graphql, report, by=cast.dora, actionTaken="USER_BLOCKED")

    assert list(User.objects.filter(blocked=True)) == [cast.ada]


def test_staff_dismiss_it_and_nothing_follows(graphql: GraphQL, cast: Cast, report: ChatReport):
    by = cast.dora

    with announced() as heard:
        _resolve(graphql, report, by=by, status="DISMISSED")

    assert heard == [_outcome(report, "DISMISSED", "NONE")]
    assert ChatMessage.objects.get().is_deleted is False


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"status": "OPEN"}, "action_not_possible"),
        ({"status": "DISMISSED", "actionTaken": "MESSAGE_DELETED"}, "action_not_possible"),
        ({"version": 7}, "version_conflict"),
    ],
)
def test_a_decision_that_is_none_is_refused(
    graphql: GraphQL, cast: Cast, report: ChatReport, given: Any, code: str
):
    by = cast.dora

    with nothing_changes():
        answer = _resolve(graphql, report, by=by, **given)

    assert answer.code == code


def test_it_is_decided_once(graphql: GraphQL, cast: Cast, report: ChatReport):
    _resolve(graphql, report, by=cast.dora)

    with nothing_changes():
        again = _resolve(graphql, report, by=cast.dora, status="DISMISSED")

    assert again.code == "report_resolved"


@pytest.mark.parametrize("role", ["reporter", "message.sender"])
def test_nobody_decides_about_themselves(graphql: GraphQL, cast: Cast, room: ChatRoom, role: str):
    ours = {"sender": cast.dora} if role == "message.sender" else {"sender": cast.ada}
    reporter = cast.dora if role == "reporter" else cast.ben
    report = ChatReportFactory(message=MessageFactory(room=room, **ours), reporter=reporter)

    with nothing_changes():
        answer = _resolve(graphql, report, by=cast.dora)

    assert answer.code == "own_report"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ben", "not_allowed"),
        ("ada", "not_allowed"),
        ("cleo", "not_allowed"),
        ("eve", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_nobody_but_staff_decides(
    graphql: GraphQL, cast: Cast, report: ChatReport, who: str, code: str
):
    by = getattr(cast, who)

    with nothing_changes():
        answer = _resolve(graphql, report, by=by)

    assert answer.code == code
