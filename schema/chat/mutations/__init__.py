"""What users and staff do in rooms."""

from strawberry.tools import merge_types

from schema.chat.mutations.members import MemberMutation
from schema.chat.mutations.messages import MessageMutation
from schema.chat.mutations.reading import ReadingMutation
from schema.chat.mutations.reports import ReportMutation
from schema.chat.mutations.rooms import RoomMutation
from schema.chat.mutations.templates import TemplateMutation

ChatMutation = merge_types(
    "ChatMutation",
    (
        RoomMutation,
        MemberMutation,
        MessageMutation,
        ReadingMutation,
        ReportMutation,
        TemplateMutation,
    ),
)
