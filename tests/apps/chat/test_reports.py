"""What users report, and what staff do about it."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from apps.accounts import errors as account_errors
from apps.accounts.models import User
from apps.chat import errors
from apps.chat.access import MESSAGE_ACTIONS, REPORT_ACTIONS
from apps.chat.events import ParticipantBlocked, ReportFiled, ReportResolved
from apps.chat.models import ChatMessage, ChatParticipant, ChatReport, ChatRoom
from apps.chat.services.messages import delete_message, edit_message
from apps.chat.services.reports import report_message, resolve_report
from apps.chat.services.rooms import leave_room
from apps.core.models import AuditEntry
from kernel.errors import NotAllowed, NotFound, VersionConflict
from kernel.viewer import Viewer, acting_as
from tests.factories.cast import Cast
from tests.factories.chat import ChatReportFactory, ChatRoomFactory, MessageFactory
from tests.support.announced import announced

pytestmark = pytest.mark.django_db

Action, Status = ChatReport.Action, ChatReport.Status


@pytest.fixture
def message(cast: Cast) -> ChatMessage:
    """What Ben said to Ada."""
    room: ChatRoom = ChatRoomFactory(direct=True, between=[cast.ben, cast.ada])
    found: ChatMessage = MessageFactory(room=room, sender=cast.ben, content="Buy my pills")
    return found


@pytest.fixture
def report(cast: Cast, message: ChatMessage) -> ChatReport:
    """Ada's report of it."""
    found: ChatReport = ChatReportFactory(message=message, reporter=cast.ada)
    return found


def _resolve(report: ChatReport, by: User, **details: Any) -> ChatReport:
    with acting_as(Viewer(user=by)):
        return resolve_report(report=report, by=by, **{"status": Status.UPHELD, **details})


def test_a_message_is_kept_for_staff_as_it_stands(cast: Cast, message: ChatMessage):
    with announced() as heard:
        report = report_message(
            message=message,
            reporter=cast.ada,
            reason=ChatReport.Reason.SPAM,
            description="Again and again",
        )
    edit_message(message=message, content="Good morning")

    report.refresh_from_db()
    assert (report.status, report.action_taken) == ("OPEN", "NONE")
    assert (report.evidence["content"], report.evidence["number"]) == ("Buy my pills", 1)
    assert report.evidence["sender"] == str(cast.ben.pk)
    assert heard == [ReportFiled(report_id=report.pk, reporter_id=cast.ada.pk)]
    assert heard[0].topics() == ["chat-moderation"]


def test_also_a_message_that_its_sender_took_back(cast: Cast, message: ChatMessage):
    delete_message(message=message)

    report = report_message(message=message, reporter=cast.ada, reason=ChatReport.Reason.SCAM)

    assert report.evidence["content"] == "Buy my pills"
    assert report.evidence["was_deleted"]


def test_nobody_reports_themselves(cast: Cast, message: ChatMessage):
    with pytest.raises(errors.OwnMessage):
        report_message(message=message, reporter=cast.ben, reason=ChatReport.Reason.SPAM)

    assert not ChatReport.objects.exists()


def test_a_message_is_reported_once_by_each(cast: Cast, message: ChatMessage):
    ChatReportFactory(message=message, reporter=cast.cleo)
    report_message(message=message, reporter=cast.ada, reason=ChatReport.Reason.SPAM)

    with pytest.raises(ValidationError) as refused:
        report_message(message=message, reporter=cast.ada, reason=ChatReport.Reason.SCAM)

    ((problem,),) = refused.value.error_dict.values()
    assert problem.code == "already_reported"
    assert ChatReport.objects.count() == 2


def test_who_takes_part_may_report_what_others_said(cast: Cast, message: ChatMessage):
    assert MESSAGE_ACTIONS.permit(Viewer(user=cast.ada), "reportMessage", message.pk) == message
    with pytest.raises(errors.OwnMessage):
        MESSAGE_ACTIONS.permit(Viewer(user=cast.ben), "reportMessage", message.pk)
    with pytest.raises(NotFound):
        MESSAGE_ACTIONS.permit(Viewer(user=cast.cleo), "reportMessage", message.pk)


def test_a_report_is_dismissed(cast: Cast, report: ChatReport, message: ChatMessage):
    with announced() as heard:
        _resolve(report, cast.dora, status=Status.DISMISSED, notes="An offer, no spam")

    report.refresh_from_db()
    message.refresh_from_db()
    assert (report.status, report.action_taken, report.resolved_by) == (
        "DISMISSED",
        "NONE",
        cast.dora,
    )
    assert (report.admin_notes, message.is_deleted) == ("An offer, no spam", False)
    assert report.resolved_at is not None
    assert heard == [
        ReportResolved(
            report_id=report.pk,
            reporter_id=cast.ada.pk,
            status="DISMISSED",
            action_taken="NONE",
        )
    ]


def test_a_decision_is_written_down_with_who_made_it(cast: Cast, report: ChatReport):
    _resolve(report, cast.dora)

    noted = AuditEntry.objects.get(object_type="chat.ChatReport")
    assert (noted.action, noted.object_id, noted.actor_id) == ("UPDATE", report.pk, cast.dora.pk)
    assert noted.changes == {"status": "UPHELD", "action_taken": "NONE"}


