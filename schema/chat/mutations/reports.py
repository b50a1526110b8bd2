"""What users tell staff of messages, and what staff do about it."""

import strawberry

from apps.chat import access
from apps.chat.models import ChatMessage as MessageModel
from apps.chat.models import ChatReport as ReportModel
from apps.chat.services import reports
from schema.base.context import Info
from schema.base.gates import SignedIn, staff
from schema.base.ids import key
from schema.base.mutation import mutation
from schema.chat.inputs.messages import ReportMessageInput, ResolveChatReportInput
from schema.chat.mutations.rates import CHANGES
from schema.chat.types.reports import ChatReport


@strawberry.type
class ReportMutation:
    """What users tell staff of messages, and what staff do about it."""

    @mutation(
        gate=SignedIn,
        limit=CHANGES,
        description="Tell staff of a message that should not have been sent; once each. It is kept"
        " for them as it stands.",
    )
    def report_message(self, info: Info, input: ReportMessageInput) -> ChatReport:
        """Report a message."""
        viewer, pk = info.context.viewer, key(input.message_id, of=MessageModel)
        return reports.report_message(
            message=access.message_to_report(viewer, pk),
            reporter=viewer.user,
            reason=input.reason,
            description=input.description,
        )

    @mutation(
        gate=staff("chat.change_chatreport"),
        description="Decide a report that one is no party to, and do what follows from it.",
    )
    def resolve_chat_report(self, info: Info, input: ResolveChatReportInput) -> ChatReport:
        """Decide a report."""
        viewer, pk = info.context.viewer, key(input.report_id, of=ReportModel)
        return reports.resolve_report(
            report=access.REPORT_ACTIONS.permit(viewer, "resolveChatReport", pk),
            by=viewer.user,
            status=input.status,
            action=input.action_taken,
            notes=input.notes,
            version=input.version,
        )
