"""What users report, and what staff do about it."""

from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services.moderation import block_user
from apps.chat import errors
from apps.chat.events import ReportFiled, ReportResolved
from apps.chat.models import ChatMessage, ChatReport
from apps.chat.services.messages import delete_message
from apps.chat.services.rooms import block_participant
from apps.core.models import AuditEntry
from apps.core.services import audit
from kernel import clock, events
from kernel.constraints import save_checked
from kernel.models import require_version

Action, Status = ChatReport.Action, ChatReport.Status


@transaction.atomic
def report_message(
    *, message: ChatMessage, reporter: User, reason: ChatReport.Reason, description: str = ""
) -> ChatReport:
    """Tell staff of a message that should not have been sent: it is kept for them as it stands.

    Raises OwnMessage, or ValidationError for one that the user has reported: already_reported.
    """
    if message.sender_id == reporter.pk:
        raise errors.OwnMessage
    report = ChatReport(message=message, reporter=reporter, reason=reason, description=description)
    report.evidence = _evidence(ChatMessage.objects.get(pk=message.pk))
    save_checked(report)
    events.publish(ReportFiled(report_id=report.pk, reporter_id=reporter.pk))
    return report


@transaction.atomic
def resolve_report(
    *,
    report: ChatReport,
    by: User,
    status: ChatReport.Status,
    action: ChatReport.Action = Action.NONE,
    notes: str | None = None,
    version: int | None = None,
) -> ChatReport:
    """Decide a report, and do what follows: delete the message, or block its sender in the room or
    altogether. Nothing follows from one that is dismissed.

    Raises ReportResolved, OwnReport for a party to it, ActionNotPossible, VersionConflict, and what
    the action raises.
    """
    report = ChatReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    require_version(report, version)
    if report.status != Status.OPEN:
        raise errors.ReportResolved
    if by.pk in (report.reporter_id, report.message and report.message.sender_id):
        raise errors.OwnReport
    if status == Status.OPEN or (status == Status.DISMISSED and action != Action.NONE):
        raise errors.ActionNotPossible
    _carry_out(report, action, by=by)
    report.status, report.action_taken = status, action
    report.resolved_by, report.resolved_at = by, clock.now()
    if notes is not None:
        report.admin_notes = notes
    report.save(
        update_fields=["status", "action_taken", "resolved_by", "resolved_at", "admin_notes"]
    )
    outcome = {"status": status, "action_taken": action}
    audit.note(action=AuditEntry.Action.UPDATE, row=report, changes=outcome)
    events.publish(ReportResolved(report_id=report.pk, reporter_id=report.reporter_id, **outcome))
    return report


def _carry_out(report: ChatReport, action: ChatReport.Action, *, by: User) -> None:
    message = report.message
    if action == Action.NONE:
        return
    if message is None:
        raise errors.ActionNotPossible
    if action == Action.MESSAGE_DELETED:
        delete_message(message=message)
        return
    if message.sender is None:
        raise errors.ActionNotPossible
    if action == Action.PARTICIPANT_BLOCKED:
        block_participant(room=message.room, user_id=message.sender.pk)
    else:
        block_user(user=message.sender, by=by, reason=f"Chat: {report.reason}")


def _evidence(message: ChatMessage) -> dict[str, Any]:
    """The message as it stands, in plain values."""
    return {
        "room": str(message.room_id),
        "number": message.number,
        "sender": str(message.sender_id) if message.sender_id else None,
        "message_type": message.message_type,
        "content": message.content,
        "attachment_name": message.attachment_name,
        "latitude": message.latitude,
        "longitude": message.longitude,
        "sent_at": message.created_at.isoformat(),
        "edited_at": message.edited_at.isoformat() if message.edited_at else None,
        "was_deleted": message.is_deleted,
    }