def test_the_message_is_deleted(cast: Cast, report: ChatReport, message: ChatMessage):
    _resolve(report, cast.dora, action=Action.MESSAGE_DELETED)

    message.refresh_from_db()
    report.refresh_from_db()
    assert message.is_deleted
    assert ChatParticipant.objects.get(user=cast.ada).unread_count == 0
    assert (report.status, report.action_taken) == ("UPHELD", "MESSAGE_DELETED")


def test_its_sender_writes_no_more_in_the_room(cast: Cast, report: ChatReport):
    with announced() as heard:
        _resolve(report, cast.dora, action=Action.PARTICIPANT_BLOCKED)

    parts = ChatParticipant.objects.exclude(blocked_at=None)
    assert [part.user for part in parts] == [cast.ben]
    assert [type(fact) for fact in heard] == [ParticipantBlocked, ReportResolved]


def test_its_senders_account_is_shut(cast: Cast, report: ChatReport):
    _resolve(report, cast.dora, action=Action.USER_BLOCKED)

    assert [*User.objects.filter(blocked=True)] == [cast.ben]


def test_an_action_that_fails_decides_nothing(cast: Cast, message: ChatMessage):
    leave_room(participant=message.room.participations.get(user=cast.ben))
    of_staff = ChatReportFactory(message__sender=cast.dora)
    left = ChatReportFactory(message=message)

    with announced() as heard:
        with pytest.raises(NotFound):
            _resolve(left, cast.dora, action=Action.PARTICIPANT_BLOCKED)
        with pytest.raises(account_errors.SuperuserProtected):
            _resolve(of_staff, cast.eve, action=Action.USER_BLOCKED)

    assert {*ChatReport.objects.values_list("status", flat=True)} == {"OPEN"}
    assert heard == []


def test_what_does_not_fit_is_not_done(cast: Cast, report: ChatReport):
    said_by_platform = MessageFactory(
        room=report.message.room,  # type: ignore[union-attr]
        sender=None,
        message_type="SYSTEM",
    )
    platform = ChatReportFactory(message=said_by_platform)
    gone = ChatReportFactory(message=None, evidence={})

    for row, details in (
        (report, {"status": Status.DISMISSED, "action": Action.MESSAGE_DELETED}),
        (report, {"status": Status.OPEN}),
        (platform, {"action": Action.USER_BLOCKED}),
        (platform, {"action": Action.PARTICIPANT_BLOCKED}),
        (gone, {"action": Action.MESSAGE_DELETED}),
    ):
        with pytest.raises(errors.ActionNotPossible):
            _resolve(row, cast.dora, **details)

    assert {*ChatReport.objects.values_list("status", flat=True)} == {"OPEN"}


def test_a_report_is_decided_once_as_it_was_read(cast: Cast, report: ChatReport):
    with pytest.raises(VersionConflict):
        _resolve(report, cast.dora, version=9)
    _resolve(report, cast.dora, version=1)

    with pytest.raises(errors.ReportResolved):
        _resolve(report, cast.dora, status=Status.DISMISSED)

    assert ChatReport.objects.get().status == "UPHELD"


def test_nobody_decides_about_themselves(cast: Cast, message: ChatMessage):
    by_dora = ChatReportFactory(message=message, reporter=cast.dora)
    about_dora = ChatReportFactory(message__sender=cast.dora)

    for report in (by_dora, about_dora):
        with pytest.raises(errors.OwnReport):
            _resolve(report, cast.dora, status=Status.DISMISSED)
        with pytest.raises(errors.OwnReport):
            REPORT_ACTIONS.permit(Viewer(user=cast.dora), "resolveChatReport", report.pk)


def test_who_may_decide_is_of_the_staff(cast: Cast, report: ChatReport):
    gone = ChatReportFactory(message=None, evidence={})
    viewer = Viewer(user=cast.dora)

    assert REPORT_ACTIONS.permit(viewer, "resolveChatReport", report.pk) == report
    assert REPORT_ACTIONS.permit(viewer, "resolveChatReport", gone.pk) == gone
    with pytest.raises(errors.OwnReport):
        REPORT_ACTIONS.permit(Viewer(user=cast.ada), "resolveChatReport", report.pk)
    with pytest.raises(NotFound):
        REPORT_ACTIONS.permit(Viewer(user=cast.eve), "resolveChatReport", report.pk)


def test_ones_own_reports_are_seen_and_all_of_them_by_staff(cast: Cast, report: ChatReport):
    noise = ChatReportFactory()
    overseer = Viewer(user=cast.eve, staff_permissions=frozenset({"chat.view_chatreport"}))

    def seen(viewer: Viewer) -> set[ChatReport]:
        return {*ChatReport.objects.visible_to(viewer)}

    assert [seen(Viewer(user=user)) for user in (cast.ada, cast.ben, None)] == [
        {report},
        set(),
        set(),
    ]
    assert seen(overseer) == {report, noise}
    with pytest.raises(NotAllowed):
        REPORT_ACTIONS.permit(overseer, "resolveChatReport", report.pk)
