"""Reports of messages, as staff and who made them see them."""

from typing import Any

import strawberry_django
from django.db.models import QuerySet
from strawberry import auto

from apps.accounts.models import User as UserModel
from apps.chat import models
from apps.chat.access import REPORT_ACTIONS
from kernel.actions import NEVER
from kernel.viewer import Viewer
from schema.accounts.types.users import User
from schema.base.actions import viewer_can
from schema.base.related import one_related
from schema.base.types import Node, choices, only_for
from schema.chat.types.messages import ChatMessage

ChatReportReason = choices(
    models.ChatReport.Reason,
    "ChatReportReason",
    "What is wrong with a message.",
    SPAM="It advertises what nobody asked for.",
    SCAM="It is meant to cheat.",
    HARASSMENT="It hurts somebody.",
    INAPPROPRIATE="It does not belong here.",
    OTHER="Something else.",
)

ChatReportStatus = choices(
    models.ChatReport.Status,
    "ChatReportStatus",
    "Where a report stands.",
    OPEN="Staff have not decided.",
    UPHELD="Staff see it the same way.",
    DISMISSED="Staff see nothing wrong.",
)

ChatReportAction = choices(
    models.ChatReport.Action,
    "ChatReportAction",
    "What is done about a report.",
    NONE="Nothing.",
    MESSAGE_DELETED="The message is deleted.",
    PARTICIPANT_BLOCKED="Its sender may read in the room, and write no longer.",
    USER_BLOCKED="Its sender's account is shut.",
)


def for_staff(name: str) -> Any:
    """A column that staff alone read: also of the evidence, which keeps what was deleted."""
    return only_for(models.ChatReport, name, rule=lambda _viewer: NEVER)


def deciders(viewer: Viewer) -> QuerySet[UserModel]:
    """Who decides reports, for staff to know."""
    users: QuerySet[UserModel] = UserModel.objects.all_with_deleted()
    return users if viewer.oversees(models.ChatReport) else users.none()


@strawberry_django.type(models.ChatReport)
class ChatReport(Node):
    """A user's word to staff that a message should not have been sent."""

    message: ChatMessage | None
    reporter: User
    reason: models.ChatReport.Reason
    description: auto
    status: models.ChatReport.Status
    action_taken: models.ChatReport.Action
    resolved_at: auto
    created_at: auto
    version: auto
    viewer_can = viewer_can(REPORT_ACTIONS)
    evidence = for_staff("evidence")
    admin_notes = for_staff("admin_notes")
    resolved_by = one_related(
        "resolved_by",
        "resolved_by",
        User,
        deciders,
        needs=("resolved_by",),
        description="Who decided it; for staff.",
    )
